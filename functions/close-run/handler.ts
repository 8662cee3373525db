/**
 * No state calls it: EventBridge does, when an execution of patch-fleet has ended FAILED, TIMED_OUT or ABORTED.
 * Side effects: ssm:CancelCommand for what the run still has at work; writes run.json, summary.json and told.json; publishes to SNS.
 * dryRun: a dry run has nothing at work and is not told of.
 * Safe to run twice: what was told is noted, and then nothing is done; a run that notify has closed is only told of,
 * if notify could not.
 */
import * as z from 'zod';
import { makePublish } from '../../shared/aws/topic.ts';
import { type RunSummary, runSummarySchema } from '../../shared/domain/account.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { runIdOf } from '../../shared/domain/run-id.ts';
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import { audienceOf, tellRunEnded, writeRecord } from '../../shared/lambda/close-run.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { readPlan } from '../../shared/lambda/run-store.ts';
import type { TellingDependencies } from '../../shared/lambda/tell.ts';
import { type CloseRunInput, closeRunInput } from './schema.ts';
import { stopCommands } from './stop-commands.ts';

/** A function that was invoked just before the end may send for two minutes more, and SSM lists what it sent later. */
const stragglerMilliseconds = 130_000;

/** EventBridge and Step Functions write the same start with other fractions of a second. */
const startTolerance = 60_000;

interface Closed {
  readonly status: RunSummary['status'] | 'AlreadyClosed';
  readonly usage: Usage;
}

export async function run(input: CloseRunInput, dependencies: TellingDependencies): Promise<Closed> {
  const { store, log } = dependencies;
  const runId = runIdOf(input.name);
  const plan = await readPlan(store, runId);
  const ownPlan = plan && isOfThisRun(plan.settings.startedAt, input) ? plan : undefined;
  if (isLeftByThisRun(await store.get(keys.told(runId)), input)) {
    log('FP_RUN_ALREADY_CLOSED', { runId });
    return { status: 'AlreadyClosed', usage: noUsage };
  }
  const written = await store.get(keys.summary(runId));
  // A summary of another version is made anew, from what it was made of: people are told of this run all the same.
  const { data: earlier } = runSummarySchema.safeParse(isLeftByThisRun(written, input) ? written : undefined);
  const summary = earlier ?? (await close(input, ownPlan, dependencies));
  await tellRunEnded(summary, audienceOf(ownPlan), dependencies);
  return { status: summary.status, usage: noUsage };
}

const startedSchema = z.looseObject({ startedAt: z.iso.datetime() });

/** An execution's name may come again after 90 days, and an older run of that name has left the same objects. */
function isLeftByThisRun(left: unknown, input: CloseRunInput): boolean {
  const { data } = startedSchema.safeParse(left);
  return data !== undefined && isOfThisRun(Date.parse(data.startedAt), input);
}

function isOfThisRun(startedAt: number, { startDate }: CloseRunInput): boolean {
  return Math.abs(startedAt - startDate) < startTolerance;
}

/** Nobody has closed it: the execution was stopped, ran out of time, or lost its last state too. */
async function close(
  input: CloseRunInput,
  plan: Plan | undefined,
  dependencies: TellingDependencies,
): Promise<RunSummary> {
  const { executionArn, name, startDate } = input;
  if (plan && !plan.dryRun) await stop(plan, dependencies);
  const why = [input.error, input.cause].filter(Boolean).join(': ') || 'no cause given';
  const error = `the execution ended ${input.status}: ${why}`;
  const ending = { waveIndex: null, isHalted: false, reason: null, error };
  const execution = { id: executionArn, name, startTime: new Date(startDate).toISOString() };
  return writeRecord({ execution, plan, request: requestOf(input), ending, usage: noUsage }, dependencies);
}

/** It only says for whom the run was: what cannot be read must not keep people from being told. */
function requestOf({ input }: CloseRunInput): unknown {
  try {
    return JSON.parse(input ?? 'null');
  } catch {
    return undefined;
  }
}

async function stop(plan: Plan, dependencies: TellingDependencies): Promise<void> {
  const first = await stopCommands(plan, dependencies);
  await dependencies.sleep(stragglerMilliseconds);
  const stragglers = await stopCommands(plan, dependencies);
  dependencies.log('FP_COMMANDS_STOPPED', { runId: plan.settings.runId, first, stragglers });
}

export const handler = makeHandler({
  name: 'close-run',
  input: closeRunInput,
  run,
  own: (count) => ({ publish: makePublish(count) }),
});
