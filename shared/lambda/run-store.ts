import type * as z from 'zod';
import type { Store } from '../aws/store.ts';
import { type BatchState, batchStateSchema, type RunSettings } from '../domain/batch.ts';
import { keys } from '../domain/keys.ts';
import { type Plan, planSchema } from '../domain/plan.ts';
import { problemsOf } from '../domain/problems.ts';
import { BatchOutOfStepError, InvalidPayloadError } from '../errors.ts';

/** Undefined if the run never came to a plan. */
export async function readPlan(store: Store, runId: string): Promise<Plan | undefined> {
  return parsed(store, keys.plan(runId), planSchema);
}

export async function writePlan(store: Store, plan: Plan): Promise<void> {
  await store.put(keys.plan(plan.settings.runId), plan);
}

/** A batch as it was after `turn` decisions. Throws BatchOutOfStepError if something else lies there. */
export async function readBatch(
  store: Store,
  at: { readonly runId: string; readonly batchId: string; readonly turn: number },
): Promise<BatchState> {
  const batch = await parsed(store, keys.batch(at.runId, at.batchId, at.turn), batchStateSchema);
  if (batch?.turn !== at.turn) {
    throw new BatchOutOfStepError(
      `batch ${at.batchId} of run ${at.runId} is at turn ${batch?.turn ?? 'none'} where turn ${at.turn} was expected`,
    );
  }
  return batch;
}

/**
 * The newest state of a batch, whoever wrote it last. An execution's name may come again after 90 days: what an older
 * run of this name has left is told by its SnapshotId. Throws BatchOutOfStepError if there is none.
 */
export async function readNewestBatch(
  store: Store,
  { runId, snapshotId }: Pick<RunSettings, 'runId' | 'snapshotId'>,
  batchId: string,
): Promise<BatchState> {
  const found = [
    await parsed(store, keys.batch(runId, batchId, 0), batchStateSchema),
    await parsed(store, keys.batch(runId, batchId, 1), batchStateSchema),
  ];
  const [newest] = found
    .filter((batch) => batch !== undefined)
    .filter((batch) => batch.settings.snapshotId === snapshotId)
    .toSorted((a, b) => b.turn - a.turn);
  if (!newest) throw new BatchOutOfStepError(`batch ${batchId} of run ${runId} was never written`);
  return newest;
}

export async function writeBatch(store: Store, batch: BatchState): Promise<void> {
  await store.put(keys.batch(batch.settings.runId, batch.batchId, batch.turn), batch);
}

async function parsed<Schema extends z.ZodType>(
  store: Store,
  key: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  const value = await store.get(key);
  if (value === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidPayloadError(
    `s3://${store.bucket}/${key} is not what this version writes: ${problemsOf(result.error, value).slice(0, 5).join('; ')}`,
  );
}
