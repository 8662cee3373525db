import { arnOf, type Resource, type Resources, ref, type Value } from '../cloudformation.ts';
import { functionIdOf, type Naming, pascalCase, watchSlaRuleNameOf } from '../names.ts';
import { stateMachineArn } from './state-machine.ts';

/** Rules' logical ids, whose failed deliveries go to a queue. */
export const ruleIds = ['CloseRunRule', 'CheckWindowsRule', 'WatchSlaRule', 'FindingsRule'] as const;

/** Lambda tries an event again after one and after two minutes; what is older has been looked at by people. Seconds. */
const oldestSeconds = 3600;

/** What happens on its own: a run that ended badly is closed; windows, and the clock of missing patches, are looked at. */
export function eventResources(naming: Naming): Resources {
  return {
    CloseRunRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: 'A run ended FAILED, TIMED_OUT or ABORTED.',
        EventPattern: {
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          // By the exact ARN: batches, the executions of the Distributed Map, have a longer one.
          detail: {
            status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
            stateMachineArn: [stateMachineArn('patch-fleet')],
          },
        },
        Targets: [functionTarget('close-run', { InputPath: '$.detail' })],
      },
    },
    CheckWindowsRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: 'Looks for install windows that passed without a run.',
        ScheduleExpression: 'rate(6 hours)',
        Targets: [functionTarget('check-windows', {})],
      },
    },
    WatchSlaRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: watchSlaRuleNameOf(naming),
        Description: 'Keeps the clock of missing patches.',
        ScheduleExpression: 'rate(1 hour)',
        // A state machine, unlike a function, is started by a role. The next hour's look makes up for a lost one.
        Targets: [
          {
            ...target('watch-sla', stateMachineArn('watch-sla')),
            Input: '{}',
            RoleArn: arnOf('WatchSlaRuleRole'),
          },
        ],
      },
    },
    ...invocation('close-run', 'CloseRunRule'),
    ...invocation('check-windows', 'CheckWindowsRule'),
  };
}

/** A resource policy instead of a role: that is what EventBridge wants for Lambda. */
function functionTarget(name: string, extra: { readonly InputPath?: string }): Resource['Properties'] {
  return { ...target(name, arnOf(functionIdOf(name))), ...extra };
}

function target(id: string, arn: Value): Resource['Properties'] {
  return {
    Id: id,
    Arn: arn,
    DeadLetterConfig: { Arn: arnOf('EventDeadLetters') },
    RetryPolicy: { MaximumEventAgeInSeconds: oldestSeconds, MaximumRetryAttempts: 20 },
  };
}

/** Once EventBridge has handed an event over, Lambda's own retries and its own dead letters apply. */
function invocation(name: string, rule: string): Resources {
  const id = pascalCase(name);
  return {
    [`${id}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: arnOf(functionIdOf(name)),
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: arnOf(rule),
        SourceAccount: ref('AWS::AccountId'),
      },
    },
    [`${id}InvokeConfig`]: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: ref(functionIdOf(name)),
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: oldestSeconds,
        DestinationConfig: { OnFailure: { Destination: arnOf('EventDeadLetters') } },
      },
    },
  };
}
