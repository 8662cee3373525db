import { makeDynamoClient } from '../../../shared/aws/dynamo-client.ts';
import { makeTellingTurns, type TellingTurns } from '../../../shared/aws/telling-turns.ts';
import { closeServices, startServices } from '../../local/aws/services-under-test.ts';
import { MemoryTellingTurns } from '../../support/memory-findings.ts';
import { leadTo } from './aws-endpoint.ts';

afterEach(async () => {
  jest.restoreAllMocks();
  await closeServices();
});

const home = { accountId: '111122223333', region: 'us-east-1' };
const table = 'fleet-patcher-ledger';
const hour = 3_600_000;
const at = Date.parse('2026-11-22T03:16:00Z');

async function startTable() {
  const { aws, url, clock } = await startServices({
    tables: [{ name: table, partitionKey: 'place', sortKey: 'item' }],
  });
  leadTo(url);
  jest.spyOn(Date, 'now').mockImplementation(() => clock.now());
  const client = makeDynamoClient(() => undefined);
  return { aws, turns: makeTellingTurns(table, client, home) };
}

// What tests of handlers use in its place has to do as the table does.
describe.each<[string, () => Promise<TellingTurns>]>([
  ['the table', async () => (await startTable()).turns],
  ['what stands in for it', async () => new MemoryTellingTurns()],
])('a turn in %s', (_what, start) => {
  test('is for the first, and for the next one only when people were left in peace for as long', async () => {
    const turns = await start();

    const taken = [
      await turns.take('prd-web', at, hour),
      await turns.take('prd-web', at + hour - 1, hour),
      await turns.take('prd-web', at + hour, hour),
    ];

    expect(taken).toEqual([true, false, true]);
  });

  test('is for whoever does not ask for peace, and counts for whoever does', async () => {
    const turns = await start();
    await turns.take('prd-web', at, hour);

    const taken = [await turns.take('prd-web', at + 60_000, 0), await turns.take('prd-web', at + hour, hour)];

    expect(taken).toEqual([true, false]);
  });

  test('of one policy is none of another, nor of the nodes without one', async () => {
    const turns = await start();

    const taken = [
      await turns.take('prd-web', at, hour),
      await turns.take('stg-web', at, hour),
      await turns.take(null, at, hour),
      await turns.take(null, at + 1, hour),
    ];

    expect(taken).toEqual([true, true, true, false]);
  });

  test('that is given back is for the next one, unless another has taken it meanwhile', async () => {
    const turns = await start();
    await turns.take('prd-web', at, hour);
    await turns.giveBack('prd-web', at);
    const next = await turns.take('prd-web', at + 1, hour);
    await turns.giveBack('prd-web', at);

    expect([next, await turns.take('prd-web', at + 2, hour)]).toEqual([true, false]);
  });

  test('is taken by one of many at once', async () => {
    const turns = await start();

    const taken = await Promise.all(Array.from({ length: 8 }, () => turns.take('prd-web', at, hour)));

    expect(taken.filter(Boolean)).toHaveLength(1);
  });
});

test('the item of a turn lies in our own place, and goes within days', async () => {
  const { aws, turns } = await startTable();

  await turns.take('prd-web', at, hour);

  expect(await aws.dynamodb.items(table)).toEqual([
    {
      place: '111122223333/us-east-1',
      item: 'told#prd-web',
      toldAt: at,
      expiresAt: at / 1000 + 86_400,
    },
  ]);
});
