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
    EventDeadLetters: deadLetterQueue(),
    EventDeadLettersPolicy: queuePolicy('EventDeadLetters', {
      service: 'events.amazonaws.com',
      sources: sources.rules.map(arnOf),
    }),
    MessageDeadLetters: deadLetterQueue(),
    MessageDeadLettersPolicy: queuePolicy('MessageDeadLetters', {
      service: 'sns.amazonaws.com',
      sources: sources.topics.map(ref),
    }),
  };
}

/** A queue that keeps what it is given as long as SQS can. */
export function deadLetterQueue(): Resource {
  return {
    Type: 'AWS::SQS::Queue',
    Properties: { MessageRetentionPeriod: retentionSeconds, SqsManagedSseEnabled: true },
  };
}

/** TLS for everybody, and what a service may send on behalf of its `sources`, if any. */
export function queuePolicy(
  queueId: string,
  sender?: { readonly service: string; readonly sources: readonly Value[] },
): Resource {
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref(queueId)],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [...(sender ? [sending(queueId, sender)] : []), tlsOnly(queueId)],
      },
    },
  };
}

function sending(
  queueId: string,
  { service, sources }: { readonly service: string; readonly sources: readonly Value[] },
): Value {
  return {
    Sid: 'Send',
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sqs:SendMessage',
    Resource: arnOf(queueId),
    Condition: {
      ArnEquals: { 'aws:SourceArn': sources },
      StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
    },
  };
}

function tlsOnly(queueId: string): Value {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:*',
    Resource: arnOf(queueId),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
