import { type Resource, type Resources, ref, type Value } from '../cloudformation.ts';
import { functionIdOf, type Naming, pascalCase } from '../names.ts';

/** What a metric is found by. */
interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: { readonly [name: string]: Value };
}

/** An alarm whose metrics are added up. `name` is also its heading in the runbook: `alarm-<name>`. */
interface Alarm {
  readonly name: string;
  readonly what: string;
  readonly metrics: readonly Metric[];
  readonly statistic: 'Sum' | 'Maximum';
  readonly periodSeconds: number;
  /** The alarm rings at this number and above. */
  readonly threshold: number;
}

const fiveMinutes = 300;

/** Where CloudWatch counts the log lines about windows without a run. */
const ownNamespace = 'FleetPatcher';

/** The alarms of the stack; every name is a heading of docs/operations.md, which a test holds. */
export function alarms(functionNames: readonly string[]): Alarm[] {
  return [
    {
      name: 'run-failed',
      what: 'A patch run ended FAILED, TIMED_OUT or ABORTED. Its own message says more; if there is none, this is all there is.',
      metrics: ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map(ofStateMachine),
      statistic: 'Sum',
      periodSeconds: fiveMinutes,
      threshold: 1,
    },
    {
      name: 'executions-throttled',
      what: 'Step Functions slows runs down: the quota of state transitions is spent.',
      metrics: [ofStateMachine('ExecutionThrottled')],
      statistic: 'Sum',
      periodSeconds: fiveMinutes,
      threshold: 1,
    },
    {
      name: 'function-errors',
      // Single errors are retried by the state machine and mean nothing.
      what: 'Functions fail again and again.',
      metrics: functionNames.map((name) => ofFunction(name, 'Errors')),
      statistic: 'Sum',
      periodSeconds: fiveMinutes,
      threshold: 5,
    },
    {
      name: 'function-throttles',
      what: 'Functions are throttled: their reserved concurrency, or that of the account, is spent.',
      metrics: functionNames.map((name) => ofFunction(name, 'Throttles')),
      statistic: 'Sum',
      periodSeconds: fiveMinutes,
      threshold: 10,
    },
    ...['EventDeadLetters', 'MessageDeadLetters'].map(
      (queueId): Alarm => ({
        name: queueId === 'EventDeadLetters' ? 'dead-events' : 'dead-messages',
        what:
          queueId === 'EventDeadLetters'
            ? 'An event, or a function that it invoked, failed for good: a run may not be closed.'
            : 'A message could not be delivered to a subscriber.',
        metrics: [
          {
            namespace: 'AWS/SQS',
            name: 'ApproximateNumberOfMessagesVisible',
            dimensions: { QueueName: { 'Fn::GetAtt': [queueId, 'QueueName'] } },
          },
        ],
        statistic: 'Maximum',
        periodSeconds: fiveMinutes,
        threshold: 1,
      }),
    ),
    {
      name: 'window-without-run',
      what: "A policy's install window passed without a run, or is disabled.",
      metrics: [{ namespace: ownNamespace, name: 'WindowsWithoutRun', dimensions: {} }],
      statistic: 'Sum',
      // As often as windows are looked at.
      periodSeconds: 6 * 3600,
      threshold: 1,
    },
  ];
}

export function alarmResources(
  functionNames: readonly string[],
  stack: { readonly naming: Naming; readonly runbookUrl: string },
): Resources {
  return {
    WindowsWithoutRunFilter: windowsWithoutRunFilter(stack.naming),
    ...Object.fromEntries(
      alarms(functionNames).map((alarm) => [alarmIdOf(alarm.name), alarmResource(alarm, stack)]),
    ),
  };
}

export const alarmIdOf = (name: string): string => `${pascalCase(name)}Alarm`;

function alarmResource(
  alarm: Alarm,
  { naming, runbookUrl }: { readonly naming: Naming; readonly runbookUrl: string },
): Resource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${naming.prefix}-${alarm.name}`,
      AlarmDescription: `${alarm.what} What to do: ${runbookUrl}#alarm-${alarm.name}`,
      Metrics: metricQueries(withStage(alarm, naming)),
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: alarm.threshold,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref('AlertsTopic')],
    },
  };
}

/** Our own metric has no dimensions in the log filter, so that its name carries the stage. */
function withStage(alarm: Alarm, naming: Naming): Alarm {
  const metrics = alarm.metrics.map((metric) =>
    metric.namespace === ownNamespace ? { ...metric, namespace: ownNamespaceOf(naming) } : metric,
  );
  return { ...alarm, metrics };
}

const ownNamespaceOf = (naming: Naming): string => `${ownNamespace}/${naming.stage}`;

function metricQueries(alarm: Alarm): Value {
  const queries = alarm.metrics.map((metric, index) => ({
    Id: `m${index + 1}`,
    ReturnData: alarm.metrics.length === 1,
    MetricStat: {
      Metric: {
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: Object.entries(metric.dimensions).map(([Name, value]) => ({ Name, Value: value })),
      },
      Period: alarm.periodSeconds,
      Stat: alarm.statistic,
    },
  }));
  if (queries.length === 1) return queries;
  const total = queries.map((query) => `FILL(${query.Id}, 0)`).join(' + ');
  return [...queries, { Id: 'total', Expression: total, Label: alarm.name, ReturnData: true }];
}

function ofStateMachine(name: string): Metric {
  return {
    namespace: 'AWS/States',
    name,
    dimensions: { StateMachineArn: ref('PatchFleetStateMachine') },
  };
}

function ofFunction(functionName: string, name: string): Metric {
  return { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: ref(functionIdOf(functionName)) } };
}

function windowsWithoutRunFilter(naming: Naming): Resource {
  return {
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      LogGroupName: ref('CheckWindowsLogGroup'),
      FilterPattern: '{ $.code = "FP_WINDOW_WITHOUT_RUN" }',
      MetricTransformations: [
        { MetricNamespace: ownNamespaceOf(naming), MetricName: 'WindowsWithoutRun', MetricValue: '1' },
      ],
    },
  };
}
