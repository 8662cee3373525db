import * as z from 'zod';
import type { BatchState } from '../domain/batch.ts';
import { keys } from '../domain/keys.ts';
import type { Plan } from '../domain/plan.ts';
import { ContendedError } from '../errors.ts';
import { changeObject, pauseAfter, readObject } from './change-object.ts';
import type { Dependencies } from './dependencies.ts';
import { inParallel } from './in-parallel.ts';
import { readPlan } from './run-store.ts';

/** Which attempt plans a run, and whether that is done. Of the run with this SnapshotId: a name may come again. */
const planningSchema = z.object({ snapshotId: z.string(), attempt: z.string(), isPlanned: z.boolean() });

type Writing = Pick<Dependencies, 'store' | 'sleep' | 'random'>;

/** Rounds in which an object may be written by others; two attempts at once are many already. */
const rounds = 5;

/**
 * Writes a run's batches and its plan, unless an attempt has done so before: then that plan counts, because its batches
 * may be at work. An attempt that was given up may write much later. So each says first that it is the one who plans, and
 * looks, before each object that it writes over what it has read, whether it still is.
 * Throws ContendedError for an attempt that another has taken over from.
 */
export async function writeRun(
  made: { readonly plan: Plan; readonly batches: readonly BatchState[] },
  dependencies: Writing,
): Promise<Plan> {
  const { plan, batches } = made;
  const { runId } = plan.settings;
  const attempt = dependencies.random().toString(36).slice(2);
  if (await isPlanned(plan, attempt, dependencies)) {
    const earlier = await readPlan(dependencies.store, runId);
    if (earlier) return earlier;
  }
  const write = (key: string, value: unknown) => writeAs(attempt, { plan, key, value }, dependencies);
  await inParallel(batches, (batch) => write(keys.batch(runId, batch.batchId, batch.turn), batch));
  await write(keys.plan(runId), plan);
  await changeObject(keys.planning(runId), planningSchema, dependencies, (note) => {
    assertOwn(note, attempt, plan);
    return note && { ...note, isPlanned: true };
  });
  return plan;
}

/** True if the run has a plan; else this attempt is the one that plans, from now on. */
async function isPlanned({ settings }: Plan, attempt: string, dependencies: Writing): Promise<boolean> {
  const { runId, snapshotId } = settings;
  let isDone = false;
  await changeObject(keys.planning(runId), planningSchema, dependencies, (note) => {
    isDone = note?.snapshotId === snapshotId && note.isPlanned;
    return isDone ? note : { snapshotId, attempt, isPlanned: false };
  });
  return isDone;
}

/** Over what lies there, as long as nobody else plans: the tag is read first, so that whoever comes between is seen. */
async function writeAs(
  attempt: string,
  { plan, key, value }: { readonly plan: Plan; readonly key: string; readonly value: unknown },
  { store, ...time }: Writing,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const found = await store.getTagged(key);
    const note = await readObject(store, keys.planning(plan.settings.runId), planningSchema);
    assertOwn(note.value, attempt, plan);
    if (await store.putIf(key, value, found?.etag ?? null)) return;
    await pauseAfter(round, time);
  }
  throw superseded(plan);
}

function assertOwn(note: z.infer<typeof planningSchema> | undefined, attempt: string, plan: Plan): void {
  if (note?.attempt !== attempt || note.snapshotId !== plan.settings.snapshotId) throw superseded(plan);
}

function superseded({ settings }: Plan): ContendedError {
  return new ContendedError(`run ${settings.runId} is planned by another attempt`);
}
