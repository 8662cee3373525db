import { makePlan } from '../../../shared/domain/plan.ts';
import { waveToRun } from '../../../shared/domain/run-turn.ts';
import { home, policyOf, readyCandidate, settingsOf } from '../../support/domain-builders.ts';

const settings = settingsOf();

function scopeOf(index: number) {
  return { ...home, accountId: String(100_000_000_001 + index) };
}

/** So many nodes, dealt to so many accounts in turn. */
function candidatesIn(scopes: number, nodes: number) {
  return Array.from({ length: nodes }, (_, index) => ({
    ...readyCandidate(0, { scope: scopeOf(index % scopes) }),
    nodeId: `i-${index.toString(16).padStart(17, '0')}`,
  }));
}

describe('the plan of a hundred thousand nodes in fifty accounts', () => {
  const policy = policyOf({ rollout: { waves: ['1', '10%', '100%'], maxConcurrency: '10%' } });
  const { plan, batches } = makePlan(candidatesIn(50, 100_000), { policy, settings, dryRun: false });

  test('has every node once, in batches of one account', () => {
    expect(batches.flatMap((batch) => batch.nodes)).toHaveLength(100_000);
    expect(new Set(batches.flatMap((batch) => batch.nodes.map(({ nodeId }) => nodeId))).size).toBe(100_000);
    expect(plan.waves.map((wave) => wave.batchIds.length)).toEqual([1, 50, 50]);
  });

  test('has no batch that is more than an account may have', () => {
    expect(Math.max(...batches.map((batch) => batch.nodes.length))).toBeLessThanOrEqual(2400);
  });

  test('deals all the places of a wave, and no more', () => {
    const places = batches.filter((batch) => batch.waveIndex === 2).map((batch) => batch.concurrency);

    expect(places.reduce((sum, each) => sum + each, 0)).toBe(10_000);
  });
});

describe('a wave in a thousand accounts', () => {
  const candidates = candidatesIn(1000, 1000);

  test('is named in a payload that is a small part of what Step Functions takes', () => {
    const { plan } = makePlan(candidates, { policy: policyOf(), settings, dryRun: false });

    const batches = waveToRun(plan, 0).batches.map((batch) => ({ ...batch, turn: 99_999 }));

    expect(batches).toHaveLength(1000);
    expect(Buffer.byteLength(JSON.stringify(batches))).toBeLessThan(262_144 / 4);
  });

  test('with fewer places than accounts has so many at work at once, one node each', () => {
    const policy = policyOf({ rollout: { maxConcurrency: '7' } });
    const { plan, batches } = makePlan(candidates, { policy, settings, dryRun: false });

    expect(plan.waves[0]?.parallelBatches).toBe(7);
    expect(new Set(batches.map((batch) => batch.concurrency))).toEqual(new Set([1]));
  });
});
