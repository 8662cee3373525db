import { shareAtLeastOne } from '../count-or-percent.ts';
import { wavesOf } from '../dealing.ts';
import type { Policy } from '../policy.ts';

/** A node that a run would find, and how long it would probably take. */
export interface RosterNode {
  readonly key: string;
  readonly seconds: number;
}

/** When a run starts and ends a node, in ms from the opening of its window. */
export interface Stay {
  readonly startsAfter: number;
  readonly endsAfter: number;
}

interface Run {
  readonly rollout: Pick<Policy['rollout'], 'waves' | 'bakeMinutes' | 'maxConcurrency'>;
  /** Of the window, in ms from its opening. */
  readonly cutoffAfter: number;
  readonly closesAfter: number;
}

/**
 * How an install run would go through its nodes, given in the plan's order: wave after wave, with the bake time
 * between them, as many at once as the policy allows, in each wave the longest first. What the window does not reach
 * is absent: after the cutoff nothing starts, and nothing that would not end before the close. A forecast: errors
 * that halt a run are not foreseen, and the places of a wave are not dealt to accounts.
 */
export function rolloutTimes(nodes: readonly RosterNode[], run: Run): Map<string, Stay> {
  const concurrency = shareAtLeastOne(run.rollout.maxConcurrency, nodes.length);
  const bake = run.rollout.bakeMinutes * 60_000;
  const stays = new Map<string, Stay>();
  let begins = 0;
  for (const [index, wave] of wavesOf(nodes, run.rollout.waves).entries()) {
    if (index > 0 && begins + bake >= run.cutoffAfter) break;
    if (index > 0) begins += bake;
    const reached = waveTimes(wave, { ...run, begins, concurrency });
    // A wave in which nothing was proven lets no other begin.
    if (reached.length === 0) break;
    for (const { key, ...stay } of reached) {
      stays.set(key, stay);
      begins = Math.max(begins, stay.endsAfter);
    }
  }
  return stays;
}

function waveTimes(
  wave: readonly RosterNode[],
  run: Run & { readonly begins: number; readonly concurrency: number },
): (Stay & { readonly key: string })[] {
  const reached: (Stay & { readonly key: string })[] = [];
  /** When each place is free: the next one last. */
  const places: number[] = Array.from({ length: Math.min(run.concurrency, wave.length) }, () => run.begins);
  for (const { key, seconds } of wave.toSorted((a, b) => b.seconds - a.seconds)) {
    const startsAfter = places.at(-1) ?? run.begins;
    if (startsAfter > run.cutoffAfter) break;
    const endsAfter = startsAfter + seconds * 1000;
    if (endsAfter > run.closesAfter) continue;
    reached.push({ key, startsAfter, endsAfter });
    places.pop();
    places.splice(placeFor(places, endsAfter), 0, endsAfter);
  }
  return reached;
}

/** Where a time belongs in a list that falls. */
function placeFor(falling: readonly number[], time: number): number {
  let from = 0;
  let to = falling.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((falling[middle] ?? 0) > time) from = middle + 1;
    else to = middle;
  }
  return from;
}
