import * as z from 'zod';
import type { Store } from '../aws/store.ts';
import { type BatchState, batchStateSchema } from '../domain/batch.ts';
import { keys } from '../domain/keys.ts';
import { type Decided, decidedSchema } from '../domain/turn.ts';
import { BatchOutOfStepError, ContendedError } from '../errors.ts';
import { pauseAfter } from './change-object.ts';
import type { Dependencies } from './dependencies.ts';
import { checked } from './run-store.ts';

/** A state with what was decided when it was written, and the tag of the older state whose place the next one takes. */
const keptSchema = batchStateSchema.extend({
  decided: decidedSchema.optional(),
  replaces: z.string().nullable().optional(),
});

/** A batch as it lies at a turn: `tag` is that of its object, `replaces` that of the object the next turn overwrites. */
export interface BatchTurn {
  readonly state: BatchState;
  readonly tag: string;
  readonly replaces: string | null;
}

/** A state, and what was decided with it: the first decision of a turn is the one that counts. */
export interface Kept {
  readonly state: BatchState;
  readonly decided: Decided;
}

interface Place {
  readonly runId: string;
  readonly batchId: string;
  readonly turn: number;
}

/** A batch as it was after `turn` decisions. Throws BatchOutOfStepError if something else lies there. */
export async function readBatchTurn(store: Store, at: Place): Promise<BatchTurn> {
  const key = keys.batch(at.runId, at.batchId, at.turn);
  const found = await store.getTagged(key);
  const kept = found && checked(store, { key, value: found.value }, keptSchema);
  if (!found || kept?.turn !== at.turn) {
    const lies = kept?.turn ?? 'none';
    throw outOfStep(at, `is at turn ${lies} where turn ${at.turn} was expected`);
  }
  const { decided: _, replaces = null, ...state } = kept;
  return { state, tag: found.etag, replaces };
}

/** Two writers at once are many already; one whose write is under way is waited for. */
const rounds = 6;

/**
 * Writes what was decided in the place of the state before last, unless somebody has decided this turn already: then that
 * decision is the answer, because it may have been acted upon. A function that was given up may still be at work.
 * Throws BatchOutOfStepError if the batch has gone on since, and ContendedError if others write each time.
 */
export async function keepDecision(
  from: BatchTurn,
  kept: Kept,
  { store, ...time }: Pick<Dependencies, 'store' | 'sleep' | 'random'>,
): Promise<Kept> {
  const { settings, batchId, turn } = kept.state;
  const at = { runId: settings.runId, batchId, turn };
  const key = keys.batch(settings.runId, batchId, turn);
  const value = { ...kept.state, decided: kept.decided, replaces: from.tag };
  let tag = from.replaces;
  for (let round = 0; round < rounds; round += 1) {
    if (await store.putIf(key, value, tag)) return kept;
    const found = await store.getTagged(key);
    const earlier = found && ownOf(found.value, settings.snapshotId);
    if (earlier && earlier.turn > turn) throw outOfStep(at, `is at turn ${earlier.turn} already`);
    if (earlier?.turn === turn) return keptOf(checked(store, { key, value: earlier }, keptSchema), at);
    tag = found?.etag ?? null;
    await pauseAfter(round, time);
  }
  throw new ContendedError(`s3://${store.bucket}/${key} was changed by others ${rounds} times in a row`);
}

function keptOf({ decided, replaces: _, ...state }: z.infer<typeof keptSchema>, at: Place): Kept {
  if (!decided) throw outOfStep(at, 'is there without what was decided');
  return { state, decided };
}

const ownSchema = z.looseObject({
  turn: z.number(),
  settings: z.looseObject({ snapshotId: z.string() }),
});

/** An execution's name may come again after 90 days: what an older run has left is told by its SnapshotId. */
function ownOf(value: unknown, snapshotId: string): z.infer<typeof ownSchema> | undefined {
  const { data } = ownSchema.safeParse(value);
  return data?.settings.snapshotId === snapshotId ? data : undefined;
}

function outOfStep({ runId, batchId }: Place, what: string): BatchOutOfStepError {
  return new BatchOutOfStepError(`batch ${batchId} of run ${runId} ${what}`);
}
