import fc from 'fast-check';
import { importedEvent, patchFinding, scannedAt } from '../../support/finding-events.ts';
import { seeded } from '../../support/seeded.ts';
import { World } from './world.ts';

const hour = 3_600_000;
const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const nodeIdOf = (index: number): string => `i-0123456789${index.toString(16).padStart(7, '0')}`;

describe('many findings', () => {
  test('5,000 at once are told in one message a policy, and marked all', async () => {
    const world = new World({ 'prd-web': {}, 'stg-web': {}, 'dev-web': {} });
    const policies = ['prd-web', 'stg-web', 'dev-web', 'gone'];
    for (let index = 0; index < 5_000; index += 1) world.knows(policies[index % 4] ?? '', [nodeIdOf(index)]);
    const ids = Array.from({ length: 5_000 }, (_, index) => nodeIdOf(index));
    world.send(
      ...ids.map((nodeId, index) =>
        importedEvent(patchFinding({ nodeId, severity: severities[index % 3] ?? '' })),
      ),
    );

    const again = await world.deliver();

    expect(again).toEqual([]);
    expect(world.messages.map(({ attributes }) => attributes['policy']).toSorted()).toEqual([
      'dev-web',
      'none',
      'prd-web',
      'stg-web',
    ]);
    expect(world.messages.every(({ text }) => text.includes('1250'))).toBe(true);
    expect(world.troubles.items.size).toBe(5_000);
    expect([...world.hub.marks.values()].filter(({ status }) => status === 'NOTIFIED')).toHaveLength(5_000);
  });

  test('5,000 of which every second is malformed bury these, and tell the others', async () => {
    const world = new World();
    const ids = Array.from({ length: 5_000 }, (_, index) => nodeIdOf(index));
    world.send(
      ...ids.map((nodeId, index) =>
        index % 2 === 0 ? importedEvent(patchFinding({ nodeId })) : `{${nodeId}`,
      ),
    );

    const again = await world.deliver();

    expect([again.length, world.buried.length, world.troubles.items.size]).toEqual([0, 2_500, 2_500]);
  });
});

/** Scans of three nodes: each at an hour, with so many missing. */
const scans = fc.uniqueArray(
  fc.record({
    node: fc.integer({ min: 0, max: 2 }),
    hours: fc.integer({ min: 0, max: 9 }),
    missing: fc.integer({ min: 1, max: 4 }),
    severity: fc.constantFrom(...severities),
  }),
  { selector: ({ node, hours }) => `${node} ${hours}`, minLength: 1, maxLength: 12 },
);

/** Which of the events come in which delivery, some of them more than once. */
const deliveries = scans.chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc.array(fc.array(fc.integer({ min: 0, max: all.length - 1 }), { maxLength: 6 }), {
      maxLength: 6,
    }),
  }),
);

type Scan =
  typeof scans extends fc.Arbitrary<infer All> ? (All extends readonly (infer One)[] ? One : never) : never;

function eventOf({ node, hours, missing, severity }: Scan) {
  const foundAt = scannedAt + hours * hour;
  return importedEvent(patchFinding({ nodeId: nodeIdOf(node), foundAt, missing, failed: 0, severity }));
}

async function worldAfter(batches: readonly (readonly Scan[])[]): Promise<World> {
  const world = new World();
  world.now += 24 * hour;
  for (const batch of batches) {
    world.send(...batch.map(eventOf));
    await world.deliver();
  }
  return world;
}

describe('any order, and any duplication', () => {
  test('leaves the same known, and every node told', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ all, order }) => {
        const inOrder = await worldAfter(all.toSorted((a, b) => a.hours - b.hours).map((scan) => [scan]));
        const anyOrder = await worldAfter([
          ...order.map((indexes) => indexes.flatMap((index) => all[index] ?? [])),
          all,
        ]);

        const known = ({ troubles }: World) =>
          [...troubles.items]
            .map(([key, { foundAt, missing, severity }]) => [key, foundAt, missing, severity])
            .toSorted();
        expect(known(anyOrder)).toEqual(known(inOrder));
        for (const { node } of all) expect(anyOrder.toldOf(nodeIdOf(node))).toBeGreaterThan(0);
        expect([...anyOrder.hub.marks.keys()].toSorted()).toEqual([...inOrder.hub.marks.keys()].toSorted());
      }),
      seeded(60),
    );
  });

  test('tells nothing by duplicates that was not told without them', async () => {
    await fc.assert(
      fc.asyncProperty(scans, fc.array(fc.nat()), async (all, repeats) => {
        const steps = all.map((scan) => [scan]);
        const repeated = steps.map((step, index) => {
          const earlier = all.slice(0, index + 1);
          return [...step, ...repeats.flatMap((repeat) => earlier[repeat % earlier.length] ?? [])];
        });

        const [once, often] = [await worldAfter(steps), await worldAfter(repeated)];

        expect(often.messages.map(({ text }) => text.split('\n')[0])).toEqual(
          once.messages.map(({ text }) => text.split('\n')[0]),
        );
      }),
      seeded(60),
    );
  });

  test('tells a node at most once for each time that it got worse', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ all, order }) => {
        const world = await worldAfter([
          ...order.map((indexes) => indexes.flatMap((index) => all[index] ?? [])),
          all,
          all,
        ]);

        for (const [key, { tellings }] of world.troubles.items) {
          const own = all.filter(({ node }) => key.endsWith(nodeIdOf(node)));
          expect(world.toldOf(key.split('/').at(-1) ?? '')).toBe(tellings);
          expect(tellings).toBeLessThanOrEqual(own.length);
        }
      }),
      seeded(60),
    );
  });
});
