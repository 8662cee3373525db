/**
 * States: NotifyRunEnded and NotifyRunFailed in the run's execution, NotifyUrgent in a batch's. Invoked by: patch-fleet.
 * Side effects: writes run.json to S3; publishes to SNS.
 * dryRun: run.json is written, nothing is published.
 * Safe to run twice: run.json is overwritten with the same; a message may come twice, if its first publishing was not
 * confirmed, and never not at all.
 */
import { makePublish, type Publish } from '../../shared/aws/topic.ts';
import { runRecordOf } from '../../shared/domain/account.ts';
import type { BatchState } from '../../shared/domain/batch.ts';
import { digestOf, isWorthTelling, type Message, urgentMessage } from '../../shared/domain/digest.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { runIdOf, snapshotIdOf } from '../../shared/domain/run-id.ts';
import type { Turn } from '../../shared/domain/turn.ts';
import { noUsage, sumOfUsage, type Usage } from '../../shared/domain/usage.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { readNewestBatch, readPlan } from '../../shared/lambda/run-store.ts';
import { recordWithoutPlan } from './record-without-plan.ts';
import { type NotifyInput, notifyInput, type RunEnd } from './schema.ts';

type NotifyDependencies = Dependencies & { readonly publish: Publish };

interface Notified {
  readonly status: 'Succeeded' | 'Halted' | 'Failed' | 'Urgent';
  readonly reason: string;
  readonly recordKey: string;
  readonly usage: Usage;
}

export async function run(input: NotifyInput, dependencies: NotifyDependencies): Promise<Notified> {
  return input.kind === 'turn' ? tellUrgent(input, dependencies) : closeRun(input, dependencies);
}

async function closeRun(end: RunEnd, dependencies: NotifyDependencies): Promise<Notified> {
  const { store, config, log } = dependencies;
  const runId = runIdOf(end.execution.name);
  const plan = await ownPlan(end, dependencies);
  const batches = plan ? await newestBatches(plan, dependencies) : [];
  const ending = {
    waveIndex: end.state.wave?.waveIndex ?? null,
    isHalted: end.state.isHalted ?? false,
    reason: end.state.reason ?? null,
    error: end.state.error ? `${end.state.error.Error}: ${causeText(end.state.error.Cause)}` : null,
  };
  const usage = sumOfUsage([end.state.usage ?? noUsage, ...batches.map((batch) => batch.usage)]);
  const record = plan
    ? runRecordOf({ plan, batches, ending, usage, now: dependencies.now() })
    : recordWithoutPlan(end, ending, usage, dependencies.now());
  const recordKey = keys.record(runId);
  await store.put(recordKey, record);
  log('FP_RUN_CLOSED', { runId, status: record.status, nodes: record.nodesInScope });
  if (isWorthTelling(record)) {
    const message = digestOf(record, plan?.settings.language ?? 'en', `s3://${config.bucket}/${recordKey}`);
    await tell(message, { policy: record.policy, runId }, dependencies);
  }
  return { status: record.status, reason: record.reason, recordKey, usage: noUsage };
}

/** An execution's name may come again after 90 days: a plan of another SnapshotId is that of an older run. */
async function ownPlan({ execution }: RunEnd, { store }: Dependencies): Promise<Plan | undefined> {
  const plan = await readPlan(store, runIdOf(execution.name));
  return plan?.settings.snapshotId === snapshotIdOf(execution.id, execution.startTime) ? plan : undefined;
}

async function newestBatches(plan: Plan, { store }: Dependencies): Promise<BatchState[]> {
  const batches: BatchState[] = [];
  for (const batchId of plan.waves.flatMap((wave) => wave.batchIds)) {
    batches.push(await readNewestBatch(store, plan.settings, batchId));
  }
  return batches;
}

async function tellUrgent(turn: Turn, dependencies: NotifyDependencies): Promise<Notified> {
  const plan = await readPlan(dependencies.store, turn.runId);
  const policy = plan?.settings.policy ?? 'unknown';
  const message = urgentMessage(
    { policy, runId: turn.runId, language: plan?.settings.language ?? 'en' },
    turn.urgent,
  );
  await tell(message, { policy, runId: turn.runId }, dependencies);
  return { status: 'Urgent', reason: message.subject, recordKey: keys.record(turn.runId), usage: noUsage };
}

/** Whatever needs a hand goes to the alerts' topic, a good end to the reports'. */
async function tell(
  message: Message,
  run: { readonly policy: string; readonly runId: string },
  { config, publish, log }: NotifyDependencies,
): Promise<void> {
  const topicArn = message.severity === 'info' ? config.reportsTopicArn : config.alertsTopicArn;
  const attributes = { severity: message.severity, policy: run.policy, kind: message.kind, runId: run.runId };
  await publish(topicArn, { subject: message.subject, text: message.text, attributes });
  log('FP_ALERT_PUBLISHED', { runId: run.runId, kind: message.kind, severity: message.severity });
}

/** A Lambda's Cause is JSON with a trace; people need its message. */
function causeText(cause: string | undefined): string {
  if (!cause) return 'no cause given';
  const found = /"errorMessage":"((?:[^"\\]|\\.)*)"/.exec(cause)?.[1];
  return found ? JSON.parse(`"${found}"`) : cause;
}

export const handler = makeHandler({
  name: 'notify',
  input: notifyInput,
  run,
  own: (count) => ({ publish: makePublish(count) }),
});
