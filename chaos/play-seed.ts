import fc from 'fast-check';
import { WarmEnvironments } from '../local/lambda/warm-environments.ts';
import { asCode } from './as-code.ts';
import type { ChaosFault } from './chaos-faults.ts';
import { play } from './play.ts';
import { brokenPromises } from './promises/promises.ts';
import { playOf, type RandomPlay, randomPlays } from './random-play.ts';
import { reportOf } from './report-of.ts';
import type { RunReport, Shrunk } from './run-report.ts';

/** A seed, and the faults that may strike: together they are the play. */
export interface Chosen {
  readonly seed: number;
  readonly faults: readonly ChaosFault[];
}

/** Kept from run to run: none is told by them from a run that is played alone. */
const warm = new WarmEnvironments();

/** Unbiased: fast-check's bias is towards small values in its first runs, and each of ours is a first one. */
const parametersOf = (seed: number) => ({ seed, numRuns: 1, unbiased: true });

/** The play of a seed. */
export function playOfSeed({ seed, faults }: Chosen): RandomPlay {
  const [sampled] = fc.sample(randomPlays(faults), parametersOf(seed));
  if (!sampled) throw new RangeError(`fast-check made no play of seed ${seed}`);
  return sampled;
}

/** Plays the run of a seed and looks at what it broke. A play that fails by itself has broken something as well. */
export async function playSeed(chosen: Chosen): Promise<RunReport> {
  try {
    return reportOf(chosen.seed, await play({ ...playOf(playOfSeed(chosen)), warm }));
  } catch (error) {
    return {
      seed: chosen.seed,
      broken: [deathOf(error)],
      status: 'none',
      nodes: 0,
      outcomes: {},
      struck: {},
      simulatedHours: 0,
    };
  }
}

async function brokenIn(random: RandomPlay): Promise<string[]> {
  try {
    return brokenPromises(await play({ ...playOf(random), warm }));
  } catch (error) {
    return [deathOf(error)];
  }
}

function deathOf(error: unknown): string {
  return `the play itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** By number and not by time, so that the smallest case is the same on every machine. */
const mostPlays = 400;

/** Cuts a play that breaks a promise down to what it needs. `judge` plays it and answers what it broke. */
export async function shrinkSeed(
  { seed, faults }: Chosen,
  judge: (random: RandomPlay) => Promise<readonly string[]> = brokenIn,
): Promise<Shrunk | undefined> {
  let plays = 0;
  let smallest: { readonly random: RandomPlay; readonly broken: readonly string[] } | undefined;
  const property = fc.asyncProperty(randomPlays(faults), async (random) => {
    plays += 1;
    if (plays > mostPlays) return true;
    const broken = await judge(random);
    if (broken.length === 0) return true;
    smallest = { random, broken };
    return false;
  });
  await fc.check(property, parametersOf(seed));
  if (!smallest) return undefined;
  const code = asCode(smallest.random, smallest.broken[0] ?? '');
  return { seed, broken: smallest.broken, code, plays, isSmallest: plays <= mostPlays };
}
