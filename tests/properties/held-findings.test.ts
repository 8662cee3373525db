import fc from 'fast-check';
import { random } from '../../local/random.ts';
import { World } from '../functions/notify-finding/world.ts';
import { importedEvent, patchFinding, scannedAt } from '../support/finding-events.ts';
import { seeded } from '../support/seeded.ts';

const minute = 60_000;
const findings = 1_000;
const nodes = 700;
/** SQS shows again what was not deleted; a claim of the dead is given up earlier. */
const visibilityMinutes = 35;
const nodeIdOf = (index: number): string => `i-0123456789${index.toString(16).padStart(7, '0')}`;

/** Of an invocation: its minute, and before which of its calls it dies, if it does. Not between telling and noting it. */
const invocation = fc.record({
  minute: fc.integer({ min: 0, max: 170 }),
  diesBefore: fc.option(
    fc.constantFrom('byNode', 'claim', 'take', 'publish', 'release', 'hold', 'remember', 'updateWorkflow'),
    { freq: 3 },
  ),
});

const situations = fc.record({
  /** Deals the findings, and their duplicates, to the invocations. */
  seed: fc.nat(),
  invocations: fc.array(invocation, { minLength: 1, maxLength: 40 }),
  duplicates: fc.integer({ min: 0, max: 500 }),
  /** Of each report: how late it is, in minutes, and before which of its calls it dies. */
  reports: fc.array(
    fc.record({
      late: fc.integer({ min: 0, max: 4 }),
      diesBefore: fc.option(
        fc.constantFrom('all', 'byNode', 'claim', 'take', 'publish', 'remember', 'updateWorkflow', 'drop'),
        { freq: 5 },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

type Situation = typeof situations extends fc.Arbitrary<infer One> ? One : never;

/** Finding `index`: of a node that has one or two, the later no worse. */
function eventOf(index: number): unknown {
  const foundAt = scannedAt + (index < nodes ? 0 : minute);
  return importedEvent(patchFinding({ nodeId: nodeIdOf(index % nodes), foundAt }));
}

interface Step {
  readonly minute: number;
  readonly events: readonly unknown[];
  readonly diesBefore: string | null;
}

function stepsOf({ seed, invocations, duplicates }: Situation): Step[] {
  const dealt = Array.from({ length: findings + duplicates }, (_, index) => ({
    index: index < findings ? index : random('which', seed, index).integer(findings),
    to: random('to', seed, index).integer(invocations.length),
    order: random('order', seed, index).next(),
  }));
  const byInvocation = Map.groupBy(dealt, ({ to }) => to);
  return invocations.map((each, number) => {
    const own = (byInvocation.get(number) ?? []).toSorted((a, b) => a.order - b.order);
    return { ...each, events: own.map(({ index }) => eventOf(index)) };
  });
}

/** Plays it to the end: until no event is left, and three reports more that do not die. */
async function played(situation: Situation) {
  const world = new World();
  world.waitMinutes = 0;
  world.knows(
    'prd-web',
    Array.from({ length: nodes }, (_, index) => nodeIdOf(index)),
  );
  const startsAt = world.now;
  const pending = stepsOf(situation);
  const left: number[] = [];
  let diedAt = Number.NEGATIVE_INFINITY;
  let reports = 0;
  for (let quiet = 0; quiet < 3; reports += 1) {
    const { late = 0, diesBefore = null } = situation.reports[reports] ?? {};
    const reportsAt = 60 * (reports + 1) + late;
    for (;;) {
      const [step] = pending.toSorted((a, b) => a.minute - b.minute);
      if (!step || step.minute > reportsAt) break;
      pending.splice(pending.indexOf(step), 1);
      world.now = startsAt + step.minute * minute;
      world.queue = [];
      world.send(...step.events);
      if (step.diesBefore) diedAt = step.minute;
      await world.dyingBefore(step.diesBefore, () => world.deliver());
      const events = world.queue.map(({ body }) => JSON.parse(body));
      if (events.length > 0)
        pending.push({ minute: step.minute + visibilityMinutes, events, diesBefore: null });
    }
    world.now = startsAt + reportsAt * minute;
    const isSound = diesBefore === null && reportsAt - diedAt > 5;
    await world.dyingBefore(diesBefore, () => world.report());
    if (isSound) left.push(world.held.items.size);
    if (diesBefore) diedAt = reportsAt;
    quiet += pending.length === 0 && diesBefore === null ? 1 : 0;
  }
  return { world, left, reports };
}

test('however 1,000 findings are split, repeated, reordered and died upon, each node is told once, by a message at once and one an hour at most', async () => {
  await fc.assert(
    fc.asyncProperty(situations, async (situation) => {
      const { world, left, reports } = await played(situation);

      const told = world.messages.map(({ subject }) => Number(/(\d+) servers? lacks?/.exec(subject)?.[1]));
      expect(told.reduce((sum, count) => sum + count, 0)).toBe(nodes);
      expect([...world.troubles.items.values()].filter(({ tellings }) => tellings === 1)).toHaveLength(nodes);
      expect(world.messages.length).toBeLessThanOrEqual(1 + reports);
      // A report that does not die leaves nothing for the next one, unless somebody has just died with a claim.
      expect(left.filter((size) => size > 0)).toEqual([]);
      expect(world.held.items.size).toBe(0);
      expect([...world.hub.marks.values()].map(({ status }) => status)).toEqual(
        Array.from({ length: findings }, () => 'NOTIFIED'),
      );
    }),
    seeded(25),
  );
}, 240_000);
