import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { behindRetry, type CallCounter, counter, patient } from './client-config.ts';

/** A message as SQS takes it; an attribute's value must not be empty. */
export interface QueueMessage {
  /** Whatever the sender knows it by. */
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Sends messages; answers with the ids of those that SQS did not take. */
export type SendMessages = (queueUrl: string, messages: readonly QueueMessage[]) => Promise<string[]>;

/** Entries and bytes of one call, attributes counted. Source: API SendMessageBatch. */
const entriesPerCall = 10;
const bytesPerCall = 262_144;

/** `hasCustomEndpoint`: an emulator stands in for the host that a queue's URL names. */
export function makeSendMessages(count: CallCounter, hasCustomEndpoint: boolean): SendMessages {
  const sqs = new SQSClient({ ...patient, useQueueUrlAsEndpoint: !hasCustomEndpoint });
  sqs.middlewareStack.add(counter('sqs', count), behindRetry);
  return async (queueUrl, messages) => {
    const tooLarge = messages.filter((message) => bytesOf(message) > bytesPerCall);
    const refused = tooLarge.map((message) => message.id);
    for (const call of callsFor(messages.filter((message) => !tooLarge.includes(message)))) {
      refused.push(...(await sendSome(sqs, queueUrl, call)));
    }
    return refused;
  };
}

async function sendSome(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly QueueMessage[],
): Promise<string[]> {
  const { Failed } = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: messages.map((message, index) => ({
        Id: String(index),
        MessageBody: message.body,
        MessageAttributes: Object.fromEntries(
          Object.entries(message.attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      })),
    }),
  );
  return (Failed ?? []).flatMap((failure) => messages[Number(failure.Id)]?.id ?? []);
}

function callsFor(messages: readonly QueueMessage[]): QueueMessage[][] {
  const calls: QueueMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = bytesOf(message);
    const call = calls.at(-1);
    if (call && call.length < entriesPerCall && bytes + size <= bytesPerCall) {
      call.push(message);
      bytes += size;
    } else {
      calls.push([message]);
      bytes = size;
    }
  }
  return calls;
}

function bytesOf({ body, attributes }: QueueMessage): number {
  const texts = Object.entries(attributes).flatMap(([name, value]) => [name, value, 'String']);
  return [body, ...texts].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
