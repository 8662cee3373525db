import type { Clock } from '../../clock.ts';
import { random } from '../../random.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { sqsJson } from '../http/json-dialects.ts';
import { createJsonEndpoint } from '../http/json-endpoint.ts';
import type { Caller, Operation } from '../service.ts';
import { performEach, readEntries } from './batch.ts';
import { sqsError } from './errors.ts';
import { attributesDigest, bodyDigest, maximumMessageBytes, messageBytes, readMessage } from './message.ts';
import { EmbeddedQueue, type QueueOptions } from './queue.ts';
import { queueAttributes, receive } from './receive.ts';

export interface SqsOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly queues: readonly QueueOptions[];
  /** The account and region that have the queues. */
  readonly home: Pick<Caller, 'accountId' | 'region'>;
  /** Probability that a message comes back after its deletion. */
  readonly twiceRate: number;
  /** Probability that an entry of a SendMessageBatch fails on SQS's side. */
  readonly unprocessedRate: number;
  /** Where the embedded AWS listens: a queue's URL is an address that its client calls. */
  readonly origin: () => string;
}

export interface EmbeddedSqs {
  readonly endpoint: Endpoint;
  /** A RangeError for a queue that is not there. */
  queue(name: string): EmbeddedQueue;
}

/** SQS: standard queues, in the account and region of the start. A receive does not wait. */
export function createSqs(options: SqsOptions): EmbeddedSqs {
  const queues = makeQueues(options);
  const { home, origin } = options;
  const find = (input: Readonly<Record<string, unknown>>, caller: Caller): EmbeddedQueue => {
    const { QueueUrl } = input;
    if (typeof QueueUrl !== 'string') throw sqsError.missing('QueueUrl');
    const [, accountId, name] = /^https?:\/\/[^/]+\/(\d{12})\/([\w-]{1,80})$/.exec(QueueUrl) ?? [];
    const queue = accountId === home.accountId && caller.region === home.region && queues.get(name ?? '');
    if (!queue) throw sqsError.queueDoesNotExist();
    if (caller.accountId !== home.accountId) throw sqsError.accessDenied(QueueUrl);
    return queue;
  };
  const failures = random(options.seed, 'unprocessed-items', 'sqs');
  const operations: Readonly<Record<string, Operation>> = {
    SendMessage: (input, caller) => send(find(input, caller), input),
    SendMessageBatch(input, caller) {
      const queue = find(input, caller);
      const entries = readEntries(input);
      checkTotal(entries);
      return performEach(entries, (entry) => {
        if (failures.chance(options.unprocessedRate)) throw sqsJson.errors.internal;
        return send(queue, entry);
      });
    },
    ReceiveMessage: (input, caller) => receive(find(input, caller), input),
    DeleteMessage(input, caller) {
      find(input, caller).delete(handleOf(input));
      return {};
    },
    DeleteMessageBatch(input, caller) {
      const queue = find(input, caller);
      return performEach(readEntries(input), (entry) => {
        queue.delete(handleOf(entry));
        return {};
      });
    },
    ChangeMessageVisibility(input, caller) {
      const { VisibilityTimeout: seconds } = input;
      if (typeof seconds !== 'number') throw sqsError.missing('VisibilityTimeout');
      if (!(seconds >= 0 && seconds <= 43_200)) {
        throw sqsError.invalid(`Value ${seconds} for parameter VisibilityTimeout is invalid.`);
      }
      find(input, caller).changeVisibility(handleOf(input), seconds);
      return {};
    },
    GetQueueAttributes: (input, caller) => queueAttributes(find(input, caller), input),
    GetQueueUrl(input, caller) {
      const QueueUrl = `${origin()}/${home.accountId}/${String(input['QueueName'])}`;
      find({ QueueUrl }, caller);
      return { QueueUrl };
    },
  };
  const queue = (name: string): EmbeddedQueue => {
    const found = queues.get(name);
    if (!found)
      throw new RangeError(`there is no queue ${name}; there are: ${[...queues.keys()].join(', ')}`);
    return found;
  };
  return {
    endpoint: createJsonEndpoint({ service: 'sqs', targetPrefix: 'AmazonSQS', operations, dialect: sqsJson }),
    queue,
  };
}

function makeQueues({
  clock,
  seed,
  queues,
  home,
  twiceRate,
}: SqsOptions): ReadonlyMap<string, EmbeddedQueue> {
  const made = new Map<string, EmbeddedQueue>();
  for (const options of queues) {
    const { name, redrive } = options;
    const deadLetters = redrive && made.get(redrive.deadLetterQueue);
    if (redrive && !deadLetters) {
      throw new RangeError(
        `the queue ${name} has dead letters ${redrive.deadLetterQueue}, not made before it`,
      );
    }
    const arn = `arn:aws:sqs:${home.region}:${home.accountId}:${name}`;
    made.set(name, new EmbeddedQueue({ options, arn, clock, seed, twiceRate, deadLetters }));
  }
  return made;
}

function send(queue: EmbeddedQueue, input: Readonly<Record<string, unknown>>) {
  const message = readMessage(input);
  return {
    MessageId: queue.send(message),
    MD5OfMessageBody: bodyDigest(message.body),
    MD5OfMessageAttributes: attributesDigest(message.attributes),
  };
}

/** What is wrong with one entry is told in its place; here only the sum counts. */
function checkTotal(entries: readonly Readonly<Record<string, unknown>>[]): void {
  const bytes = entries.reduce((sum, { MessageBody }) => {
    return sum + messageBytes({ body: typeof MessageBody === 'string' ? MessageBody : '', attributes: {} });
  }, 0);
  if (bytes > maximumMessageBytes) throw sqsError.tooLong(bytes, maximumMessageBytes);
}

function handleOf({ ReceiptHandle }: Readonly<Record<string, unknown>>): string {
  if (typeof ReceiptHandle === 'string' && ReceiptHandle !== '') return ReceiptHandle;
  throw sqsError.missing('ReceiptHandle');
}
