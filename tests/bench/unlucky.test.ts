import { designNames, play } from '../../bench/designs/designs.ts';
import { setUp } from '../../bench/designs/setup.ts';

/** So much throttling that three attempts are not enough for one call in five. */
const setup = (seed: number) =>
  setUp({
    seed,
    nodes: 20,
    concurrencyPercent: 50,
    maxErrorsPercent: 100,
    faults: { throttle: 0.6 },
  });

describe('an unlucky seed', () => {
  test.each(designNames.filter((name) => name !== 'fleet-patcher'))(
    'is no end of the benchmark: %s',
    async (name) => {
      for (const seed of [1, 2, 3, 4, 5, 6]) {
        const { evidence } = await play(name, setup(seed));

        expect(evidence.endedAt).toBeGreaterThan(evidence.startedAt);
      }
    },
  );
});
