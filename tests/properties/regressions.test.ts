import fc from 'fast-check';
import { brokenPromises } from '../support/promises.ts';
import { play } from '../support/rehearsal-builders.ts';
import { randomPlay } from './random-play.ts';

/** Runs that broke a promise once. The seed draws the whole of it: fleet, policy and faults. */
const found = [
  { seed: 85, promise: '[F03] [F17] a stale page hid a command whose reply was lost, and it was sent again' },
  { seed: 167, promise: '[F03] [F17] the same for an Install: both patch operations failed' },
  { seed: 16, promise: 'the last node of a batch ended PostHookFailed, and its urgent alert was dropped' },
  { seed: 32, promise: 'the last node of a batch was lost after its reboot, and nobody was told at once' },
] as const;

describe('what once went wrong', () => {
  test.each(found)('$promise (seed $seed)', async ({ seed }) => {
    const [options] = fc.sample(randomPlay, { seed, numRuns: 1 });
    if (!options) throw new Error(`seed ${seed} draws no run`);

    const played = await play(options);

    expect(brokenPromises(played)).toEqual([]);
  });
});
