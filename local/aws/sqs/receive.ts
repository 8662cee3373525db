import { z } from 'zod';
import { sqsError } from './errors.ts';
import { attributesDigest, bodyDigest, maximumMessageBytes } from './message.ts';
import type { EmbeddedQueue, ReceivedMessage } from './queue.ts';

type Members = Readonly<Record<string, unknown>>;

/** Who sends is not known: there are no principals on a laptop. */
const senderId = 'AIDALOCAL';

/** The system attributes of a received message, as SQS and Lambda name them. All are text. */
export function systemAttributes(message: ReceivedMessage): Readonly<Record<string, string>> {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(Math.floor(message.sentAt)),
    SenderId: senderId,
    ApproximateFirstReceiveTimestamp: String(Math.floor(message.firstReceivedAt)),
    ...(message.deadLetterSourceArn === undefined
      ? {}
      : { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
  };
}

/** ReceiveMessage: what is asked for by name, and no more. */
export function receive(queue: EmbeddedQueue, input: Members) {
  const most = within(input, { name: 'MaxNumberOfMessages', lowest: 1, highest: 10 }) ?? 1;
  within(input, { name: 'WaitTimeSeconds', lowest: 0, highest: 20 });
  const visibility = within(input, { name: 'VisibilityTimeout', lowest: 0, highest: 43_200 });
  const system = namesOf(input, 'MessageSystemAttributeNames') ?? namesOf(input, 'AttributeNames') ?? [];
  const named = namesOf(input, 'MessageAttributeNames') ?? [];
  const Messages = queue.receive(most, visibility).map((message) => {
    const attributes = pick(message.attributes, (name) => isNamed(named, name));
    return {
      MessageId: message.messageId,
      ReceiptHandle: message.receiptHandle,
      Body: message.body,
      MD5OfBody: bodyDigest(message.body),
      ...withMember(
        'Attributes',
        pick(systemAttributes(message), (name) => isNamed(system, name)),
      ),
      ...withMember('MessageAttributes', attributes, ({ dataType, stringValue, binaryValue }) => ({
        DataType: dataType,
        StringValue: stringValue,
        BinaryValue: binaryValue,
      })),
      MD5OfMessageAttributes: attributesDigest(attributes),
    };
  });
  return Messages.length > 0 ? { Messages } : {};
}

/** GetQueueAttributes. Throws InvalidAttributeName. */
export function queueAttributes(queue: EmbeddedQueue, input: Members) {
  const { visible, inFlight, delayed } = queue.counts();
  const redrive = queue.redrive && {
    deadLetterTargetArn: queue.arn.replace(/[^:]+$/, queue.redrive.deadLetterQueue),
    maxReceiveCount: queue.redrive.maxReceiveCount,
  };
  const all: Readonly<Record<string, string | undefined>> = {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    DelaySeconds: '0',
    MaximumMessageSize: String(maximumMessageBytes),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    QueueArn: queue.arn,
    ReceiveMessageWaitTimeSeconds: '0',
    RedrivePolicy: redrive && JSON.stringify(redrive),
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
  };
  const names = namesOf(input, 'AttributeNames') ?? [];
  const unknown = names.find((name) => name !== 'All' && !Object.hasOwn(all, name));
  if (unknown !== undefined) throw sqsError.attributeName(unknown);
  return { Attributes: pick(all, (name) => names.includes('All') || names.includes(name)) };
}

function namesOf(input: Members, name: string): readonly string[] | undefined {
  return z.array(z.string()).safeParse(input[name]).data;
}

function isNamed(names: readonly string[], name: string): boolean {
  return names.some((wanted) => {
    if (wanted === 'All' || wanted === '.*') return true;
    return wanted.endsWith('.*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
  });
}

function pick<Value>(members: Readonly<Record<string, Value>>, isWanted: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(members).filter(([name]) => isWanted(name)));
}

/** SQS leaves an empty map out. */
function withMember<Value>(
  name: string,
  members: Readonly<Record<string, Value>>,
  word: (value: Value) => unknown = (value) => value,
): Members {
  const entries = Object.entries(members).map(([key, value]) => [key, word(value)]);
  return entries.length > 0 ? { [name]: Object.fromEntries(entries) } : {};
}

function within(
  input: Members,
  { name, lowest, highest }: { readonly name: string; readonly lowest: number; readonly highest: number },
): number | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest)
    return value;
  throw sqsError.invalid(
    `Value ${String(value)} for parameter ${name} is invalid. Reason: Must be between ${lowest} and ${highest}, if provided.`,
  );
}
