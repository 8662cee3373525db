import fc from 'fast-check';
import type { FaultRates } from '../../local/faults.ts';
import type { FleetNode } from '../../local/fleet/node.ts';
import { nodeOf, type Play, type Situation, situationNames } from '../support/rehearsal-builders.ts';

/** Most nodes are well, or nothing but halted runs would be looked at. */
const situation: fc.Arbitrary<Situation> = fc.oneof(
  { arbitrary: fc.constant<Situation>('healthy'), weight: 3 },
  { arbitrary: fc.constantFrom(...situationNames), weight: 2 },
);

const node: fc.Arbitrary<(number: number) => FleetNode> = fc
  .record({
    situation,
    installSeconds: fc.integer({ min: 20, max: 2400 }),
    rebootSeconds: fc.integer({ min: 20, max: 1500 }),
    hookSeconds: fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 })),
    platformType: fc.constantFrom('Linux', 'Linux', 'Windows'),
    standing: fc.oneof(
      { arbitrary: fc.constant({}), weight: 12 },
      { arbitrary: fc.constant({ instanceState: 'stopped' } as const), weight: 1 },
      { arbitrary: fc.constant({ isManaged: false }), weight: 1 },
      { arbitrary: fc.constant({ tags: { 'Patch Group': 'web', PatchOptOut: 'x' } }), weight: 1 },
      { arbitrary: fc.constant({ tags: { 'Patch Group': 'web' } }), weight: 2 },
      { arbitrary: fc.constant({ tags: { PatchGroup: 'another' } }), weight: 1 },
    ),
  })
  .map(({ situation, installSeconds, rebootSeconds, hookSeconds, platformType, standing }) => (number) => {
    const usual = nodeOf(number, situation).fate;
    const fate = {
      installSeconds: usual.missingPatches === 0 ? usual.installSeconds : installSeconds,
      rebootSeconds,
      preHook: { kind: usual.preHook.kind, seconds: hookSeconds[0] },
      postHook: { kind: usual.postHook.kind, seconds: hookSeconds[1] },
    };
    return nodeOf(number, situation, { platformType, ...standing, fate });
  });

const share = (...values: readonly string[]) => fc.constantFrom(...values);

const policy = fc
  .record({
    waves: fc.constantFrom(['100%'], ['1', '100%'], ['1', '30%', '100%'], ['50%', '100%']),
    bakeMinutes: fc.constantFrom(0, 0, 5),
    maxConcurrency: share('1', '2', '5', '30%', '100%'),
    maxErrors: share('0', '1', '20%', '50%', '100%'),
    rebootOption: fc.constantFrom('RebootIfNeeded', 'RebootIfNeeded', 'NoReboot'),
    verify: fc.constantFrom(true, true, false),
    connectionLostMinutes: fc.constantFrom(6, 15, 30),
    deliveryTimeoutMinutes: fc.constantFrom(1, 5),
    timeoutMinutes: fc.constantFrom(15, 60),
  })
  .map(({ waves, bakeMinutes, maxConcurrency, maxErrors, ...patch }) => ({
    patch,
    rollout: { waves, bakeMinutes, maxConcurrency, maxErrors },
  }));

/** A fault strikes not at all, now and then, or more often than anybody has seen it. */
const rate = (often: number) => fc.constantFrom(0, 0, often / 10, often);

const faults: fc.Arbitrary<FaultRates> = fc.record({
  throttle: rate(0.3),
  'server-error': rate(0.1),
  'lost-reply': rate(0.1),
  'stale-page': rate(0.5),
  'killed-handler': rate(0.04),
  'refused-node': rate(0.3),
});

/** Any run: 3 to 25 nodes of any fate, any policy, any mixture of faults. */
export const randomPlay: fc.Arbitrary<Play> = fc
  .record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    nodes: fc.array(node, { minLength: 3, maxLength: 25 }),
    policy,
    faults,
    deadlineMinutes: fc.option(fc.integer({ min: 5, max: 240 }), { nil: undefined, freq: 3 }),
    operation: fc.constantFrom('Install', 'Install', 'Install', 'Install', 'Scan'),
  })
  .map(({ nodes, deadlineMinutes, operation, ...rest }) => ({
    ...rest,
    nodes: nodes.map((make, number) => make(number)),
    request: { operation },
    ...(deadlineMinutes === undefined ? {} : { deadlineMinutes }),
  }));
