/**
 * State: SendCommand, in a batch's execution. Invoked by: patch-fleet.
 * Side effects: ssm:SendCommand for the hook document and AWS-RunPatchBaseline, ssm:CancelCommand for lost nodes.
 * dryRun: never comes here.
 * What is too late by then is not sent, and decided about anew: an attempt may come an hour after the decision.
 * Safe to run twice: a retry first looks for each command by its comment, and adopts what is found. SSM's listing
 * lags, so the state machine retries this state only after the lag; for hooks the document itself is idempotent.
 */
import { cancelCommand, listCommands, type SentCommand } from '../../shared/aws/run-command.ts';
import { openCommandOf } from '../../shared/domain/command.ts';
import type { Cancel, Sent, Turn } from '../../shared/domain/turn.ts';
import { passCost } from '../../shared/domain/usage.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { sendCommandInput } from './schema.ts';
import { sendInCommands } from './send-in-commands.ts';

/**
 * Milliseconds after the decision in which this can only be the first attempt: the definition repeats an attempt that
 * may have sent something after more than two minutes. So soon no listing of SSM's would show it either.
 */
const firstAttemptWithin = 5_000;

/** SSM's clock and ours may differ by so much, in ms. */
const clockTolerance = 120_000;

/** Milliseconds in which calls may begin: the function has 120 s, and the last may wait for its place and its answer. */
const sendsFor = 80_000;

export async function run(turn: Turn, dependencies: Dependencies): Promise<Turn> {
  const until = dependencies.now() + sendsFor;
  const isFirst = dependencies.now() - turn.decidedAt < firstAttemptWithin;
  const earlier = turn.sends.length > 0 && !isFirst ? await earlierCommands(turn, dependencies) : [];
  const sent: Sent[] = [];
  for (const send of turn.sends) {
    sent.push(await sendInCommands(send, { turn, earlier, until, dependencies }));
  }
  for (const cancel of turn.cancels) await cancelIfPossible(turn, cancel, dependencies);
  const opened = turn.sends.flatMap((send, index) =>
    (sent[index]?.commands ?? []).map((command) => openCommandOf(send, command)),
  );
  dependencies.log('FP_COMMANDS_SENT', { runId: turn.runId, batchId: turn.batchId, commands: opened.length });
  return {
    ...turn,
    next: 'wait',
    // Of what was not sent there is nothing to wait for: a post-hook may be owed.
    waitSeconds: sent.some(({ late }) => late) ? 1 : turn.waitSeconds,
    sends: [],
    cancels: [],
    urgent: [],
    open: [...turn.open, ...opened],
    answers: { ...turn.answers, sent: [...turn.answers.sent, ...sent] },
    events: turn.events + passCost.send.events,
    usage: { ...turn.usage, stateTransitions: turn.usage.stateTransitions + passCost.send.transitions },
  };
}

/** What an earlier attempt of this very state may have sent: one page, unless the account is very busy. */
async function earlierCommands(turn: Turn, dependencies: Dependencies): Promise<SentCommand[]> {
  const ssm = dependencies.ssmFor(turn.scope);
  const comments = new Set(turn.sends.map((send) => send.comment));
  const found = new Map<string, SentCommand>();
  const query = { invokedAfter: turn.decidedAt - clockTolerance, executing: false };
  for await (const page of listCommands(ssm, query)) {
    for (const command of page) if (comments.has(command.comment)) found.set(command.commandId, command);
  }
  return [...found.values()];
}

/**
 * Cancelling is best effort, also for SSM. What could not be cancelled is logged, and stops nothing: the commands of
 * other nodes, owed post-hooks among them, must not depend on it.
 */
async function cancelIfPossible(turn: Turn, cancel: Cancel, dependencies: Dependencies): Promise<void> {
  try {
    await cancelCommand(dependencies.ssmFor(turn.scope), cancel);
  } catch (error) {
    const { commandId, nodeIds } = cancel;
    dependencies.log('FP_CANCEL_FAILED', { runId: turn.runId, commandId, nodeIds, error: String(error) });
  }
}

export const handler = makeHandler({ name: 'send-command', input: sendCommandInput, run, own: () => ({}) });
