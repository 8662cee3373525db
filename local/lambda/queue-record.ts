import { attributesDigest, bodyDigest } from '../aws/sqs/message.ts';
import type { ReceivedMessage } from '../aws/sqs/queue.ts';
import { systemAttributes } from '../aws/sqs/receive.ts';

/** One message as Lambda hands it over. */
export type QueueRecord = Readonly<Record<string, unknown>> & {
  readonly messageId: string;
  readonly receiptHandle: string;
};

/** The record of a message. Source: Lambda developer guide, "Using Lambda with Amazon SQS", example event. */
export function recordOf(message: ReceivedMessage, eventSourceARN: string): QueueRecord {
  const md5OfMessageAttributes = attributesDigest(message.attributes);
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, attribute]) => [
        name,
        { ...attribute, stringListValues: [], binaryListValues: [] },
      ]),
    ),
    md5OfBody: bodyDigest(message.body),
    ...(md5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: eventSourceARN.split(':')[3],
  };
}
