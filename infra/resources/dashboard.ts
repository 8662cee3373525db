import type { Resources } from '../cloudformation.ts';
import { functionNameOf, type Naming, stateMachineNameOf } from '../names.ts';

const region = `\${AWS::Region}`;
const ofAccount = `${region}:\${AWS::AccountId}`;
const alarmArn = (name: string) => `arn:\${AWS::Partition}:cloudwatch:${ofAccount}:alarm:${name}`;
const machine = (naming: Naming, name: string) =>
  `arn:\${AWS::Partition}:states:${ofAccount}:stateMachine:${stateMachineNameOf(naming, name)}`;

/** Half the page wide, and so many rows high. */
const width = 12;
const height = 6;

/** One page: alarms, runs, functions, calls to AWS, queues, and the clock of missing patches by policy. */
export function dashboardResources(
  naming: Naming,
  shown: {
    readonly functionNames: readonly string[];
    readonly alarmNames: readonly string[];
    readonly policyNames: readonly string[];
  },
): Resources {
  const { functionNames, alarmNames, policyNames } = shown;
  const ofFunctions = (metric: string) =>
    functionNames.map((name) => ['AWS/Lambda', metric, 'FunctionName', functionNameOf(naming, name)]);
  const widgets = [
    alarmWidget(alarmNames.map((name) => `${naming.prefix}-${name}`)),
    sums('Runs', executionsOf(naming, 'patch-fleet')),
    ...clockWidgets(policyNames),
    sums('Looks at the clock', executionsOf(naming, 'watch-sla')),
    sums('Findings waiting, and dead letters', queues),
    sums('Function errors', ofFunctions('Errors')),
    sums('Function throttles', ofFunctions('Throttles')),
    sums('Calls to AWS', ownCalls(functionNames)),
  ].map((widget, index) => ({
    ...widget,
    x: width * (index % 2),
    y: height * Math.floor(index / 2),
    width,
    height,
  }));
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: naming.prefix,
        DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets }) },
      },
    },
  };
}

function executionsOf(naming: Naming, name: string): string[][] {
  return ['Started', 'Succeeded', 'Failed', 'TimedOut', 'Aborted'].map((each) => [
    'AWS/States',
    `Executions${each}`,
    'StateMachineArn',
    machine(naming, name),
  ]);
}

/** `report-sla` counts once an hour, for each policy, the open patches that are in time and those that are not. */
function clockWidgets(policyNames: readonly string[]) {
  return [
    ['Breached', 'Missing patches past their time'],
    ['WillBreach', 'Missing patches that will breach unless somebody acts'],
    ['DueSoon', 'Missing patches due within two days'],
    ['OnTime', 'Missing patches on time'],
  ].map(([metric = '', title = '']) => {
    const metrics = policyNames.map((policy) => [
      'FleetPatcher',
      metric,
      'service',
      'report-sla',
      'policy',
      policy,
    ]);
    return metricWidget({ title, metrics, stat: 'Maximum', period: 3600 });
  });
}

/** The functions count their calls themselves, as the metric AwsCalls. */
function ownCalls(functionNames: readonly string[]): string[][] {
  return functionNames.map((name) => ['FleetPatcher', 'AwsCalls', 'service', name]);
}

const queues = ['FindingsQueue', 'EventDeadLetters', 'MessageDeadLetters', 'FindingsDeadLetters'].map(
  (queueId) => ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', `\${${queueId}.QueueName}`],
);

function alarmWidget(alarmNames: readonly string[]) {
  return { type: 'alarm', properties: { title: 'Alarms', alarms: alarmNames.map(alarmArn) } };
}

function sums(title: string, metrics: readonly (readonly string[])[]) {
  return metricWidget({ title, metrics, stat: 'Sum', period: 300 });
}

function metricWidget(widget: {
  readonly title: string;
  readonly metrics: readonly (readonly string[])[];
  readonly stat: 'Sum' | 'Maximum';
  readonly period: number;
}) {
  return { type: 'metric', properties: { ...widget, region, view: 'timeSeries' } };
}
