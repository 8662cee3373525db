/**
 * No state calls it: EventBridge does, when an execution of patch-fleet has ended FAILED, TIMED_OUT or ABORTED.
 * Side effects: ssm:CancelCommand for what the run still has at work; writes run.json, summary.json and told.json; gives
 * the run's nodes back to other runs; publishes to SNS.
 * dryRun: a dry run has nothing at work and is not told of.
 * Safe to run twice: what was told is noted, and then nothing but the locks is looked at; a run that notify has closed is only told of,
 * if notify could not.
 */
import * as z from 'zod';
import { makePublish } from '../../shared/aws/topic.ts';
import { type RunSummary, runSummarySchema } from '../../shared/domain/account.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { isSameStart, runIdOf } from '../../shared/domain/run-id.ts';
import { type AtWork, stragglerMilliseconds } from '../../shared/domain/still-at-work.ts';
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import { audienceOf, tellRunEnded, writeRecord } from '../../shared/lambda/close-run.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { endedRunOf, releaseLocks } from '../../shared/lambda/release-locks.ts';
import { readPlan } from '../../shared/lambda/run-store.ts';
import type { TellingDependencies } from '../../shared/lambda/tell.ts';
import { type CloseRunInput, closeRunInput } from './schema.ts';
import { nodesOf, type Stopped, stopCommands } from './stop-commands.ts';

interface Closed {
  readonly status: RunSummary['status'] | 'AlreadyClosed';
  readonly usage: Usage;
}

export async function run(input: CloseRunInput, dependencies: TellingDependencies): Promise<Closed> {
  const { store, log } = dependencies;
  const runId = runIdOf(input.name);
  const plan = await readPlan(store, runId);
  const ownPlan = plan && isSameStart(plan.settings.startedAt, input.startDate) ? plan : undefined;
  const written = await store.get(keys.summary(runId));
  // A summary of another version is made anew, from what it was made of: people are told of this run all the same.
  const { data: earlier } = runSummarySchema.safeParse(isLeftByThisRun(written, input) ? written : undefined);
  if (isLeftByThisRun(await store.get(keys.told(runId)), input)) {
    log('FP_RUN_ALREADY_CLOSED', { runId });
    if (earlier) await release({ summary: earlier, plan: ownPlan }, dependencies);
    return { status: 'AlreadyClosed', usage: noUsage };
  }
  const closed = earlier ? { summary: earlier } : await close(input, ownPlan, dependencies);
  await release({ ...closed, plan: ownPlan }, dependencies);
  await tellRunEnded(closed.summary, audienceOf(ownPlan), dependencies);
  return { status: closed.summary.status, usage: noUsage };
}

/**
 * What SSM did not list any more at the second look is no longer worked on. Notify may have released before: then
 * nothing changes, and where it could not, this is the second attempt.
 */
async function release(
  run: { readonly summary: RunSummary; readonly plan: Plan | undefined; readonly last?: Stopped },
  dependencies: TellingDependencies,
): Promise<void> {
  const { summary, plan, last } = run;
  const ended = endedRunOf(summary, plan);
  const asked = new Set(ended.atWork.map(({ nodeId }) => nodeId));
  const executing = last ? await nodesOf(last, asked, dependencies) : new Set<string>();
  const isStillSeen = ({ nodeId, place }: AtWork) =>
    last === undefined || executing.has(nodeId) || last.unseen.has(keys.locks(place));
  await releaseLocks({ ...ended, atWork: ended.atWork.filter(isStillSeen) }, dependencies);
}

const startedSchema = z.looseObject({ startedAt: z.iso.datetime() });

/** An execution's name may come again after 90 days, and an older run of that name has left the same objects. */
function isLeftByThisRun(left: unknown, input: CloseRunInput): boolean {
  const { data } = startedSchema.safeParse(left);
  return data !== undefined && isSameStart(Date.parse(data.startedAt), input.startDate);
}

/** Nobody has closed it: the execution was stopped, ran out of time, or lost its last state too. */
async function close(
  input: CloseRunInput,
  plan: Plan | undefined,
  dependencies: TellingDependencies,
): Promise<{ readonly summary: RunSummary; readonly last?: Stopped }> {
  const { executionArn, name, startDate } = input;
  const last = plan && !plan.dryRun ? await stop(plan, dependencies) : undefined;
  const why = [input.error, input.cause].filter(Boolean).join(': ') || 'no cause given';
  const error = `the execution ended ${input.status}: ${why}`;
  const ending = { waveIndex: null, isHalted: false, reason: null, error };
  const execution = { id: executionArn, name, startTime: new Date(startDate).toISOString() };
  const run = { execution, plan, request: requestOf(input), ending, usage: noUsage };
  return { summary: await writeRecord(run, dependencies), ...(last ? { last } : {}) };
}

/** It only says for whom the run was: what cannot be read must not keep people from being told. */
function requestOf({ input }: CloseRunInput): unknown {
  try {
    return JSON.parse(input ?? 'null');
  } catch {
    return undefined;
  }
}

/** Twice: what a function sends that was invoked just before the end, SSM lists later. Answers the second look. */
async function stop(plan: Plan, dependencies: TellingDependencies): Promise<Stopped> {
  const { stopped: first } = await stopCommands(plan, dependencies);
  await dependencies.sleep(stragglerMilliseconds);
  const last = await stopCommands(plan, dependencies);
  dependencies.log('FP_COMMANDS_STOPPED', {
    runId: plan.settings.runId,
    first,
    stragglers: last.stopped,
  });
  return last;
}

export const handler = makeHandler({
  name: 'close-run',
  input: closeRunInput,
  run,
  own: (count) => ({ publish: makePublish(count) }),
});
