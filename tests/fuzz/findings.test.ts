import fc from 'fast-check';
import { makeDynamoClient } from '../../shared/aws/dynamo-client.ts';
import { makeLedger } from '../../shared/aws/ledger.ts';
import { openKey } from '../../shared/aws/ledger-items.ts';
import { patchesOf } from '../../shared/aws/patches.ts';
import { makeTroubles } from '../../shared/aws/troubles.ts';
import { forecastOf } from '../../shared/domain/sla/forecast.ts';
import { reportCsv } from '../../shared/domain/sla/report-csv.ts';
import { World } from '../functions/notify-finding/world.ts';
import { closeEndpoints, startEndpoint } from '../shared/aws/aws-endpoint.ts';
import { home } from '../support/domain-builders.ts';
import { closeAccounts, startAccount } from '../support/embedded-account.ts';
import { aNode, importedEvent, inspectorFinding, patchFinding } from '../support/finding-events.ts';
import { seeded } from '../support/seeded.ts';
import {
  day,
  nodeSummary,
  openEntry,
  placeWith,
  weeklyPolicy,
  windowOpensAt,
} from '../support/sla-builders.ts';
import { hostileText, hostileValue, mutated, outcomeOf } from './hostile.ts';

afterEach(closeAccounts);
afterEach(closeEndpoints);

describe('events about findings that are not as they should be', () => {
  test('are told of, passed over or buried with a reason, and hold up no other', async () => {
    const event = fc.oneof(
      { arbitrary: mutated(importedEvent(patchFinding(), inspectorFinding())), weight: 6 },
      { arbitrary: hostileValue, weight: 1 },
    );

    await fc.assert(
      fc.asyncProperty(event, hostileText, async (strange, text) => {
        const world = new World({ 'prd-web': { alerts: { inspector: true, chat: true } } });
        const good = 'i-0fedcba9876543210';
        world.knows('prd-web', [aNode, good]);
        world.send(JSON.stringify(strange) ?? '', text, importedEvent(patchFinding({ nodeId: good })));

        const again = await world.deliver();

        expect(again).toEqual([]);
        expect(world.toldOf(good)).toBeGreaterThan(0);
        for (const { subject } of world.messages) expect(subject).toMatch(/^[ -~]{1,99}$/);
        for (const { attributes } of world.buried) {
          expect(attributes['reason']).toMatch(/^[ -~]{1,250}$/);
        }
      }),
      seeded(120),
    );
  });

  test('are buried for a Region that no key of a table could hold', async () => {
    const world = new World();
    world.send({ ...importedEvent(patchFinding()), region: `us-${'e'.repeat(3000)}-1` });

    await world.deliver();

    expect(world.buried[0]?.attributes['reason']).toContain('region');
  });

  test('of a node whose policy is gone are told as of none, also if every object has its name', async () => {
    const world = new World();
    world.knows('constructor', [aNode]);
    world.send(importedEvent(patchFinding()));

    await expect(world.deliver()).resolves.toEqual([]);
    expect(world.messages).toHaveLength(1);
  });
});

/** A value as DynamoDB carries it. */
function wire(value: unknown): unknown {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null || value === undefined) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(wire) };
  return { M: wireMembers(value) };
}

function wireMembers(value: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(Object(value)).map(([name, member]) => [name, wire(member)]));
}

describe('items of another version', () => {
  test('in the ledger are refused by name, or make a report', async () => {
    let items: readonly unknown[] = [];
    await startEndpoint(() => ({ body: { Items: items.map(wireMembers), Count: items.length } }));
    const ledger = makeLedger('ledger', () => undefined);
    const item = fc.oneof(
      mutated(openEntry(1)).map((entry) => ({ nodes: [nodeSummary(1)], entries: [entry] })),
      mutated(nodeSummary(1)).map((node) => ({ nodes: [node], entries: [openEntry(1)] })),
    );

    await fc.assert(
      fc.asyncProperty(item, async (stored) => {
        items = stored.entries;
        const { result: entries } = await outcomeOf(() => ledger.openEntriesOf(home));
        items = stored.nodes;
        const { result: nodes } = await outcomeOf(() => ledger.nodesOf(home));
        if (!entries || !nodes) return;
        const place = placeWith(nodes, entries);
        const at = { now: windowOpensAt + day, anchor: undefined };
        reportCsv([forecastOf({ name: 'prd-web', policy: weeklyPolicy() }, [place], at)]);
      }),
      seeded(100),
    );
  });

  test('about findings are refused by name', async () => {
    const known = {
      place: 'x',
      item: `trouble#${aNode}`,
      nodeId: aNode,
      policy: null,
      severity: 'HIGH',
      missing: 1,
      failed: 0,
      pendingReboot: 0,
      foundAt: 1,
      tellings: 1,
    };
    let stored: unknown = known;
    await startEndpoint(() => ({ body: { Responses: { ledger: [wireMembers(stored)] } } }));
    const troubles = makeTroubles(
      'ledger',
      makeDynamoClient(() => undefined),
    );

    await fc.assert(
      fc.asyncProperty(mutated(known), async (changed) => {
        stored = changed;
        await outcomeOf(() => troubles.byNode(home, [aNode]));
      }),
      seeded(100),
    );
  });
});

test('a listing of the ledger that does not end is named', async () => {
  await startEndpoint(() => ({
    body: { Items: [], Count: 0, LastEvaluatedKey: wireMembers({ place: 'x' }) },
  }));
  const ledger = makeLedger('ledger', () => undefined);

  await expect(ledger.nodesOf(home)).rejects.toMatchObject({ name: 'InvalidAnswerError' });
});

test('a patch has a key that the table takes, whatever it is called, and two patches have two', async () => {
  const account = await startAccount({ nodes: [] });
  const title = fc.oneof(
    hostileText,
    fc.constant('日本語'.repeat(700)),
    fc.constant(`${'日本語'.repeat(700)}2`),
  );

  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(title, { minLength: 2, maxLength: 4 }), async (titles) => {
      account.override('DescribeInstancePatches', () => ({
        Patches: titles.map((Title) => ({ Title, Classification: 'x', Severity: 'y', State: 'Missing' })),
      }));
      const patches = (await patchesOf(account.ssm, aNode)) ?? [];
      const keys = patches.map((patch) => openKey(home, { nodeId: aNode, patchId: patch.patchId }).item);
      const closed = keys.map((key) => `${key}#2026-01-10T22:00:00.000Z`);
      expect(closed.filter((key) => Buffer.byteLength(key) > 1024)).toEqual([]);
      const names = new Set(titles.filter(Boolean).map((each) => each.toWellFormed()));
      expect(new Set(keys).size).toBe(names.size);
    }),
    seeded(60),
  );
});
