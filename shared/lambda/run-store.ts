import * as z from 'zod';
import type { Store } from '../aws/store.ts';
import { type BatchState, batchStateSchema, type RunSettings } from '../domain/batch.ts';
import { keys } from '../domain/keys.ts';
import { type Plan, planSchema } from '../domain/plan.ts';
import { problemsOf } from '../domain/problems.ts';
import { BatchOutOfStepError, InvalidPayloadError } from '../errors.ts';
import { oneByOne } from './in-parallel.ts';

/** Undefined if the run never came to a plan. */
export async function readPlan(store: Store, runId: string): Promise<Plan | undefined> {
  return parsed(store, keys.plan(runId), planSchema);
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
  const found = await Promise.all(
    [0, 1].map(async (turn) => {
      const key = keys.batch(runId, batchId, turn);
      const value = await store.get(key);
      const stored = value === undefined ? undefined : checked(store, { key, value }, ofRunSchema);
      return { key, value, turn: stored?.settings.snapshotId === snapshotId ? stored.turn : undefined };
    }),
  );
  // Only the newer one is checked: it is megabytes of JSON, and the other is not looked at.
  const [last] = found
    .filter(({ turn }) => turn !== undefined)
    .toSorted((a, b) => (b.turn ?? 0) - (a.turn ?? 0));
  const newest = last && checked(store, last, batchStateSchema);
  if (!newest) throw new BatchOutOfStepError(`batch ${batchId} of run ${runId} was never written`);
  return newest;
}

/** The batches of a run as they are now, one by one in the plan's order: all of them together may be too large. */
export function newestBatches(
  store: Store,
  plan: Plan,
  batchIds: readonly string[] = plan.waves.flatMap((wave) => wave.batchIds),
): AsyncGenerator<BatchState> {
  return oneByOne(batchIds, (batchId) => readNewestBatch(store, plan.settings, batchId));
}

/** What of a state tells whose it is, and how far that was. */
const ofRunSchema = z.looseObject({
  turn: z.number(),
  settings: z.looseObject({ snapshotId: z.string() }),
});

async function parsed<Schema extends z.ZodType>(
  store: Store,
  key: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  const value = await store.get(key);
  return value === undefined ? undefined : checked(store, { key, value }, schema);
}

/** Throws InvalidPayloadError for what this version does not write. */
export function checked<Schema extends z.ZodType>(
  store: Store,
  { key, value }: { readonly key: string; readonly value: unknown },
  schema: Schema,
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidPayloadError(
    `s3://${store.bucket}/${key} is not what this version writes: ${problemsOf(result.error, value).slice(0, 5).join('; ')}`,
  );
}
