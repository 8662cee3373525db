import { type Resource, type Resources, ref, type Value } from '../cloudformation.ts';
import { type Naming, pascalCase } from '../names.ts';
import { type Alarm, alarms } from './alarms.ts';
import { countedLines, ownNamespace } from './metrics.ts';

/** Source: CloudWatch user guide, "Limits that apply to alarms based on metric math expressions". */
const metricsAtMost = 10;

/** The alarms, and the filters that count lines of the functions' logs for them. */
export function alarmResources(
  functionNames: readonly string[],
  stack: { readonly naming: Naming; readonly runbookUrl: string },
): Resources {
  return {
    ...lineFilters(stack.naming),
    ...Object.fromEntries(
      alarms(functionNames).map((alarm) => [`${pascalCase(alarm.name)}Alarm`, alarmResource(alarm, stack)]),
    ),
  };
}

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
      ...whenToRing(alarm),
      Threshold: alarm.threshold,
      AlarmActions: [ref('AlertsTopic')],
    },
  };
}

function whenToRing({ silentPeriods }: Alarm): Resource['Properties'] {
  if (silentPeriods === undefined) {
    return {
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    };
  }
  return {
    ComparisonOperator: 'LessThanThreshold',
    EvaluationPeriods: silentPeriods,
    TreatMissingData: 'breaching',
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

/** Throws RangeError for an alarm that CloudWatch would refuse while the stack is being made. */
function metricQueries({ name, metrics, periodSeconds, statistic }: Alarm): Value {
  if (metrics.length > metricsAtMost) {
    throw new RangeError(
      `alarm ${name}: ${metrics.length} metrics are refused; CloudWatch adds up ${metricsAtMost}`,
    );
  }
  const queries = metrics.map((metric, index) => ({
    Id: `m${index + 1}`,
    ReturnData: metrics.length === 1,
    MetricStat: {
      Metric: {
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: Object.entries(metric.dimensions).map(([Name, value]) => ({ Name, Value: value })),
      },
      Period: periodSeconds,
      Stat: statistic,
    },
  }));
  if (queries.length === 1) return queries;
  const total = queries.map((query) => `FILL(${query.Id}, 0)`).join(' + ');
  return [...queries, { Id: 'total', Expression: total, Label: name, ReturnData: true }];
}

function lineFilters(naming: Naming): Resources {
  return Object.fromEntries(
    countedLines.flatMap(({ metric, code, functionNames }) =>
      functionNames.map((functionName) => [
        `${metric}Of${pascalCase(functionName)}Filter`,
        {
          Type: 'AWS::Logs::MetricFilter',
          Properties: {
            LogGroupName: ref(`${pascalCase(functionName)}LogGroup`),
            FilterPattern: `{ $.code = "${code}" }`,
            MetricTransformations: [
              { MetricNamespace: ownNamespaceOf(naming), MetricName: metric, MetricValue: '1' },
            ],
          },
        },
      ]),
    ),
  );
}
