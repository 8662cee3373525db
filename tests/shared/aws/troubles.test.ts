import { makeDynamoClient } from '../../../shared/aws/dynamo-client.ts';
import { makeTroubles, type Troubles } from '../../../shared/aws/troubles.ts';
import type { Trouble } from '../../../shared/domain/findings/trouble.ts';
import { closeServices, startServices } from '../../local/aws/services-under-test.ts';
import { MemoryTroubles } from '../../support/memory-findings.ts';
import { leadTo } from './aws-endpoint.ts';

afterEach(async () => {
  jest.restoreAllMocks();
  await closeServices();
});

const place = { accountId: '111122223333', region: 'us-east-1' };
const nodeId = 'i-0123456789abcdef0';
const table = 'fleet-patcher-ledger';

async function startTable(faults: Parameters<typeof startServices>[0] = {}) {
  const { aws, url, clock } = await startServices({
    tables: [{ name: table, partitionKey: 'place', sortKey: 'item' }],
    ...faults,
  });
  leadTo(url);
  // A client whose clock is not the server's takes every refusal for a clock skew, and repeats it in real time.
  jest.spyOn(Date, 'now').mockImplementation(() => clock.now());
  const counted: string[] = [];
  const client = makeDynamoClient((operation) => void counted.push(operation));
  const retry = { sleep: async () => undefined, random: () => 0.5 };
  return { aws, counted, troubles: makeTroubles(table, client, retry) };
}

const seen: Trouble = {
  nodeId,
  policy: 'prd-web',
  severity: 'HIGH',
  missing: 3,
  failed: 1,
  pendingReboot: 0,
  foundAt: 1_000,
  tellings: 0,
  toldAt: null,
  toldFoundAt: null,
  compliantSince: null,
  resolvedThrough: null,
};
const told: Trouble = { ...seen, tellings: 1, toldAt: 1_100, toldFoundAt: 1_000 };

// What tests of handlers use in its place has to do as the table does.
describe.each<[string, () => Promise<Troubles>]>([
  ['the table', async () => (await startTable()).troubles],
  ['what stands in for it', async () => new MemoryTroubles()],
])('%s', (_what, start) => {
  /** What is known of the node after these changes. */
  async function knownAfter(...changes: readonly ((troubles: Troubles) => Promise<void>)[]) {
    const troubles = await start();
    for (const change of changes) await change(troubles);
    return (await troubles.byNode(place, [nodeId])).get(nodeId);
  }
  const remember = (trouble: Trouble) => (troubles: Troubles) => troubles.remember(place, trouble);
  const compliant = (at: number) => (troubles: Troubles) => troubles.noteCompliant(place, nodeId, at);
  const resolved = (at: number) => (troubles: Troubles) => troubles.noteResolved(place, nodeId, at);

  test('keeps what it was given, and knows nothing of others', async () => {
    const troubles = await start();
    await troubles.remember(place, told);
    await troubles.remember({ ...place, region: 'eu-west-1' }, { ...seen, nodeId: 'i-0123456789abcdef2' });

    const found = await troubles.byNode(place, [
      nodeId,
      'i-0123456789abcdef1',
      'i-0123456789abcdef2',
      nodeId,
    ]);

    expect([...found]).toEqual([[nodeId, told]]);
  });

  test('keeps a node without a policy', async () => {
    expect(await knownAfter(remember({ ...seen, policy: null }))).toMatchObject({ policy: null });
  });

  test('lets the newest finding win, in either order', async () => {
    const newer = { ...seen, foundAt: 2_000, missing: 1 };

    expect(await knownAfter(remember(seen), remember(newer))).toEqual(newer);
    expect(await knownAfter(remember(newer), remember(seen))).toEqual(newer);
  });

  test('lets the last telling win for itself: of a telling that is older than what was seen, only that it was told', async () => {
    const newer = { ...seen, foundAt: 2_000, missing: 1 };

    expect(await knownAfter(remember(newer), remember(told))).toEqual({
      ...newer,
      tellings: 1,
      toldAt: 1_100,
      toldFoundAt: 1_000,
    });
    expect(await knownAfter(remember(told), remember(newer))).toEqual({
      ...newer,
      tellings: 1,
      toldAt: 1_100,
      toldFoundAt: 1_000,
    });
  });

  test('takes a worse finding of the same moment', async () => {
    expect(await knownAfter(remember(seen), remember({ ...seen, missing: 9 }))).toMatchObject({ missing: 9 });
  });

  test('notes the newest compliant scan, and keeps it when something is found', async () => {
    const newer = { ...told, foundAt: 2_000, compliantSince: null };

    expect(await knownAfter(remember(told), compliant(1_500), compliant(1_200))).toEqual({
      ...told,
      compliantSince: 1_500,
    });
    expect(await knownAfter(remember(told), compliant(1_500), remember(newer))).toMatchObject({
      foundAt: 2_000,
      compliantSince: 1_500,
    });
  });

  test('notes no compliance of a node that nothing is known of, or that has a newer finding', async () => {
    expect(await knownAfter(compliant(1_500))).toBeUndefined();
    expect(await knownAfter(remember(seen), compliant(999))).toEqual(seen);
  });

  test('notes as resolved what is noted as compliant, and nothing newer', async () => {
    expect(await knownAfter(remember(seen), compliant(1_500), resolved(1_500))).toMatchObject({
      resolvedThrough: 1_500,
    });
    expect(await knownAfter(remember(seen), compliant(1_500), resolved(1_501))).toMatchObject({
      resolvedThrough: null,
    });
    expect(await knownAfter(remember(seen), resolved(1_500))).toMatchObject({ resolvedThrough: null });
    expect(await knownAfter(resolved(1_500))).toBeUndefined();
  });
});

describe('the item', () => {
  test('lies beside the clock of its place, and goes 400 days after it was found', async () => {
    const { aws, troubles } = await startTable();
    const foundAt = Date.parse('2026-11-22T03:10:00Z');

    await troubles.remember(place, { ...seen, foundAt });

    expect(await aws.dynamodb.items(table)).toMatchObject([
      {
        place: '111122223333/us-east-1',
        item: `trouble#${nodeId}`,
        expiresAt: Date.parse('2027-12-27T03:10:00Z') / 1_000,
      },
    ]);
  });

  test('[F36] is read a hundred a call, and what is left unread is asked for again', async () => {
    const { troubles, counted } = await startTable({ faults: { 'unprocessed-items': 0.7 } });
    const ids = Array.from(
      { length: 120 },
      (_, index) => `i-0123456789abc${index.toString(16).padStart(4, '0')}`,
    );
    for (const each of ids) await troubles.remember(place, { ...seen, nodeId: each });
    counted.length = 0;

    const found = await troubles.byNode(place, ids);

    expect([...found.keys()].toSorted()).toEqual(ids);
    expect(counted.length).toBeGreaterThan(2);
  });
});
