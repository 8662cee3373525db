import { arnOf, type Resource, type Resources, ref, type Value } from '../cloudformation.ts';

/** Two weeks, the longest that SQS keeps a message: a weekend must not lose it. Seconds. */
const retentionSeconds = 1_209_600;

/**
 * What could not be delivered: `EventDeadLetters` of EventBridge and of asynchronous invocations,
 * `MessageDeadLetters` of the topics' subscriptions. Without them both services drop it in silence.
 */
export function deadLetterQueues(sources: {
  readonly rules: readonly string[];
  readonly topics: readonly string[];
}): Resources {
  return {
    EventDeadLetters: queue(),
    EventDeadLettersPolicy: queuePolicy('EventDeadLetters', 'events.amazonaws.com', sources.rules.map(arnOf)),
    MessageDeadLetters: queue(),
    MessageDeadLettersPolicy: queuePolicy('MessageDeadLetters', 'sns.amazonaws.com', sources.topics.map(ref)),
  };
}

function queue(): Resource {
  return {
    Type: 'AWS::SQS::Queue',
    Properties: { MessageRetentionPeriod: retentionSeconds, SqsManagedSseEnabled: true },
  };
}

function queuePolicy(queueId: string, service: string, sources: readonly Value[]): Resource {
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref(queueId)],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'DeadLetters',
            Effect: 'Allow',
            Principal: { Service: service },
            Action: 'sqs:SendMessage',
            Resource: arnOf(queueId),
            Condition: {
              ArnEquals: { 'aws:SourceArn': sources },
              StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
            },
          },
          {
            Sid: 'TlsOnly',
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Resource: arnOf(queueId),
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  };
}
