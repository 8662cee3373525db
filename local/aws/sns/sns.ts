import { random } from '../../random.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { uuid } from '../http/identifiers.ts';
import { awsQuery } from '../http/query-dialects.ts';
import { createQueryEndpoint } from '../http/query-endpoint.ts';
import type { QueryForm } from '../http/query-form.ts';
import { AwsError, type Caller } from '../service.ts';
import { type MessageAttributes, readAttributes, readMessage, readSubject } from './message.ts';
import { Topics } from './topics.ts';

/** A message that SNS took; there are no subscribers on a laptop. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly attributes: MessageAttributes;
  /** Epoch milliseconds of simulated time. */
  readonly at: number;
}

export interface EmbeddedSns {
  readonly endpoint: Endpoint;
  readonly published: readonly PublishedMessage[];
  /** Answers with the ARN. */
  createTopic(name: string, owner: Caller): string;
}

const pageSize = 100;

/** SNS: standard topics and Publish, with the limits of the Publish page of its API Reference. */
export function createSns(seed: number): EmbeddedSns {
  const topics = new Topics();
  const published: PublishedMessage[] = [];
  const stream = random(seed, 'sns');
  const publish = (form: QueryForm, caller: Caller) => {
    const topicArn = form.get('TopicArn') ?? form.get('TargetArn');
    if (topicArn === undefined) {
      throw new AwsError(
        'InvalidParameter',
        'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
      );
    }
    const attributes = readAttributes(form);
    const subject = readSubject(form);
    const message = readMessage(form, attributes);
    topics.check(topicArn, caller);
    const messageId = uuid(stream);
    published.push({ messageId, topicArn, subject, message, attributes, at: caller.now });
    return { MessageId: messageId };
  };
  const endpoint = createQueryEndpoint({
    service: 'sns',
    version: '2010-03-31',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    dialect: awsQuery,
    operations: {
      CreateTopic: (form, caller) => ({ TopicArn: topics.create(form.required('Name'), caller) }),
      ListTopics: (form, caller) => listTopics(topics.list(caller), form.get('NextToken')),
      Publish: publish,
    },
  });
  return { endpoint, published, createTopic: (name, owner) => topics.create(name, owner) };
}

/** The token is the last ARN of the page before, encoded. */
function listTopics(arns: readonly string[], token: string | undefined) {
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString('utf8');
  if (token !== undefined && !arns.includes(after)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: NextToken');
  }
  const rest = arns.filter((arn) => arn > after);
  const page = rest.slice(0, pageSize);
  const last = page.at(-1);
  const next =
    last !== undefined && rest.length > page.length ? Buffer.from(last).toString('base64url') : undefined;
  return { Topics: { member: page.map((arn) => ({ TopicArn: arn })) }, NextToken: next };
}
