import type { Resources } from '../cloudformation.ts';
import { functionNameOf, type Naming, stateMachineNameOf } from '../names.ts';

const region = `\${AWS::Region}`;
const ofAccount = `${region}:\${AWS::AccountId}`;
const alarmArn = (name: string) => `arn:\${AWS::Partition}:cloudwatch:${ofAccount}:alarm:${name}`;
const machine = (naming: Naming) =>
  `arn:\${AWS::Partition}:states:${ofAccount}:stateMachine:${stateMachineNameOf(naming)}`;

/** One page: alarms, runs, functions, calls to AWS, dead letters. */
export function dashboardResources(
  naming: Naming,
  functionNames: readonly string[],
  alarmNames: readonly string[],
): Resources {
  const ofFunctions = (metric: string) =>
    functionNames.map((name) => ['AWS/Lambda', metric, 'FunctionName', functionNameOf(naming, name)]);
  const ofRuns = ['Started', 'Succeeded', 'Failed', 'TimedOut', 'Aborted'].map((each) => [
    'AWS/States',
    `Executions${each}`,
    'StateMachineArn',
    machine(naming),
  ]);
  const widgets = [
    alarmWidget(alarmNames.map((name) => `${naming.prefix}-${name}`)),
    metricWidget({ title: 'Runs', metrics: ofRuns, x: 12, y: 0 }),
    metricWidget({ title: 'Function errors', metrics: ofFunctions('Errors'), x: 0, y: 6 }),
    metricWidget({ title: 'Function throttles', metrics: ofFunctions('Throttles'), x: 12, y: 6 }),
    metricWidget({ title: 'Calls to AWS', metrics: ownCalls(functionNames), x: 0, y: 12 }),
    metricWidget({ title: 'Dead letters', metrics: deadLetters, x: 12, y: 12 }),
  ];
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

/** The functions count their calls themselves, as the metric AwsCalls. */
function ownCalls(functionNames: readonly string[]): string[][] {
  return functionNames.map((name) => ['FleetPatcher', 'AwsCalls', 'service', name]);
}

const deadLetters = ['EventDeadLetters', 'MessageDeadLetters'].map((queueId) => [
  'AWS/SQS',
  'ApproximateNumberOfMessagesVisible',
  'QueueName',
  `\${${queueId}.QueueName}`,
]);

function alarmWidget(alarmNames: readonly string[]) {
  return {
    type: 'alarm',
    x: 0,
    y: 0,
    width: 12,
    height: 6,
    properties: { title: 'Alarms', alarms: alarmNames.map(alarmArn) },
  };
}

function metricWidget(widget: {
  readonly title: string;
  readonly metrics: readonly (readonly string[])[];
  readonly x: number;
  readonly y: number;
}) {
  const { title, metrics, x, y } = widget;
  const properties = { title, metrics, region, view: 'timeSeries', stat: 'Sum', period: 300 };
  return { type: 'metric', x, y, width: 12, height: 6, properties };
}
