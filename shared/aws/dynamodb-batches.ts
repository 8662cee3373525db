import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { chunksOf } from '../domain/command.ts';

/** How what DynamoDB leaves unprocessed is waited for. `random` in [0, 1), for jitter. */
export interface BatchRetry {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly random: () => number;
}

export const realTime: BatchRetry = {
  sleep: (milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds)),
  random: () => Math.random(),
};

/** A number that is too large for us is refused by the item's schema, by name; the library would die of it. */
export const numbersAsTheyAre = { unmarshallOptions: { wrapNumbers: Number } } as const;

/** A table, and how to reach it. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  readonly retry: BatchRetry;
}

type Item = Readonly<Record<string, unknown>>;
type WriteRequest = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];

/** Source: API BatchWriteItem and BatchGetItem. */
const writesPerCall = 25;
const keysPerCall = 100;

/** With full jitter below a cap that doubles, twelve attempts wait for a minute and a half at most. Milliseconds. */
const attempts = 12;
const firstPause = 50;
const longestPause = 20_000;

/** Puts and deletes, no item twice. A call can answer 200 and leave part of it undone: that is sent again. */
export async function batchWrite(
  table: Table,
  writes: { readonly put?: readonly Item[]; readonly delete?: readonly Item[] },
): Promise<void> {
  const requests: WriteRequest[] = [
    ...(writes.put ?? []).map((item) => ({ PutRequest: { Item: item } })),
    ...(writes.delete ?? []).map((key) => ({ DeleteRequest: { Key: key } })),
  ];
  for (const chunk of chunksOf(requests, writesPerCall)) {
    await untilDone(chunk, table, async (left) => {
      const { UnprocessedItems } = await table.client.send(
        new BatchWriteCommand({ RequestItems: { [table.name]: [...left] } }),
      );
      return UnprocessedItems?.[table.name] ?? [];
    });
  }
}

/** The items of these keys, no key twice, consistent with what was written; those that are not there are left out. */
export async function batchGet(table: Table, keys: readonly Item[]): Promise<Item[]> {
  const found: Item[] = [];
  for (const chunk of chunksOf(keys, keysPerCall)) {
    await untilDone(chunk, table, async (left) => {
      const { Responses, UnprocessedKeys } = await table.client.send(
        new BatchGetCommand({ RequestItems: { [table.name]: { Keys: [...left], ConsistentRead: true } } }),
      );
      found.push(...(Responses?.[table.name] ?? []));
      return UnprocessedKeys?.[table.name]?.Keys ?? [];
    });
  }
  return found;
}

async function untilDone<Part>(
  parts: readonly Part[],
  { name, retry }: Table,
  attempt: (left: readonly Part[]) => Promise<readonly Part[]>,
): Promise<void> {
  let left = await attempt(parts);
  for (let tried = 1; left.length > 0; tried += 1) {
    if (tried === attempts) {
      throw new Error(`DynamoDB left ${left.length} items of table ${name} unprocessed, ${attempts} times`);
    }
    await retry.sleep(retry.random() * Math.min(longestPause, firstPause * 2 ** tried));
    left = await attempt(left);
  }
}
