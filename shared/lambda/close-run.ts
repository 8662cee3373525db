import type { Store } from '../aws/store.ts';
import type { NodeAccount, RunSummary } from '../domain/account.ts';
import { accountsOfBatch, accountsOfLeftOut, type Ending } from '../domain/close-batch.ts';
import { digestOf, isWorthTelling } from '../domain/digest.ts';
import { keys } from '../domain/keys.ts';
import type { Language } from '../domain/messages/language.ts';
import { NodeTally } from '../domain/node-tally.ts';
import type { Plan } from '../domain/plan.ts';
import { runIdOf } from '../domain/run-id.ts';
import { type ClosedBatch, closedSummary, recordHead, summaryOf } from '../domain/run-summary.ts';
import type { Execution } from '../domain/run-turn.ts';
import { sumOfUsage, type Usage } from '../domain/usage.ts';
import type { Dependencies } from './dependencies.ts';
import { RecordText } from './record-text.ts';
import { recordWithoutPlan } from './record-without-plan.ts';
import { newestBatches } from './run-store.ts';
import { type TellingDependencies, tell } from './tell.ts';

interface EndedRun {
  readonly execution: Execution;
  readonly plan: Plan | undefined;
  readonly request: unknown;
  readonly ending: Ending;
  readonly usage: Usage;
}

/**
 * A run's record from what it has left in S3: the account is closed, and written as `run.json`, and what people are
 * told as `summary.json`. `plan` is that of this very run, `request` what it was asked for.
 */
export async function writeRecord(run: EndedRun, dependencies: Dependencies): Promise<RunSummary> {
  const { store, log } = dependencies;
  const runId = runIdOf(run.execution.name);
  const record = new RecordText();
  const summary = run.plan
    ? await closeAccount({ ...run, plan: run.plan }, record, dependencies)
    : summaryOf(recordWithoutPlan(run, run.usage, dependencies.now()));
  await store.putText(keys.record(runId), record.whole(recordHead(summary)), 'application/json');
  await store.put(keys.summary(runId), summary);
  log('FP_RUN_CLOSED', { runId, status: summary.status, nodes: summary.nodesInScope });
  return summary;
}

/** Batch by batch: 100,000 nodes with all their steps are more than a function of this size can hold. */
async function closeAccount(
  { plan, ending, usage }: EndedRun & { readonly plan: Plan },
  record: RecordText,
  { store, now }: Dependencies,
): Promise<RunSummary> {
  const end = { reached: Math.max(ending.waveIndex ?? -1, await lastWaveAtWork(store, plan)), ending };
  const tally = new NodeTally();
  const batches: ClosedBatch[] = [];
  const usages = [usage];
  for await (const batch of newestBatches(store, plan)) {
    const { batchId, waveIndex, status, halt } = batch;
    batches.push({ batchId, waveIndex, status, halt });
    usages.push(batch.usage);
    add(accountsOfBatch(batch, end));
  }
  add(accountsOfLeftOut(plan));
  return closedSummary({ plan, end, batches, tally, usage: sumOfUsage(usages), now: now() });

  function add(nodes: readonly NodeAccount[]): void {
    for (const node of nodes) tally.add(node);
    record.add(nodes);
  }
}

/** -1 if no batch has begun. Of a wave that has, one look is enough; of one that has not, all its batches are read. */
async function lastWaveAtWork(store: Store, plan: Plan): Promise<number> {
  for (const { waveIndex, batchIds } of plan.waves.toReversed()) {
    for await (const batch of newestBatches(store, plan, batchIds)) if (batch.turn > 0) return waveIndex;
  }
  return -1;
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
  summary: RunSummary,
  audience: Audience,
  dependencies: TellingDependencies,
): Promise<void> {
  const { store, config } = dependencies;
  const { runId, policy, status, startedAt } = summary;
  if (isWorthTelling(summary)) {
    const message = digestOf(summary, audience.language, `s3://${config.bucket}/${keys.record(runId)}`);
    const about = { policy, id: runId, entry: `run-${status.toLowerCase()}`, chat: audience.chat };
    await tell(message, about, dependencies);
  }
  await store.put(keys.told(runId), { status, startedAt });
}
