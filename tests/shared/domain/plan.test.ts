import fc from 'fast-check';
import { batchStateSchema } from '../../../shared/domain/batch.ts';
import { makePlan, planSchema } from '../../../shared/domain/plan.ts';
import {
  home,
  hour,
  lacking,
  nodeIdOf,
  policyOf,
  readyCandidate,
  readyCandidates,
  settingsOf,
  spoke,
  startedAt,
} from '../../support/domain-builders.ts';
import { seeded } from '../../support/seeded.ts';

const run = { policy: policyOf(), settings: settingsOf(), dryRun: false };

function withRollout(rollout: Readonly<Record<string, unknown>>) {
  return { ...run, policy: policyOf({ rollout }) };
}

describe('waves', () => {
  test('reach so many of all nodes, counted from the first', () => {
    const { plan, batches } = makePlan(readyCandidates(100), withRollout({ waves: ['1', '10%', '100%'] }));

    expect(plan.waves.map((wave) => wave.nodes)).toEqual([1, 9, 90]);
    expect(new Set(batches.flatMap((batch) => batch.nodes.map((node) => node.nodeId))).size).toBe(100);
  });

  test('that would be empty are left out', () => {
    const { plan } = makePlan(readyCandidates(2), withRollout({ waves: ['1', '10%', '100%'] }));

    expect(plan.waves.map((wave) => [wave.waveIndex, wave.nodes])).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  test('have their own error budget, of their own nodes', () => {
    const rollout = { waves: ['10%', '100%'], maxErrors: '10%' };

    const { plan } = makePlan(readyCandidates(100), withRollout(rollout));

    expect(plan.waves.map((wave) => wave.maxErrors)).toEqual([1, 9]);
  });

  test('are one in a Scan run, whatever the policy says, and without a bake', () => {
    const scan = {
      ...withRollout({ waves: ['1', '100%'], bakeMinutes: 30 }),
      settings: settingsOf({ operation: 'Scan' }),
    };

    const { plan } = makePlan(readyCandidates(10), scan);

    expect(plan.waves).toHaveLength(1);
    expect(plan.bakeSeconds).toBe(0);
  });

  test('are none where nobody is to be patched', () => {
    const { plan, batches } = makePlan([], run);

    expect(plan.waves).toEqual([]);
    expect(batches).toEqual([]);
  });
});

describe('batches', () => {
  test('are of one scope each', () => {
    const candidates = [...readyCandidates(5, home), ...readyCandidates(3, spoke, 100)];

    const { batches } = makePlan(candidates, run);

    const sizes = batches.map((batch) => [batch.scope.accountId, batch.nodes.length]);
    expect(sizes.toSorted()).toEqual([
      [home.accountId, 5],
      [spoke.accountId, 3],
    ]);
  });

  test('[F14] hold at most as many nodes as an account and Region has by default', () => {
    const { batches } = makePlan(readyCandidates(2401), run);

    expect(batches.map((batch) => batch.nodes.length)).toEqual([2400, 1]);
    expect(batches.every((batch) => batch.sharesBudget)).toBe(true);
  });

  test('start with the node that takes longest', () => {
    const candidates = [1, 9, 4, 7].map((missing) =>
      readyCandidate(missing, { before: { ...lacking, missing } }),
    );

    const { batches } = makePlan(candidates, run);

    expect(batches[0]?.nodes.map((node) => node.nodeId)).toEqual([9, 7, 4, 1].map(nodeIdOf));
  });

  test('never have more nodes in flight together than the concurrency, and none stands still', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 60 }), (scopes, maxConcurrency) => {
        const candidates = scopes.flatMap((size, index) =>
          readyCandidates(
            size,
            { accountId: String(100_000_000_000 + index), region: 'us-east-1' },
            index * 100,
          ),
        );

        const { plan, batches } = makePlan(
          candidates,
          withRollout({ maxConcurrency: String(maxConcurrency) }),
        );

        const [wave] = plan.waves;
        const places = batches.map((batch) => batch.concurrency).toSorted((a, b) => b - a);
        const atOnce = places.slice(0, wave?.parallelBatches).reduce((sum, each) => sum + each, 0);
        expect(Math.min(...places)).toBeGreaterThanOrEqual(1);
        expect(wave?.concurrency).toBe(Math.min(maxConcurrency, candidates.length));
        expect(atOnce).toBeLessThanOrEqual(maxConcurrency);
      }),
      seeded(150),
    );
  });

  test('use the whole concurrency, where they are not many more than it', () => {
    const candidates = [...readyCandidates(30, home), ...readyCandidates(10, spoke, 100)];

    const { batches } = makePlan(candidates, withRollout({ maxConcurrency: '8' }));

    expect(batches.map((batch) => batch.concurrency).reduce((sum, each) => sum + each, 0)).toBe(8);
  });
});

describe('a plan', () => {
  test('[F16] is the same for the same candidates, in whatever order they come', () => {
    const candidates = [...readyCandidates(40, home), ...readyCandidates(20, spoke, 100)];
    const three = withRollout({ waves: ['1', '10%', '100%'] });

    const first = makePlan(candidates, three);
    const again = makePlan(candidates.toReversed(), three);

    // Batches of several scopes are numbered as they come; which node is in which wave, with whom, is not.
    const members = ({ batches }: typeof first) =>
      batches
        .map((batch) => [batch.waveIndex, ...batch.nodes.map((node) => node.nodeId).toSorted()])
        .toSorted();
    expect(members(again)).toEqual(members(first));
    expect(makePlan(candidates, three)).toEqual(first);
  });

  test('reads back from S3 as it was written', () => {
    const { plan, batches } = makePlan(readyCandidates(3), run);

    expect(planSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    expect(batches.map((batch) => batchStateSchema.parse(JSON.parse(JSON.stringify(batch))))).toEqual(
      batches,
    );
  });

  test('of a dry run has every node done before it began, each with its wave', () => {
    const { batches } = makePlan(readyCandidates(3), { ...run, dryRun: true });

    expect(batches.map((batch) => batch.status)).toEqual(['done']);
    expect(batches[0]?.nodes.map((node) => node.outcome)).toEqual(Array(3).fill('WouldPatch'));
    expect(batches[0]?.nodes[0]?.reason).toMatch(/^in wave 1, about \d+ min$/);
  });

  test('accounts for every node that is left out, and why', () => {
    const standings = ['optedOut', 'offline', 'stopped', 'unmanaged', 'unsupported', 'ready'] as const;
    const candidates = standings.map((standing, index) =>
      readyCandidate(index, { standing, remark: standing }),
    );

    const { plan, batches } = makePlan(candidates, run);

    expect(plan.leftOut.map((node) => [node.reason, node.outcome])).toEqual([
      ['optedOut', 'OptedOut'],
      ['offline', 'Unreachable'],
      ['stopped', 'Stopped'],
      ['unmanaged', 'Unmanaged'],
      ['unsupported', 'NotReached'],
    ]);
    expect(batches[0]?.nodes.map((node) => node.nodeId)).toEqual([nodeIdOf(5)]);
  });

  test.each([
    ['fits', 10 * hour, true],
    ['does not fit', 60_000, false],
  ])('says that it %s into the window', (_what, milliseconds, fitsWindow) => {
    const settings = settingsOf({ deadline: startedAt + milliseconds });

    const { plan } = makePlan(readyCandidates(3), { ...run, settings });

    expect(plan.estimate.fitsWindow).toBe(fitsWindow);
  });

  test('estimates its waves one after the other, with the bake between them', () => {
    const once = makePlan(readyCandidates(1), run).plan.estimate;
    const twice = makePlan(readyCandidates(2), withRollout({ waves: ['1', '100%'], bakeMinutes: 10 })).plan
      .estimate;

    expect(twice.seconds).toBe(2 * once.seconds + 600);
    expect(once.fitsWindow).toBeNull();
  });

  test('polls a few nodes by how long they take, four times a minute at most and once at least', () => {
    const pace = (scanSeconds: number) =>
      makePlan([readyCandidate(1, { scanSeconds })], run).batches[0]?.pollSeconds;

    expect([pace(1), pace(600), pace(7200)]).toEqual([15, 42, 60]);
  });
});
