import { lowerBoundSeconds, serviceSeconds } from '../../../shared/domain/lower-bound.ts';
import { planWith, startedAt, waveOf } from '../../support/domain-builders.ts';

/** A node's steps took so many seconds each, with pauses between them that are nobody's work. */
function stepsOf(...seconds: readonly number[]) {
  return {
    steps: seconds.map((length, index) => ({
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
  test('is the work of the longest node', () => {
    expect(lowerBoundSeconds(plan, new Map([[1, [60, 5]]]))).toBe(60);
  });

  test('is all work shared out over the places', () => {
    expect(lowerBoundSeconds(plan, new Map([[1, [10, 10, 10, 10]]]))).toBe(20);
  });

  test('is that of the waves one after the other, with the bake between those that were reached', () => {
    const reached = new Map([
      [1, [10]],
      [2, [20]],
    ]);

    expect(lowerBoundSeconds(plan, reached)).toBe(330);
    expect(lowerBoundSeconds(plan, new Map([[1, [10]]]))).toBe(10);
  });

  test('is nothing where no node was touched', () => {
    expect(lowerBoundSeconds(plan, new Map())).toBe(0);
  });
});

describe("a node's own time", () => {
  test('is that of its steps, the pauses between them not counted', () => {
    expect(serviceSeconds(stepsOf(10, 20, 30))).toBe(60);
  });

  test('counts a step without an end as no time', () => {
    const { steps } = stepsOf(10);

    expect(serviceSeconds({ steps: steps.map((step) => ({ ...step, endedAt: null })) })).toBe(0);
  });
});
