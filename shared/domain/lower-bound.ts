import { waveSeconds } from './estimate.ts';
import type { Plan } from './plan.ts';

/** What of a node's account its time is read from. */
interface TimedNode {
  readonly steps: readonly { readonly startedAt: string; readonly endedAt: string | null }[];
}

/**
 * Seconds that the best scheduler imaginable would have needed for the same run: one that knows every duration
 * beforehand, hears of every end at once, and acts in no time.
 *
 * A node's own time is the sum of its steps, each from the moment when SSM took the command to the node's end of it.
 * A wave needs at least the time of its longest node, at least all its nodes' times shared out over the places of
 * its concurrency, and, if there are more nodes than places, at least the two shortest of the `places + 1` longest
 * nodes one after the other. Waves follow each other, with the bake time between those that were reached.
 * `work` holds the times of the nodes that were touched, in seconds, by the number of their wave.
 */
export function lowerBoundSeconds(plan: Plan, work: ReadonlyMap<number, readonly number[]>): number {
  const waves = plan.waves.map((wave) => ({
    concurrency: wave.concurrency,
    seconds: work.get(wave.waveIndex + 1) ?? [],
  }));
  const reached = waves.filter((wave) => wave.seconds.length > 0);
  const seconds = reached.reduce((sum, wave) => sum + waveSeconds(wave.seconds, wave.concurrency), 0);
  return seconds + plan.bakeSeconds * Math.max(0, reached.length - 1);
}

/** A node's own time. */
export function serviceSeconds(node: TimedNode): number {
  return node.steps.reduce((sum, step) => {
    const end = step.endedAt ?? step.startedAt;
    return sum + Math.max(0, Date.parse(end) - Date.parse(step.startedAt)) / 1000;
  }, 0);
}
