import type { NodeAccount } from '../../../shared/domain/account.ts';
import { lowerBoundSeconds } from '../../../shared/domain/lower-bound.ts';
import { home, nodeIdOf, planWith, startedAt, waveOf } from '../../support/domain-builders.ts';

/** A node whose steps took so many seconds each, with pauses between them that are nobody's work. */
function worked(wave: number | null, ...seconds: readonly number[]): NodeAccount {
  return {
    nodeId: nodeIdOf(wave ?? 0),
    scope: home,
    wave,
    batch: wave === null ? null : `w${wave}-b1`,
    outcome: 'Patched',
    reason: '',
    steps: seconds.map((length, index) => ({
      step: 'patch',
      commandId: 'c',
      status: 'Success',
      startedAt: new Date(startedAt + index * 10_000_000).toISOString(),
      endedAt: new Date(startedAt + index * 10_000_000 + length * 1000).toISOString(),
    })),
  };
}

const plan = planWith({
  waves: [waveOf(0, { concurrency: 2 }), waveOf(1, { concurrency: 2 })],
  bakeSeconds: 300,
});

describe('the least time that any scheduler needs', () => {
  test('is the work of the longest node, the pauses between its steps not counted', () => {
    expect(lowerBoundSeconds(plan, [worked(1, 10, 20, 30), worked(1, 5)])).toBe(60);
  });

  test('is all work shared out over the places', () => {
    expect(lowerBoundSeconds(plan, [worked(1, 10), worked(1, 10), worked(1, 10), worked(1, 10)])).toBe(20);
  });

  test('is that of the waves one after the other, with the bake between those that were reached', () => {
    expect(lowerBoundSeconds(plan, [worked(1, 10), worked(2, 20)])).toBe(330);
    expect(lowerBoundSeconds(plan, [worked(1, 10), worked(2)])).toBe(10);
  });

  test('is nothing for nodes that were left out', () => {
    expect(lowerBoundSeconds(plan, [worked(null)])).toBe(0);
  });

  test('counts a step without an end as no time', () => {
    const node = worked(1, 10);
    const steps = node.steps.map((step) => ({ ...step, endedAt: null }));

    expect(lowerBoundSeconds(plan, [{ ...node, steps }])).toBe(0);
  });
});
