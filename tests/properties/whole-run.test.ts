import fc from 'fast-check';
import { brokenPromises } from '../support/promises.ts';
import { play } from '../support/rehearsal-builders.ts';
import { seeded } from '../support/seeded.ts';
import { randomPlay } from './random-play.ts';

/** More with FC_RUNS, others with FC_SEED; a failure prints the seed and the smallest run that shows it. */
const runs = Number(process.env['FC_RUNS'] ?? 60);

/** A second a run on a busy machine, and the shrinking of a failure besides. */
const millisecondsPerRun = 3_000;

describe('whatever the fleet, the policy and the faults', () => {
  test(
    'every run keeps every promise: one outcome a node, hooks exactly once, patches only between them, budgets kept',
    async () => {
      await fc.assert(
        fc.asyncProperty(randomPlay, async (options) => {
          expect(brokenPromises(await play(options))).toEqual([]);
        }),
        { ...seeded(runs), interruptAfterTimeLimit: runs * millisecondsPerRun, markInterruptAsFailure: true },
      );
    },
    runs * millisecondsPerRun + 30_000,
  );
});
