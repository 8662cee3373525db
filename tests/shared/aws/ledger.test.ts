import { ledgerTable } from '../../../local/names.ts';
import { makeLedger } from '../../../shared/aws/ledger.ts';
import { nodeIdOf } from '../../support/domain-builders.ts';
import { type AccountOptions, closeAccounts, home, startAccount } from '../../support/embedded-account.ts';
import { entryOf, monday, summaryOf } from '../domain/ledger/looks.ts';

afterEach(closeAccounts);

const elsewhere = { ...home, region: 'eu-west-1' };
const closedEntry = { ...entryOf(), closedAt: monday + 1, closedBecause: 'Installed' } as const;
const tables = [{ name: ledgerTable, partitionKey: 'place', sortKey: 'item' }];

async function accountWithLedger(options: Partial<AccountOptions> = {}) {
  const account = await startAccount({ nodes: [], besides: { tables }, ...options });
  const counted: string[] = [];
  const slept: number[] = [];
  const retry = { sleep: async (ms: number) => void slept.push(ms), random: () => 0.5 };
  let callsLeft = Number.POSITIVE_INFINITY;
  const count = (operation: string): void => {
    counted.push(operation);
    callsLeft -= 1;
    if (callsLeft < 0) throw new Error('died');
  };
  const ledger = makeLedger(ledgerTable, count, retry);
  const dieAfter = (calls: number): void => {
    callsLeft = calls;
  };
  const keys = async () => (await account.aws.dynamodb.items(ledgerTable)).map((item) => item['item']);
  return { ...account, ledger, counted, slept, keys, dieAfter };
}

const nodes = (count: number) =>
  Array.from({ length: count }, (_, index) => summaryOf({ nodeId: nodeIdOf(index) }));

describe('the ledger', () => {
  test('gives back what was written, place by place', async () => {
    const { ledger } = await accountWithLedger();
    const look = { policy: 'prd-web', lookedAt: monday };

    await ledger.write(home, { nodes: [summaryOf()], open: [entryOf()], look });
    await ledger.write(elsewhere, { open: [entryOf({ patchId: 'glibc' })] });

    expect(await ledger.nodesOf(home)).toEqual([summaryOf()]);
    expect(await ledger.openEntriesOf(home)).toEqual([entryOf()]);
    expect(await ledger.looksOf(home)).toEqual([look]);
    expect(await ledger.openEntriesOf(elsewhere)).toEqual([entryOf({ patchId: 'glibc' })]);
    expect(await ledger.nodesOf(elsewhere)).toEqual([]);
  });

  test('moves an entry that is closed, with its end and the time from which it may be forgotten', async () => {
    const { ledger, aws, keys } = await accountWithLedger();
    await ledger.write(home, { open: [entryOf()] });

    await ledger.write(home, { closed: [closedEntry] });

    expect(await keys()).toEqual([`closed#${nodeIdOf(1)}#kernel#2026-01-12T03:00:00.000Z`]);
    expect(await aws.dynamodb.items(ledgerTable)).toEqual([
      expect.objectContaining({ ...closedEntry, expiresAt: Math.floor(monday / 1000) + 400 * 86_400 }),
    ]);
  });

  test.each([
    [0, ['open kernel']],
    [1, ['closed kernel', 'open kernel']],
    [2, ['closed kernel', 'open glibc']],
    [3, ['closed kernel', 'node', 'open glibc']],
    [4, ['closed kernel', 'look', 'node', 'open glibc']],
  ])('leaves nothing without its ground when it dies after call %i', async (calls, left) => {
    const { ledger, keys, dieAfter } = await accountWithLedger();
    await ledger.write(home, { open: [entryOf()] });
    dieAfter(calls);

    const writing = ledger.write(home, {
      closed: [closedEntry],
      open: [entryOf({ patchId: 'glibc' })],
      nodes: [summaryOf()],
      look: { policy: 'prd-web', lookedAt: monday },
    });

    await (calls === 4 ? writing : expect(writing).rejects.toThrow('died'));
    const words = (await keys()).map(
      (key) =>
        String(key)
          .match(/^\w+|kernel|glibc/g)
          ?.join(' ') ?? '',
    );
    expect(words.toSorted()).toEqual(left);
  });

  test('writes 25 items a call, and reads what more than one page holds', async () => {
    const { ledger, counted } = await accountWithLedger();
    const long = 'x'.repeat(10_000);
    const open = Array.from({ length: 210 }, (_, index) => entryOf({ patchId: `p-${index}`, title: long }));

    await ledger.write(home, { open });
    const found = await ledger.openEntriesOf(home);

    expect(found.map((entry) => entry.patchId).toSorted()).toEqual(
      open.map((each) => each.patchId).toSorted(),
    );
    expect(counted.filter((call) => call === 'dynamodb:BatchWriteItem')).toHaveLength(9);
    expect(counted.filter((call) => call === 'dynamodb:Query').length).toBeGreaterThan(1);
  });

  test('reads nodes by their ids, 100 a call; those that are not there are absent', async () => {
    const { ledger, counted } = await accountWithLedger();
    await ledger.write(home, { nodes: nodes(120) });
    const nodeIds = [...nodes(150), ...nodes(10)].map((node) => node.nodeId);

    const found = await ledger.nodesById(home, nodeIds);

    expect([...found.keys()].toSorted()).toEqual(
      nodes(120)
        .map((node) => node.nodeId)
        .toSorted(),
    );
    expect(counted.filter((call) => call === 'dynamodb:BatchGetItem')).toHaveLength(2);
  });

  test('sends again what DynamoDB leaves undone, after a pause that grows', async () => {
    const { ledger, slept } = await accountWithLedger({ faults: { 'unprocessed-items': 0.7 } });

    await ledger.write(home, { nodes: nodes(60) });
    const found = await ledger.nodesById(
      home,
      nodes(60).map((node) => node.nodeId),
    );

    expect(found.size).toBe(60);
    expect(Math.max(...slept)).toBeGreaterThan(50);
  });

  test('notes that people were told, and brings nothing back that is gone', async () => {
    const { ledger } = await accountWithLedger();
    await ledger.write(home, { open: [entryOf()] });
    const gone = entryOf({ patchId: 'glibc' });

    await ledger.markTold(home, [gone, entryOf()], 'foretoldAt', monday + 1);
    await ledger.markTold(home, [entryOf()], 'breachToldAt', monday + 2.5);

    expect(await ledger.openEntriesOf(home)).toEqual([
      entryOf({ foretoldAt: monday + 1, breachToldAt: monday + 2 }),
    ]);
  });

  test('updates what was reported of an entry, neither its clock nor what was told meanwhile', async () => {
    const { ledger } = await accountWithLedger();
    await ledger.write(home, { open: [entryOf()] });
    const changed = { policy: 'stg-web', title: 'kernel:1.1', state: 'Failed', severity: 'Low' } as const;
    await ledger.markTold(home, [entryOf()], 'breachToldAt', monday + 1);

    await ledger.write(home, { updated: [entryOf({ ...changed, firstSeenAt: monday + 2 })] });

    expect(await ledger.openEntriesOf(home)).toEqual([entryOf({ ...changed, breachToldAt: monday + 1 })]);
  });

  test('does not open an entry again that was closed after it was read', async () => {
    const { ledger } = await accountWithLedger();
    await ledger.write(home, { open: [entryOf()] });
    await ledger.write(home, { closed: [closedEntry] });

    await ledger.write(home, { updated: [entryOf({ state: 'Failed' })] });

    expect(await ledger.openEntriesOf(home)).toEqual([]);
  });

  test.each([
    { nodes: [summaryOf({ lastListedAt: 1.5 })] },
    { open: [entryOf({ firstSeenAt: -1 })] },
    { updated: [entryOf({ firstSeenAt: -1 })] },
    { closed: [{ ...closedEntry, closedAt: 1.5 }] },
  ])('does not write what it could not read again: %j', async (changes) => {
    const { ledger, keys } = await accountWithLedger();

    await expect(ledger.write(home, changes)).rejects.toThrow(/lastListedAt|firstSeenAt|closedAt/);

    expect(await keys()).toEqual([]);
  });
});
