import { z } from 'zod';
import { random } from '../../random.ts';
import type { Call, CommonErrors, Endpoint } from '../http/endpoint.ts';
import type { AwsRequest, Reply } from '../http/request.ts';
import { AwsError, type Caller } from '../service.ts';
import { shuffled } from '../shuffle.ts';
import { type PlainItem, plainItem, wireItemSchema } from './attribute-value.ts';
import { DynaliteStore, type TableOptions } from './dynalite-store.ts';
import { UnprocessedItems } from './unprocessed.ts';

export interface DynamoDbOptions {
  readonly seed: number;
  readonly tables: readonly TableOptions[];
  /** The account and region that have the tables; the others have none. */
  readonly home: Pick<Caller, 'accountId' | 'region'>;
  /** Probability that a batch call leaves a part of itself undone. */
  readonly unprocessedRate: number;
}

export interface EmbeddedDynamoDb {
  readonly endpoint: Endpoint;
  /** All items of a table, by key. A RangeError for a table that is not there. */
  items(table: string): Promise<readonly PlainItem[]>;
}

const operations: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
]);

/** DynamoDB Developer Guide, "Error handling with DynamoDB"; an on-demand table throttles as ThrottlingException. */
const errors: CommonErrors = {
  missingSignature: new AwsError(
    'MissingAuthenticationTokenException',
    'Request is missing Authentication Token',
  ),
  invalidToken: new AwsError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ),
  expiredToken: new AwsError(
    'ExpiredTokenException',
    'The security token included in the request is expired',
  ),
  throttled: new AwsError('ThrottlingException', 'Rate of requests exceeds the allowed throughput.'),
  internal: new AwsError('InternalServerError', 'Internal server error', 500),
};

const headers = { 'content-type': 'application/x-amz-json-1.0' };
const batchReadSchema = z.looseObject({ Responses: z.record(z.string(), z.array(z.unknown())) });
const conditionalSchema = z.looseObject({
  TableName: z.string(),
  ReturnValuesOnConditionCheckFailure: z.literal('ALL_OLD'),
  Item: wireItemSchema.optional(),
  Key: wireItemSchema.optional(),
});

/** DynamoDB, which is dynalite with what it lacks: partly done batches, and the item that a failed condition met. */
export function createDynamoDb(options: DynamoDbOptions): EmbeddedDynamoDb {
  const { home, seed } = options;
  const store = new DynaliteStore(options.tables);
  const unprocessed = new UnprocessedItems(seed, options.unprocessedRate);
  const order = random(seed, 'dynamodb', 'order');
  const performBatch = async (operation: string, input: unknown): Promise<Reply> => {
    const dealt = unprocessed.deal(operation, input);
    const reply = await store.send(operation, dealt.performed);
    if (reply.statusCode !== 200) return reply;
    if (operation === 'BatchWriteItem') return withMembers(reply, { UnprocessedItems: dealt.unprocessed });
    const { Responses, ...members } = batchReadSchema.parse(JSON.parse(String(reply.body)));
    // dynalite shuffles with Math.random, for DynamoDB promises no order; here the seed decides it.
    const tables = Object.entries(Responses).map(([table, items]) => {
      const sorted = items.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
      return [table, shuffled(sorted, order)] as const;
    });
    const left = {
      ...z.record(z.string(), z.unknown()).parse(members['UnprocessedKeys']),
      ...dealt.unprocessed,
    };
    return withMembers(reply, { Responses: Object.fromEntries(tables), UnprocessedKeys: left });
  };
  const perform = async ({ request, operation, caller }: Call): Promise<Reply> => {
    if (caller.accountId !== home.accountId || caller.region !== home.region) {
      throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    }
    const input = parse(request);
    if (operation.startsWith('Batch')) return performBatch(operation, input);
    const reply = await store.send(operation, input);
    return withOldItem({ reply, input, store, tables: options.tables });
  };
  return { endpoint: { service: 'dynamodb', errors, operationOf, perform, refuse }, items: itemsOf(store) };
}

function operationOf(request: AwsRequest): string {
  const target = request.headers['x-amz-target'] ?? 'no X-Amz-Target';
  const [prefix, operation = '', ...rest] = target.split('.');
  if (prefix === 'DynamoDB_20120810' && rest.length === 0 && operations.has(operation)) return operation;
  throw new AwsError('UnknownOperationException', `The embedded AWS does not know the operation (${target})`);
}

function refuse({ code, message, statusCode }: AwsError): Reply {
  const __type = `com.amazonaws.dynamodb.v20120810#${code}`;
  return { statusCode, headers, body: JSON.stringify({ __type, message }) };
}

function parse(request: AwsRequest): unknown {
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new AwsError('SerializationException', `The request is not JSON: ${cause.message}`);
  }
}

function withMembers(reply: Reply, members: Readonly<Record<string, unknown>>): Reply {
  return { ...reply, body: JSON.stringify({ ...JSON.parse(String(reply.body)), ...members }) };
}

interface ConditionalReply {
  readonly reply: Reply;
  readonly input: unknown;
  readonly store: DynaliteStore;
  readonly tables: readonly TableOptions[];
}

/** ReturnValuesOnConditionCheckFailure, which dynalite does not know. */
async function withOldItem({ reply, input, store, tables }: ConditionalReply): Promise<Reply> {
  if (!String(reply.body).includes('#ConditionalCheckFailedException')) return reply;
  const { data } = conditionalSchema.safeParse(input);
  const table = tables.find(({ name }) => name === data?.TableName);
  const item = data?.Item ?? data?.Key;
  if (!data || !table || !item) return reply;
  const isKey = (name: string): boolean => name === table.partitionKey || name === table.sortKey;
  const Key = Object.fromEntries(Object.entries(item).filter(([name]) => isKey(name)));
  const { body } = await store.send('GetItem', { TableName: table.name, Key, ConsistentRead: true });
  const old = z.looseObject({ Item: wireItemSchema.optional() }).parse(JSON.parse(String(body)));
  return old.Item ? withMembers(reply, { Item: old.Item }) : reply;
}

function itemsOf(store: DynaliteStore) {
  const pageSchema = z.looseObject({
    Items: z.array(wireItemSchema),
    LastEvaluatedKey: wireItemSchema.optional(),
  });
  return async (table: string): Promise<readonly PlainItem[]> => {
    const items: PlainItem[] = [];
    let ExclusiveStartKey: z.infer<typeof wireItemSchema> | undefined;
    do {
      const { statusCode, body } = await store.send('Scan', { TableName: table, ExclusiveStartKey });
      if (statusCode !== 200) throw new RangeError(`the table ${table} cannot be read: ${String(body)}`);
      const page = pageSchema.parse(JSON.parse(String(body)));
      items.push(...page.Items.map(plainItem));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return items;
  };
}
