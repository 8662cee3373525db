import type { Publish } from '../aws/topic.ts';
import { type Ending, type RunRecord, runRecordOf } from '../domain/account.ts';
import type { BatchState } from '../domain/batch.ts';
import { digestOf, isWorthTelling, type Message } from '../domain/digest.ts';
import { keys } from '../domain/keys.ts';
import type { Plan } from '../domain/plan.ts';
import { runIdOf } from '../domain/run-id.ts';
import type { Execution } from '../domain/run-turn.ts';
import { sumOfUsage, type Usage } from '../domain/usage.ts';
import type { Dependencies } from './dependencies.ts';
import { recordWithoutPlan } from './record-without-plan.ts';
import { readNewestBatch } from './run-store.ts';

/** What telling people needs besides the rest. */
export type TellingDependencies = Dependencies & { readonly publish: Publish };

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

/** Tells how a run ended, if that is worth a message, and notes that it needs no telling any more. */
export async function tellRunEnded(
  record: RunRecord,
  language: 'en' | 'ja',
  dependencies: TellingDependencies,
): Promise<void> {
  const { store, config } = dependencies;
  const { runId, policy, status, startedAt } = record;
  if (isWorthTelling(record)) {
    const message = digestOf(record, language, `s3://${config.bucket}/${keys.record(runId)}`);
    await tell(message, { policy, runId, entry: `run-${status.toLowerCase()}` }, dependencies);
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

/** Whatever needs a hand goes to the alerts' topic, a good end to the reports'. `entry` is a heading of the runbook. */
export async function tell(
  message: Message,
  run: { readonly policy: string; readonly runId: string; readonly entry: string },
  { config, publish, log }: TellingDependencies,
): Promise<void> {
  const topicArn = message.severity === 'info' ? config.reportsTopicArn : config.alertsTopicArn;
  const attributes = { severity: message.severity, policy: run.policy, kind: message.kind, runId: run.runId };
  const text = `${message.text}\n\n${config.runbookUrl}#${run.entry}`;
  await publish(topicArn, { subject: message.subject, text, attributes });
  log('FP_ALERT_PUBLISHED', { runId: run.runId, kind: message.kind, severity: message.severity });
}
