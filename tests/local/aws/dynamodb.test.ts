import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { createDynamoDb } from '../../../local/aws/dynamodb/dynamodb.ts';
import { signedHeaders } from './front-server.ts';
import { caller, closeServices, startServices } from './services-under-test.ts';

afterEach(closeServices);

const table = 'fleet-patcher-ledger';
const tables = [{ name: table, partitionKey: 'place', sortKey: 'item' }];
const place = '111122223333/us-east-1';

async function start(options: Parameters<typeof startServices>[0] = {}) {
  const started = await startServices({ tables, ...options });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(started.client));
  return { ...started, documents };
}

function nameOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

function puts(count: number, first = 0) {
  return Array.from({ length: count }, (_, index) => ({
    PutRequest: { Item: { place, item: `open#${String(first + index).padStart(4, '0')}` } },
  }));
}

describe('the embedded DynamoDB', () => {
  test('keeps items, answers a query in the order of the sort key, and shows the table to a test', async () => {
    const { aws, documents } = await start();
    await documents.send(
      new PutCommand({ TableName: table, Item: { place, item: 'open#b', count: 2, is: true } }),
    );
    await documents.send(
      new PutCommand({ TableName: table, Item: { place, item: 'node#a', list: [1, { a: null }] } }),
    );

    const query = {
      KeyConditionExpression: 'place = :place AND begins_with(#item, :kind)',
      ExpressionAttributeNames: { '#item': 'item' },
      ExpressionAttributeValues: { ':place': place, ':kind': 'open#' },
    };
    const { Items } = await documents.send(new QueryCommand({ TableName: table, ...query }));

    expect(Items).toEqual([{ place, item: 'open#b', count: 2, is: true }]);
    expect(await aws.dynamodb.items(table)).toEqual([
      { place, item: 'node#a', list: [1, { a: null }] },
      { place, item: 'open#b', count: 2, is: true },
    ]);
  });

  test('counts its calls, and takes simulated time for them and no more than their latency', async () => {
    const { aws, clock, documents } = await start();
    const before = clock.now();
    let fired = 0;
    clock.setTimeout(() => {
      fired = clock.now();
    }, 86_400_000);

    await documents.send(new BatchWriteCommand({ RequestItems: { [table]: puts(25) } }));

    expect(clock.now() - before).toBeGreaterThanOrEqual(20);
    expect(clock.now() - before).toBeLessThanOrEqual(80);
    expect(fired).toBe(0);
    expect(aws.usage.snapshot().calls).toEqual({ 'dynamodb:BatchWriteItem': 1 });
  });

  test('answers a failed condition with its name, and with the item that it met if that is asked for', async () => {
    const { documents } = await start();
    const put = { TableName: table, Item: { place, item: 'x', by: 'first' } };
    await documents.send(new PutCommand(put));

    const condition = {
      ...put,
      ConditionExpression: 'attribute_not_exists(place)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    const error = await documents.send(new PutCommand(condition)).catch((caught: unknown) => caught);
    const update = await nameOf(
      documents.send(
        new UpdateCommand({
          TableName: table,
          Key: { place, item: 'gone' },
          UpdateExpression: 'SET toldAt = :now',
          ExpressionAttributeValues: { ':now': 1 },
          ConditionExpression: 'attribute_exists(place)',
        }),
      ),
    );

    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({ Item: { by: { S: 'first' } } });
    expect(update).toBe('ConditionalCheckFailedException');
  });

  test.each([
    ['more than 25 writes a batch', puts(26)],
    ['the same key twice in a batch', [...puts(1), ...puts(1)]],
  ])('refuses %s', async (_what, requests) => {
    const { documents } = await start();

    const act = documents.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));

    await expect(act).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('refuses a table that is not there, another account, and operations that it does not know', async () => {
    const { url, client, documents } = await start();
    const key = { place, item: 'x' };

    const missing = await nameOf(documents.send(new GetCommand({ TableName: 'other', Key: key })));
    const elsewhere = DynamoDBDocumentClient.from(new DynamoDBClient({ ...client, region: 'eu-west-1' }));
    const foreign = await nameOf(elsewhere.send(new GetCommand({ TableName: table, Key: key })));
    const unknown = await fetch(url, {
      method: 'POST',
      headers: { ...signedHeaders('dynamodb'), 'x-amz-target': 'DynamoDB_20120810.TransactWriteItems' },
      body: '{}',
    });

    expect([missing, foreign]).toEqual(['ResourceNotFoundException', 'ResourceNotFoundException']);
    expect([unknown.status, await unknown.text()]).toEqual([
      400,
      expect.stringContaining('UnknownOperationException'),
    ]);
  });

  test('is not there without tables', async () => {
    const { documents } = await start({ tables: [] });

    const act = documents.send(new GetCommand({ TableName: table, Key: { place, item: 'x' } }));

    await expect(act).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  test('throttles by its call rate and by fault, in its own words', async () => {
    const rated = await start({
      settings: { callRates: { 'dynamodb:*': { refillPerSecond: 0.1, burst: 1 } } },
    });
    const faulty = await start({ faults: { throttle: 1 } });
    const get = () => new GetCommand({ TableName: table, Key: { place, item: 'x' } });

    await rated.documents.send(get());

    await expect(rated.documents.send(get())).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(faulty.documents.send(get())).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(faulty.aws.usage.snapshot().throttled).toEqual({ 'dynamodb:GetItem': 1 });
  });
});

describe('the fault unprocessed-items', () => {
  test('[F36] leaves a part of a batch undone, names it, and does the rest', async () => {
    const { aws, documents } = await start({ faults: { 'unprocessed-items': 1 } });

    const answer = await documents.send(new BatchWriteCommand({ RequestItems: { [table]: puts(25) } }));
    const left = answer.UnprocessedItems?.[table] ?? [];
    const written = (await aws.dynamodb.items(table)).map(({ item }) => item);

    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(25);
    expect([...written, ...left.map(({ PutRequest }) => PutRequest?.Item?.['item'])].sort()).toEqual(
      puts(25).map(({ PutRequest }) => PutRequest.Item.item),
    );
  });

  test('[F36] leaves a part of the keys of a read, as a request that can be sent again', async () => {
    const { documents } = await start({ faults: { 'unprocessed-items': 0.5 } });
    const Keys = puts(25).map(({ PutRequest }) => PutRequest.Item);
    for (let left = [...puts(25)]; left.length > 0; ) {
      const RequestItems = { [table]: left };
      const answer = await documents.send(new BatchWriteCommand({ RequestItems })).catch(() => undefined);
      const again = new Set(
        answer?.UnprocessedItems?.[table]?.map(({ PutRequest }) => PutRequest?.Item?.['item']),
      );
      left = answer ? left.filter(({ PutRequest }) => again.has(PutRequest.Item.item)) : left;
    }

    const found: unknown[] = [];
    let calls = 0;
    for (let RequestItems: object = { [table]: { Keys } }; Object.keys(RequestItems).length > 0; calls += 1) {
      const answer = await documents.send(new BatchGetCommand({ RequestItems: { ...RequestItems } }));
      found.push(...(answer.Responses?.[table] ?? []));
      RequestItems = answer.UnprocessedKeys ?? {};
    }

    expect(calls).toBeGreaterThan(1);
    expect(found).toHaveLength(25);
    expect(found).toEqual(expect.arrayContaining(Keys));
  });

  test('fails the whole call when nothing of it could be done', async () => {
    const { documents } = await start({ faults: { 'unprocessed-items': 1 } });
    const names: unknown[] = [];

    for (let n = 0; n < 10; n += 1) {
      const call = documents.send(new BatchWriteCommand({ RequestItems: { [table]: puts(1, n) } }));
      names.push(await nameOf(call));
    }

    expect(new Set(names)).toEqual(new Set(['done', 'ProvisionedThroughputExceededException']));
  });
});

test('batch reads come in an order that the seed decides', async () => {
  const orderFor = async (seed: number) => {
    const database = createDynamoDb({ seed, tables, home: caller, unprocessedRate: 0 });
    const perform = async (operation: string, input: unknown) => {
      const body = Buffer.from(JSON.stringify(input));
      const request = {
        method: 'POST',
        path: '/',
        query: new URLSearchParams(),
        headers: {},
        body,
        requestId: '',
      };
      const identity = { ...caller, now: 0, arn: '', userId: '', isSession: false };
      return String((await database.endpoint.perform({ request, operation, caller: identity })).body);
    };
    const Keys = puts(20).map(({ PutRequest }) => ({
      place: { S: place },
      item: { S: PutRequest.Item.item },
    }));
    const requests = Keys.map((Item) => ({ PutRequest: { Item } }));
    await perform('BatchWriteItem', { RequestItems: { [table]: requests } });
    return perform('BatchGetItem', { RequestItems: { [table]: { Keys } } });
  };

  const first = await orderFor(1);

  expect(await orderFor(1)).toBe(first);
  expect(await orderFor(2)).not.toBe(first);
});
