import type { Policy } from '../../shared/domain/policy.ts';
import { arnOf, type Resources } from '../cloudformation.ts';
import { findingsBuffer, findingsFunction, findingsPattern } from '../findings.ts';
import { functionIdOf } from '../names.ts';
import { deadLetterQueue, queuePolicy } from './queues.ts';

/** A day, the longest that EventBridge tries: a finding is sent once, and no other is made before the next scan. Seconds. */
const oldestSeconds = 86_400;

/** Findings from EventBridge into a queue, and from there some minutes' worth at a time to their function. */
export function findingsResources(policies: readonly Policy[]): Resources {
  const buffer = findingsBuffer();
  return {
    FindingsRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: 'A finding about missing patches is new.',
        EventPattern: findingsPattern(policies),
        Targets: [
          {
            Id: 'findings',
            Arn: arnOf('FindingsQueue'),
            DeadLetterConfig: { Arn: arnOf('EventDeadLetters') },
            RetryPolicy: { MaximumEventAgeInSeconds: oldestSeconds, MaximumRetryAttempts: 185 },
          },
        ],
      },
    },
    FindingsQueue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: buffer.visibilityTimeoutSeconds,
        MessageRetentionPeriod: buffer.retentionSeconds,
        SqsManagedSseEnabled: true,
        RedrivePolicy: {
          deadLetterTargetArn: arnOf('FindingsDeadLetters'),
          maxReceiveCount: buffer.maxReceiveCount,
        },
      },
    },
    FindingsQueuePolicy: queuePolicy('FindingsQueue', {
      service: 'events.amazonaws.com',
      sources: [arnOf('FindingsRule')],
    }),
    FindingsDeadLetters: deadLetterQueue(),
    FindingsDeadLettersPolicy: queuePolicy('FindingsDeadLetters'),
    FindingsEventSource: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: arnOf('FindingsQueue'),
        FunctionName: arnOf(functionIdOf(findingsFunction)),
        BatchSize: buffer.batchSize,
        MaximumBatchingWindowInSeconds: buffer.batchingWindowSeconds,
        // What cannot be dealt with comes again, and its neighbours do not.
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: buffer.maximumConcurrency },
      },
    },
  };
}
