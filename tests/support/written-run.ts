import type { Store } from '../../shared/aws/store.ts';
import type { BatchState } from '../../shared/domain/batch.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { Plan } from '../../shared/domain/plan.ts';

/** Leaves a batch as if a turn had written it. */
export async function writeBatch(store: Store, batch: BatchState): Promise<void> {
  await store.put(keys.batch(batch.settings.runId, batch.batchId, batch.turn), batch);
}

/** Leaves a plan as if the run had been planned. */
export async function writePlan(store: Store, plan: Plan): Promise<void> {
  await store.put(keys.plan(plan.settings.runId), plan);
}
