import type { RunSummary } from '../domain/account.ts';
import { keys } from '../domain/keys.ts';
import type { Plan } from '../domain/plan.ts';
import { isSameStart } from '../domain/run-id.ts';
import {
  lockNoteOf,
  lockNoteSchema,
  lockRegistrySchema,
  type Place,
  releaseNodes,
} from '../domain/run-lock.ts';
import { type AtWork, stillAtWork } from '../domain/still-at-work.ts';
import { changeObject } from './change-object.ts';
import type { Dependencies } from './dependencies.ts';
import { inParallel } from './in-parallel.ts';

type Releasing = Pick<Dependencies, 'store' | 'log' | 'now' | 'sleep' | 'random'>;

/** A run that is over, by its id and its start (ms), and the nodes that may still be worked on. */
interface Ended {
  readonly runId: string;
  readonly startedAt: number;
  readonly atWork: readonly AtWork[];
}

/** By its summary, and its plan if it had one: without a plan no command was sent. */
export function endedRunOf(summary: RunSummary, plan: Plan | undefined): Ended {
  return {
    runId: summary.runId,
    startedAt: Date.parse(summary.startedAt),
    atWork: plan ? stillAtWork(summary, plan.settings) : [],
  };
}

/**
 * Gives a run's nodes back. The run does not fail over it, and people are told of the run all the same: what stays
 * locked is said in the log, rings an alarm, and expires by itself. Safe to run twice.
 */
export async function releaseLocks(ended: Ended, dependencies: Releasing): Promise<void> {
  const { runId } = ended;
  try {
    const places = await markReleased(ended, dependencies);
    const until = new Map(ended.atWork.map((node) => [node.nodeId, node.until]));
    const isReleased = await inParallel(places, (place) => tryRelease(place, { runId, until }, dependencies));
    if (places.length > 0 && isReleased.every(Boolean)) {
      dependencies.log('FP_LOCKS_RELEASED', { runId, places: places.length, stillLocked: until.size });
    }
  } catch (error) {
    dependencies.log('FP_LOCKS_NOT_RELEASED', { runId, error: String(error) });
  }
}

/** One account and Region of a run. False where it stays locked, which the log says. */
export async function tryRelease(
  place: Place,
  release: { readonly runId: string; readonly until: ReadonlyMap<string, number> },
  dependencies: Releasing,
): Promise<boolean> {
  try {
    await releaseIn(place, release, dependencies);
    return true;
  } catch (error) {
    const { accountId, region } = place;
    const { runId } = release;
    dependencies.log('FP_LOCKS_NOT_RELEASED', { runId, accountId, region, error: String(error) });
    return false;
  }
}

async function releaseIn(
  place: Place,
  release: { readonly runId: string; readonly until: ReadonlyMap<string, number> },
  dependencies: Releasing,
): Promise<void> {
  await changeObject(keys.locks(place), lockRegistrySchema, dependencies, (registry) =>
    registry ? releaseNodes(registry, release, dependencies.now()) : undefined,
  );
}

/**
 * First the note: a planning function that still runs takes nothing any more, or gives it back itself. An older run
 * of the same name has left one too. Answers with where the run may have taken nodes.
 */
async function markReleased({ runId, startedAt }: Ended, dependencies: Releasing): Promise<readonly Place[]> {
  let places: readonly Place[] = [];
  await changeObject(keys.lockNote(runId), lockNoteSchema, dependencies, (note) => {
    const own = note && isSameStart(note.startedAt, startedAt) ? note : undefined;
    places = own?.places ?? [];
    return lockNoteOf(own ?? { startedAt }, places, true);
  });
  return places;
}
