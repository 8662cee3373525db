/**
 * States: NotifyRunEnded and NotifyRunFailed in the run's execution, NotifyUrgent in a batch's. Invoked by: patch-fleet.
 * Side effects: writes run.json, summary.json and told.json to S3; gives the run's nodes back to other runs; publishes to
 * SNS.
 * dryRun: run.json is written, nothing is published.
 * Safe to run twice: run.json is overwritten with the same, and what is released stays so; a message may come twice, if its first publishing was not
 * confirmed, and never not at all.
 */
import { makePublish } from '../../shared/aws/topic.ts';
import { urgentMessage } from '../../shared/domain/digest.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { runIdOf, snapshotIdOf } from '../../shared/domain/run-id.ts';
import type { Turn } from '../../shared/domain/turn.ts';
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import { audienceOf, tellRunEnded, writeRecord } from '../../shared/lambda/close-run.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { endedRunOf, releaseLocks } from '../../shared/lambda/release-locks.ts';
import { readPlan } from '../../shared/lambda/run-store.ts';
import { type TellingDependencies, tell } from '../../shared/lambda/tell.ts';
import { type NotifyInput, notifyInput, type RunEnd } from './schema.ts';

interface Notified {
  readonly status: 'Succeeded' | 'Halted' | 'Failed' | 'Urgent';
  readonly reason: string;
  readonly recordKey: string;
  readonly usage: Usage;
}

export async function run(input: NotifyInput, dependencies: TellingDependencies): Promise<Notified> {
  return input.kind === 'turn' ? tellUrgent(input, dependencies) : closeRun(input, dependencies);
}

async function closeRun(end: RunEnd, dependencies: TellingDependencies): Promise<Notified> {
  const { execution, state } = end;
  const ending = {
    waveIndex: state.wave?.waveIndex ?? null,
    isHalted: state.isHalted ?? false,
    reason: state.reason ?? null,
    error: state.error ? `${state.error.Error}: ${causeText(state.error.Cause)}` : null,
  };
  const plan = await ownPlan(end, dependencies);
  const { request, usage = noUsage } = state;
  const summary = await writeRecord({ execution, plan, request, ending, usage }, dependencies);
  await releaseLocks(endedRunOf(summary, plan), dependencies);
  await tellRunEnded(summary, audienceOf(plan), dependencies);
  const recordKey = keys.record(runIdOf(execution.name));
  return { status: summary.status, reason: summary.reason, recordKey, usage: noUsage };
}

/** An execution's name may come again after 90 days: a plan of another SnapshotId is that of an older run. */
async function ownPlan({ execution }: RunEnd, { store }: TellingDependencies): Promise<Plan | undefined> {
  const plan = await readPlan(store, runIdOf(execution.name));
  return plan?.settings.snapshotId === snapshotIdOf(execution.id, execution.startTime) ? plan : undefined;
}

async function tellUrgent(turn: Turn, dependencies: TellingDependencies): Promise<Notified> {
  const { runId, urgent } = turn;
  const plan = await readPlan(dependencies.store, runId);
  const policy = plan?.settings.policy ?? 'unknown';
  const { language, chat } = audienceOf(plan);
  const message = urgentMessage({ policy, runId, language }, urgent);
  await tell(message, { policy, id: runId, entry: 'urgent', chat }, dependencies);
  return { status: 'Urgent', reason: message.subject, recordKey: keys.record(runId), usage: noUsage };
}

/** A Lambda's Cause is JSON with a trace; people need its message. */
function causeText(cause: string | undefined): string {
  if (!cause) return 'no cause given';
  const found = /"errorMessage":("(?:[^"\\]|\\.)*")/.exec(cause)?.[1];
  return (found && textOf(found)) || cause;
}

/** Undefined for what only looks like JSON: a cause may be cut off, or be anybody's text. */
function textOf(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined;
  }
}

export const handler = makeHandler({
  name: 'notify',
  input: notifyInput,
  run,
  own: (count) => ({ publish: makePublish(count) }),
});
