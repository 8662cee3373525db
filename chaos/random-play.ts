import fc from 'fast-check';
import type { FaultRates } from '../local/faults.ts';
import { type ChaosFault, chaosFaults } from './chaos-faults.ts';
import { type NodeChanges, nodeOf, type Situation, situationNames } from './nodes.ts';
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
  { arbitrary: fc.constant<Situation>('healthy'), weight: 3 },
  { arbitrary: fc.constantFrom(...situationNames), weight: 2 },
);

const standing: fc.Arbitrary<Omit<NodeChanges, 'fate'>> = fc.oneof(
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

/** Small fleets mostly: what goes wrong with a hundred nodes goes wrong with five, and sooner. */
const nodes = fc
  .oneof(
    { arbitrary: fc.array(node, { minLength: 1, maxLength: 4, size: 'max' }), weight: 6 },
    { arbitrary: fc.array(node, { minLength: 4, maxLength: 10, size: 'max' }), weight: 5 },
    { arbitrary: fc.array(node, { minLength: 10, maxLength: 25, size: 'max' }), weight: 1 },
  )
  .map((makers) => makers.map((make, number) => make(number)));

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

/** From rare to absurd. What would kill every run is rarer, or nothing but dead runs would be looked at. */
const mostOften: Readonly<Record<ChaosFault, number>> = {
  throttle: 0.6,
  'server-error': 0.4,
  'lost-reply': 0.4,
  'stale-page': 1,
  'killed-handler': 0.2,
  'refused-node': 0.6,
};

const oneFault = (allowed: readonly ChaosFault[]) =>
  fc
    .record({ fault: fc.constantFrom(...allowed), often: fc.constantFrom(0.01, 0.05, 0.2, 0.5, 1) })
    .map(({ fault, often }) => ({ fault, rate: Number((mostOften[fault] * often).toPrecision(2)) }));

/** None, one alone, or a mixture. */
function faultsAmong(allowed: readonly ChaosFault[]): fc.Arbitrary<FaultRates> {
  if (allowed.length === 0) return fc.constant({});
  const some = (minLength: number, maxLength: number) =>
    fc.uniqueArray(oneFault(allowed), {
      minLength: Math.min(minLength, allowed.length),
      maxLength: Math.min(maxLength, allowed.length),
      selector: ({ fault }) => fault,
      size: 'max',
    });
  return fc
    .oneof(
      { arbitrary: fc.constant([]), weight: 1 },
      { arbitrary: some(1, 1), weight: 8 },
      { arbitrary: some(2, 3), weight: 7 },
      { arbitrary: some(4, allowed.length), weight: 4 },
    )
    .map((chosen) => Object.fromEntries(chosen.map(({ fault, rate }) => [fault, rate])));
}

/** Any run: a fleet of any fates, any policy, any of the faults that are allowed. */
export function randomPlays(allowed: readonly ChaosFault[] = chaosFaults): fc.Arbitrary<RandomPlay> {
  return fc
    .record({
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      nodes,
      policy,
      faults: faultsAmong(allowed),
      deadlineMinutes: fc.option(fc.integer({ min: 5, max: 240 }), { nil: undefined, freq: 3 }),
      operation: fc.constantFrom('Install', 'Install', 'Install', 'Install', 'Scan'),
    })
    .map(({ deadlineMinutes, operation, ...rest }) => ({
      ...rest,
      request: { operation },
      ...(deadlineMinutes === undefined ? {} : { deadlineMinutes }),
    }));
}
