import { type Ending, type RunRecord, runRecordOf } from '../domain/account.ts';
import type { BatchState } from '../domain/batch.ts';
import { digestOf, isWorthTelling } from '../domain/digest.ts';
import { keys } from '../domain/keys.ts';
import type { Language } from '../domain/messages/language.ts';
import type { Plan } from '../domain/plan.ts';
import { runIdOf } from '../domain/run-id.ts';
import type { Execution } from '../domain/run-turn.ts';
import { sumOfUsage, type Usage } from '../domain/usage.ts';
import type { Dependencies } from './dependencies.ts';
import { recordWithoutPlan } from './record-without-plan.ts';
import { readNewestBatch } from './run-store.ts';
import { type TellingDependencies, tell } from './tell.ts';

/**
 * A run's record from what it has left in S3: the account is closed, and written as `run.json`. `plan` is that of this
 * very run, `request` what it was asked for.
 */
export async function writeRecord(
  run: {
    readonly execution: Execution;
    readonly plan: Plan | undefined;
    readonly request: unknown;
    readonly ending: Ending;
    readonly usage: Usage;
  },
  dependencies: Dependencies,
): Promise<RunRecord> {
  const { store, log } = dependencies;
  const { plan, ending } = run;
  const runId = runIdOf(run.execution.name);
  const batches = plan ? await newestBatches(plan, dependencies) : [];
  const usage = sumOfUsage([run.usage, ...batches.map((batch) => batch.usage)]);
  const record = plan
    ? runRecordOf({ plan, batches, ending, usage, now: dependencies.now() })
    : recordWithoutPlan(run, usage, dependencies.now());
  await store.put(keys.record(runId), record);
  log('FP_RUN_CLOSED', { runId, status: record.status, nodes: record.nodesInScope });
  return record;
}

/** In which language a run's people are told, and whether also in chat. */
interface Audience {
  readonly language: Language;
  readonly chat: boolean;
}

/** Of a run without a plan nobody knows: it is told by mail, in English. */
export function audienceOf(plan: Plan | undefined): Audience {
  return { language: plan?.settings.language ?? 'en', chat: plan?.settings.chat ?? false };
}

/** Tells how a run ended, if that is worth a message, and notes that it needs no telling any more. */
export async function tellRunEnded(
  record: RunRecord,
  audience: Audience,
  dependencies: TellingDependencies,
): Promise<void> {
  const { store, config } = dependencies;
  const { runId, policy, status, startedAt } = record;
  if (isWorthTelling(record)) {
    const message = digestOf(record, audience.language, `s3://${config.bucket}/${keys.record(runId)}`);
    const about = { policy, id: runId, entry: `run-${status.toLowerCase()}`, chat: audience.chat };
    await tell(message, about, dependencies);
  }
  await store.put(keys.told(runId), { status, startedAt });
}

async function newestBatches(plan: Plan, { store }: Dependencies): Promise<BatchState[]> {
  const batches: BatchState[] = [];
  for (const batchId of plan.waves.flatMap((wave) => wave.batchIds)) {
    batches.push(await readNewestBatch(store, plan.settings, batchId));
  }
  return batches;
}
