import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { behindRetry, type CallCounter, counter, patient } from './client-config.ts';

/** A message as SNS takes it: at most 256 KiB, the subject below 100 ASCII characters on one line. */
export interface TopicMessage {
  readonly subject: string;
  readonly text: string;
  /** For subscription filter policies; an empty value is refused by SNS. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Publishes one message to a topic. Repeated after a lost answer it may arrive twice: better than never. */
export type Publish = (topicArn: string, message: TopicMessage) => Promise<void>;

/** Source: API Publish. */
export function makePublish(count: CallCounter): Publish {
  const sns = new SNSClient(patient);
  sns.middlewareStack.add(counter('sns', count), behindRetry);
  return (topicArn, message) => publish(sns, topicArn, message);
}

async function publish(sns: SNSClient, topicArn: string, message: TopicMessage): Promise<void> {
  await sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: message.subject,
      Message: message.text,
      MessageAttributes: Object.fromEntries(
        Object.entries(message.attributes).map(([name, value]) => [
          name,
          { DataType: 'String', StringValue: value },
        ]),
      ),
    }),
  );
}
