import { chaosFaults } from '../../chaos/chaos-faults.ts';
import { playSeed } from '../../chaos/play-seed.ts';
import { seedOfRun } from '../../chaos/seeds.ts';

/** More with CHAOS_RUNS, others with CHAOS_SEED: the runs of `npm run chaos` with the same numbers. */
const runs = Number(process.env['CHAOS_RUNS'] ?? 40);
const seed = Number(process.env['CHAOS_SEED'] ?? 1);

/** A second a run on a busy machine, and more. */
const millisecondsPerRun = 6_000;

describe('whatever the fleet, the policy and the faults', () => {
  test(
    'every run keeps every promise: one outcome a node, hooks exactly once, patches only between them, budgets kept',
    async () => {
      const failures: unknown[] = [];
      for (let index = 0; index < runs; index += 1) {
        const { broken, ...report } = await playSeed({ seed: seedOfRun(seed, index), faults: chaosFaults });
        if (broken.length > 0) failures.push({ replay: `npm run chaos -- --replay ${report.seed}`, broken });
      }

      expect(failures).toEqual([]);
    },
    runs * millisecondsPerRun,
  );
});
