import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { makeDynamoClient } from '../../../shared/aws/dynamo-client.ts';
import { batchWrite } from '../../../shared/aws/dynamodb-batches.ts';

beforeEach(() => {
  Object.assign(process.env, { AWS_REGION: 'us-east-1' });
});

/** A table that answers 200, and does nothing. */
function idleTable() {
  const dynamo = makeDynamoClient(() => undefined);
  const calls: object[] = [];
  dynamo.middlewareStack.add(
    () => async (args) => {
      calls.push(args.input);
      const output = {
        $metadata: {},
        UnprocessedItems: Object.fromEntries(Object.entries(args.input))['RequestItems'],
      };
      return { response: {}, output: Object.assign(output) };
    },
    { step: 'initialize', priority: 'low' },
  );
  const slept: number[] = [];
  const retry = { sleep: async (ms: number) => void slept.push(ms), random: () => 0.5 };
  return { table: { client: DynamoDBDocumentClient.from(dynamo), name: 'ledger', retry }, calls, slept };
}

test('[F36] a batch that DynamoDB leaves undone is sent again after ever longer pauses, and given up with a number', async () => {
  const { table, calls, slept } = idleTable();

  await expect(batchWrite(table, { put: [{ place: 'here', item: '1' }] })).rejects.toThrow(
    'DynamoDB left 1 items of table ledger unprocessed, 12 times',
  );

  expect(calls).toHaveLength(12);
  expect(slept).toEqual([50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
});
