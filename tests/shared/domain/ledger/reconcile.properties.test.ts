import fc from 'fast-check';
import { hour } from '../../../support/domain-builders.ts';
import { seeded } from '../../../support/seeded.ts';
import { monday } from './looks.ts';
import { play, type Timeline, truthAt, visibleAt } from './timeline.ts';

/** A clock as the truth wants it; `end` null while it runs. */
interface Clock {
  readonly patchId: string;
  readonly start: number;
  readonly end: number | null;
  readonly because: string | null;
}

const patchIds = ['glibc', 'kernel', 'openssl'];
const hours = fc.integer({ min: 0, max: 200 });

/** Turns stand on even hours, operations on odd ones, looks on half hours: nothing happens at once. */
const timelines: fc.Arbitrary<Timeline> = fc
  .record({
    turns: fc.array(
      fc.record({
        hour: hours,
        patchId: fc.constantFrom(...patchIds),
        becomes: fc.constantFrom('missing', 'missing', 'installed', 'notNeeded'),
      }),
      { maxLength: 14 },
    ),
    operations: fc.uniqueArray(
      fc.record({
        hour: hours,
        kind: fc.constantFrom('Scan', 'Scan', 'Install'),
        isOwn: fc.constantFrom(true, true, false),
      }),
      { selector: (operation) => operation.hour, maxLength: 25 },
    ),
    looks: fc.uniqueArray(hours, { minLength: 1, maxLength: 40 }),
  })
  .map(({ turns, operations, looks }) => ({
    turns: turns
      .map(({ hour: at, ...turn }) => ({ ...turn, at: monday + 2 * at * hour }))
      .toSorted((one, other) => one.at - other.at),
    operations: operations
      .map(({ hour: at, ...operation }) => ({ ...operation, at: monday + (2 * at + 1) * hour }))
      .toSorted((one, other) => one.at - other.at),
    looks: looks.map((at) => monday + (2 * at + 1.5) * hour).toSorted((one, other) => one - other),
  }));

/** What a patient reader of every visible report would write down for one patch. */
function clocksOf(timeline: Timeline, patchId: string): Clock[] {
  const visible = new Set(timeline.looks.flatMap((look) => visibleAt(timeline, look) ?? []));
  const clocks: Clock[] = [];
  let start: number | null = null;
  for (const operation of visible) {
    const truth = truthAt(timeline, patchId, operation.at);
    const isOwnScan = operation.isOwn && operation.kind === 'Scan';
    if (start === null && truth?.becomes === 'missing' && isOwnScan) start = operation.at;
    if (start === null || truth?.becomes === 'missing') continue;
    const isInstalled = truth?.becomes === 'installed';
    if (!isInstalled && !isOwnScan) continue;
    const end = isInstalled ? truth.at : operation.at;
    clocks.push({ patchId, start, end, because: isInstalled ? 'Installed' : 'NoLongerRequired' });
    start = null;
  }
  return start === null ? clocks : [...clocks, { patchId, start, end: null, because: null }];
}

function clocksInLedger(timeline: Timeline): Clock[] {
  const { open, closed } = play(timeline);
  return [
    ...closed.map(({ patchId, firstSeenAt, closedAt, closedBecause }) => ({
      patchId,
      start: firstSeenAt,
      end: closedAt,
      because: closedBecause,
    })),
    ...open.map(({ patchId, firstSeenAt }) => ({ patchId, start: firstSeenAt, end: null, because: null })),
  ];
}

const inOrder = (clocks: readonly Clock[]) =>
  clocks.toSorted((one, other) => one.patchId.localeCompare(other.patchId) || one.start - other.start);

test('the ledger has the clocks that the visible reports of a timeline make, and no others', () => {
  fc.assert(
    fc.property(timelines, (timeline) => {
      const expected = patchIds.flatMap((patchId) => clocksOf(timeline, patchId));

      expect(inOrder(clocksInLedger(timeline))).toEqual(inOrder(expected));
    }),
    seeded(2000),
  );
});

test('[F18] no clock stops while its patch is missing, unless nobody could see that it came back', () => {
  fc.assert(
    fc.property(timelines, (timeline) => {
      for (const { patchId, end } of clocksInLedger(timeline)) {
        if (end !== null) expect(truthAt(timeline, patchId, end)?.becomes).not.toBe('missing');
      }
    }),
    seeded(1000),
  );
});

test('a look that is made twice changes nothing', () => {
  fc.assert(
    fc.property(timelines, (timeline) => {
      const twice = { ...timeline, looks: timeline.looks.flatMap((look) => [look, look]) };

      expect(play(twice)).toEqual(play(timeline));
    }),
    seeded(500),
  );
});
