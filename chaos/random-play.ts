import fc from 'fast-check';
import type { Storm } from '../local/weather.ts';
import {
  type ChaosFault,
  chaosFaults,
  coyFaults,
  eventFaults,
  mostOftenOf,
  stormyFaults,
} from './chaos-faults.ts';
import { bothScopes, inSpoke, type NodeChanges, nodeOf, type Situation, situationNames } from './nodes.ts';
import type { Play } from './play.ts';

/** A node as code writes it: number, situation, and what differs from that. */
export type NodeCode = readonly [number: number, situation: Situation, changes: NodeChanges];

/** A play whose nodes can still be written down. */
export interface RandomPlay extends Omit<Play, 'nodes'> {
  readonly nodes: readonly NodeCode[];
}

/** The play itself. */
export function playOf({ nodes, ...rest }: RandomPlay): Play {
  return { ...rest, nodes: nodes.map((code) => nodeOf(...code)) };
}

/** Most nodes are well, or nothing but halted runs would be looked at. */
const situation: fc.Arbitrary<Situation> = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constant<Situation>('healthy'), weight: 3 },
  { arbitrary: fc.constantFrom(...situationNames), weight: 2 },
);

const standing: fc.Arbitrary<Omit<NodeChanges, 'fate'>> = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constant({}), weight: 12 },
  { arbitrary: fc.constant({ instanceState: 'stopped' } as const), weight: 1 },
  { arbitrary: fc.constant({ isManaged: false }), weight: 1 },
  { arbitrary: fc.constant({ tags: { 'Patch Group': 'web', PatchOptOut: 'x' } }), weight: 1 },
  { arbitrary: fc.constant({ tags: { 'Patch Group': 'web' } }), weight: 2 },
  { arbitrary: fc.constant({ tags: { PatchGroup: 'another' } }), weight: 1 },
);

/** Left out: as the situation has it. Shrinking leaves out what does not matter. */
const durations = fc.record(
  {
    installSeconds: fc.integer({ min: 20, max: 2400 }),
    rebootSeconds: fc.integer({ min: 20, max: 1500 }),
    preHookSeconds: fc.integer({ min: 1, max: 400 }),
    postHookSeconds: fc.integer({ min: 1, max: 400 }),
  },
  { requiredKeys: [] },
);

const node: fc.Arbitrary<(number: number) => NodeCode> = fc
  .record({
    situation,
    durations,
    platform: fc.constantFrom({}, {}, { platformType: 'Windows' } as const),
    standing,
  })
  .map(({ situation, durations, platform, standing }) => (number) => {
    const usual = nodeOf(number, situation).fate;
    const { installSeconds, rebootSeconds, preHookSeconds, postHookSeconds } = durations;
    const fate = {
      ...(installSeconds === undefined || usual.missingPatches === 0 ? {} : { installSeconds }),
      ...(rebootSeconds === undefined ? {} : { rebootSeconds }),
      ...(preHookSeconds === undefined ? {} : { preHook: { ...usual.preHook, seconds: preHookSeconds } }),
      ...(postHookSeconds === undefined ? {} : { postHook: { ...usual.postHook, seconds: postHookSeconds } }),
    };
    return [
      number,
      situation,
      { ...platform, ...standing, ...(Object.keys(fate).length === 0 ? {} : { fate }) },
    ];
  });

/** Small fleets mostly: what goes wrong with a hundred nodes goes wrong with five, and sooner. Sorted, to shrink. */
const fleetSizes = [1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 25] as const;

/** As many of a list as one of the sizes says. An index shrinks to the first size, and a list to a shorter one. */
const cut = <Item>(list: fc.Arbitrary<Item[]>, sizes: readonly number[]): fc.Arbitrary<Item[]> =>
  fc
    .record({ list, index: fc.integer({ min: 0, max: sizes.length - 1 }) })
    .map(({ list, index }) => list.slice(0, sizes[index]));

const nodes = cut(fc.array(node, { minLength: 1, maxLength: 25, size: 'max' }), fleetSizes).map((makers) =>
  makers.map((make, number) => make(number)),
);

const share = (...values: readonly string[]) => fc.constantFrom(...values);

const policy = fc
  .record({
    waves: fc.constantFrom(['100%'], ['1', '100%'], ['1', '30%', '100%'], ['50%', '100%']),
    bakeMinutes: fc.constantFrom(0, 0, 5),
    maxConcurrency: share('100%', '1', '2', '5', '30%'),
    maxErrors: share('100%', '0', '1', '20%', '50%'),
    rebootOption: fc.constantFrom('RebootIfNeeded', 'RebootIfNeeded', 'NoReboot'),
    verify: fc.constantFrom(true, true, false),
    connectionLostMinutes: fc.constantFrom(15, 6, 30),
    deliveryTimeoutMinutes: fc.constantFrom(5, 1),
    timeoutMinutes: fc.constantFrom(60, 15),
  })
  .map(({ waves, bakeMinutes, maxConcurrency, maxErrors, ...patch }) => ({
    patch,
    rollout: { waves, bakeMinutes, maxConcurrency, maxErrors },
  }));

/** From rare to absurd. */
const shares = [1, 0.3, 0.1, 0.02] as const;

interface Trouble {
  readonly fault: ChaosFault;
  /** Of the fault's highest rate. */
  readonly share: number;
  /** It strikes only for a while, and then nearly always. */
  readonly storm: Pick<Storm, 'rate' | 'fromMinute' | 'minutes'> | undefined;
}

const storm = fc.record({
  rate: fc.constantFrom(1, 0.9, 0.5),
  fromMinute: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 })),
  minutes: fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: 30 }), weight: 4 },
    { arbitrary: fc.integer({ min: 30, max: 300 }), weight: 1 },
    // For ever: longer than a run may take.
    { arbitrary: fc.constant(10_000), weight: 1 },
  ),
});

const trouble = (allowed: readonly ChaosFault[]): fc.Arbitrary<Trouble> =>
  fc
    .record({
      fault: fc.constantFrom(
        ...allowed.flatMap((each) => (coyFaults.includes(each) ? [each, each, each] : [each])),
      ),
      share: fc.constantFrom(...shares),
      storm: fc.oneof(
        { withCrossShrink: true },
        { arbitrary: fc.constant(undefined), weight: 2 },
        { arbitrary: storm, weight: 1 },
      ),
    })
    .map((each) => (stormyFaults.includes(each.fault) ? each : { ...each, storm: undefined }));

/** None, one alone in two of five runs, or a mixture. */
const mixtureSizes = [0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 5, 6, 8] as const;

function troublesAmong(allowed: readonly ChaosFault[]): fc.Arbitrary<readonly Trouble[]> {
  const steady = allowed.filter((fault) => !eventFaults.includes(fault));
  if (steady.length === 0) return fc.constant([]);
  const maxLength = Math.min(8, steady.length);
  const different = fc.uniqueArray(trouble(steady), {
    maxLength,
    selector: ({ fault }) => fault,
    size: 'max',
  });
  return cut(different, mixtureSizes);
}

/** They strike once, when a run has ended badly: so they come on top of what else there is. */
function eventTroubles(allowed: readonly ChaosFault[]): fc.Arbitrary<readonly Trouble[]> {
  const some = allowed.filter((fault) => eventFaults.includes(fault));
  const always = (fault: ChaosFault): Trouble => ({ fault, share: 1, storm: undefined });
  const one = fc.constantFrom([], ...some.map((fault) => [always(fault)]), some.slice(0, 2).map(always));
  return fc.oneof(
    { withCrossShrink: true },
    { arbitrary: fc.constant([]), weight: 4 },
    { arbitrary: one, weight: 1 },
  );
}

function faultsOf(troubles: readonly Trouble[]): Pick<RandomPlay, 'faults' | 'storms'> {
  const steady = troubles.filter(({ storm }) => storm === undefined);
  const rates = steady.map(
    ({ fault, share }) => [fault, Number((mostOftenOf(fault) * share).toPrecision(2))] as const,
  );
  // A fleet of ten has a listing of one page, unless pages are short.
  const isRepeated = rates.some(([fault]) => fault === 'repeated-page');
  return {
    faults: { ...(isRepeated ? { 'short-page': 0.7 } : {}), ...Object.fromEntries(rates) },
    storms: troubles.flatMap(({ fault, storm }) => (storm ? [{ fault, ...storm }] : [])),
  };
}

/** Minutes from one run to another of the same policy; most runs are alone. */
const second = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constant(undefined), weight: 7 },
  { arbitrary: fc.integer({ min: 0, max: 120 }), weight: 1 },
);

/** The same nodes in two accounts in turn, one of them reached by a role: a wave has two batches, and one budget. */
function spread(play: RandomPlay): RandomPlay {
  const nodes = play.nodes.map(
    ([number, situation, changes]): NodeCode =>
      number % 2 === 0 ? [number, situation, changes] : [number, situation, { ...changes, ...inSpoke }],
  );
  return { ...play, nodes, policy: { ...play.policy, scopes: bothScopes } };
}

/** Any run: a fleet of any fates, any policy, any of the faults that are allowed. */
export function randomPlays(allowed: readonly ChaosFault[] = chaosFaults): fc.Arbitrary<RandomPlay> {
  return fc
    .record({
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      nodes,
      policy,
      troubles: fc.tuple(troublesAmong(allowed), eventTroubles(allowed)).map((both) => both.flat()),
      deadlineMinutes: fc.option(fc.integer({ min: 5, max: 240 }), { nil: undefined, freq: 3 }),
      secondAfterMinutes: second,
      operation: fc.constantFrom('Install', 'Install', 'Install', 'Install', 'Scan'),
      isSpread: fc.constantFrom(false, false, false, true),
    })
    .map(({ deadlineMinutes, isSpread, operation, secondAfterMinutes, troubles, ...rest }) => {
      const play = {
        ...rest,
        ...faultsOf(troubles),
        tellsOfEnd: true,
        aftermathHours: 3,
        request: { operation },
        ...(deadlineMinutes === undefined ? {} : { deadlineMinutes }),
        ...(secondAfterMinutes === undefined ? {} : { secondAfterMinutes }),
      };
      return isSpread ? spread(play) : play;
    });
}
