import type { Life } from '../../../local/life/life.ts';
import { day, hour, liveWith, lookHours, slaDays, windowHours, windowsOpenAt } from './lives.ts';
import { type Clock, clocksOf } from './oracle.ts';

const days = 16;
/** Ten seconds a life; a machine that has other work takes several times as long. */
const patience = 240_000;
/** From one look to the end of the report that follows the next. */
const lookMilliseconds = lookHours * hour + 10 * 60_000;

type Item = Readonly<Record<string, unknown>>;

interface Kept {
  readonly key: string;
  readonly startedAt: unknown;
  readonly stoppedAt: unknown;
  readonly foretoldAt: unknown;
  readonly breachToldAt: unknown;
}

/** What the ledger kept of the nodes' patches, by node, patch and start. */
function keptOf(life: Life): ReadonlyMap<string, Kept> {
  const entries = life.ledger.filter(({ item }: Item) => /^(?:open|closed)#/.test(String(item)));
  return new Map(
    entries.map((entry: Item) => {
      const key = `${entry['nodeId']} ${entry['patchId']} ${entry['firstSeenAt']}`;
      const { firstSeenAt: startedAt, closedAt: stoppedAt = null, foretoldAt, breachToldAt } = entry;
      return [key, { key, startedAt, stoppedAt, foretoldAt, breachToldAt }] as const;
    }),
  );
}

function keyOf({ nodeId, patchId, startedAt }: Clock): string {
  return `${nodeId} ${patchId} ${startedAt}`;
}

/** Everything in which the ledger differs from what must have been. */
function problemsOf(life: Life, seed: number): string[] {
  const truth = clocksOf(life, seed);
  const kept = keptOf(life);
  const clear = [...truth.values()].flatMap((clocks) => clocks ?? []);
  const known = new Set(clear.map(keyOf));
  const isUnclear = (key: string): boolean => truth.get(key.split(' ')[0] ?? '') === null;
  const invented = [...kept.keys()].filter((key) => !known.has(key) && !isUnclear(key));
  const optedOut = new Set(
    life.nodes.filter(({ node }) => node.tags['PatchOptOut'] !== undefined).map(({ node }) => node.nodeId),
  );
  return [
    ...invented.map((key) => `${key}: nobody lacked it then`),
    ...clear.flatMap((clock) => {
      const entry = kept.get(keyOf(clock));
      if (!entry) return [`${keyOf(clock)}: has no clock`];
      return [
        ...(entry.stoppedAt === clock.stoppedAt
          ? []
          : [`${entry.key}: stopped at ${entry.stoppedAt}, installed at ${clock.stoppedAt}`]),
        ...(optedOut.has(clock.nodeId) ? untoldProblems(entry) : toldProblems(entry, clock, life)),
      ];
    }),
  ];
}

function untoldProblems({ key, foretoldAt, breachToldAt }: Kept): string[] {
  return foretoldAt === null && breachToldAt === null ? [] : [`${key}: told, though it is opted out`];
}

/** A breach is told by the look after it, and foretold before if a window did not stay open until it came. */
function toldProblems({ key, foretoldAt, breachToldAt }: Kept, clock: Clock, life: Life): string[] {
  const dueAt = clock.startedAt + slaDays * day;
  const knownUntil = clock.stoppedInLook ?? life.endsAt;
  const problems: string[] = [];
  if (typeof breachToldAt === 'number') {
    if (breachToldAt < dueAt || breachToldAt > dueAt + lookMilliseconds)
      problems.push(`${key}: due at ${dueAt}, its breach told at ${breachToldAt}`);
    if (knownUntil < dueAt) problems.push(`${key}: its breach told, though it was installed in time`);
    const isForeseen = typeof foretoldAt === 'number' && foretoldAt < dueAt;
    if (!isForeseen && !isOpenAtTheEnd(dueAt)) problems.push(`${key}: breached, and never foretold`);
  } else if (knownUntil > dueAt + lookMilliseconds) {
    problems.push(`${key}: breached at ${dueAt}, and nobody was told`);
  }
  return problems;
}

/** Whether a window was open so shortly before, that no look was left to see that it has not done it. */
function isOpenAtTheEnd(dueAt: number): boolean {
  return windowsOpenAt.some(
    (opensAt) => opensAt < dueAt && opensAt + windowHours * hour > dueAt - lookMilliseconds,
  );
}

/** Other lives with FC_SEED, one or several: `FC_SEED=2,3`. */
const seeds = (process.env['FC_SEED'] ?? '1').split(',').map(Number);

describe('the clock of every node and patch, against what really was', () => {
  test.each(seeds)(
    'starts, stops, is foretold and breaches as it must, seed %d',
    async (seed) => {
      const life = await liveWith(seed, days);

      const problems = problemsOf(life, seed);

      expect(problems).toEqual([]);
      const kept = [...keptOf(life).values()];
      const truth = [...clocksOf(life, seed).values()];
      expect(truth.filter((clocks) => clocks === null).length).toBeLessThan(truth.length / 3);
      expect(kept.filter(({ stoppedAt }) => stoppedAt !== null).length).toBeGreaterThan(20);
      expect(kept.filter(({ foretoldAt }) => foretoldAt !== null).length).toBeGreaterThan(2);
      expect(kept.filter(({ breachToldAt }) => breachToldAt !== null).length).toBeGreaterThan(2);
    },
    patience,
  );
});
