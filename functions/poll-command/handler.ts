/**
 * State: PollCommand, in a batch's execution. Invoked by: patch-fleet.
 * Side effects: none; reads commands page by page, invocations of what moved, patch states and pings.
 * dryRun: never comes here.
 * Safe to run twice: it only reads, and what it reads twice is recorded once.
 */
import { pingsOf } from '../../shared/aws/managed-nodes.ts';
import { listCommands } from '../../shared/aws/run-command.ts';
import { answersPerTurn, type CompletedCounts, overdueNodes } from '../../shared/domain/poll.ts';
import type { Turn } from '../../shared/domain/turn.ts';
import { passCost } from '../../shared/domain/usage.ts';
import { quietWaitSeconds } from '../../shared/domain/wait.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { readAnswers } from './read-answers.ts';
import { pollCommandInput } from './schema.ts';

/** Polls that may find nothing before the batch is looked at all the same: its history must not grow unseen. */
const quietPollsAtMost = 30;

/**
 * Milliseconds from its start in which a poll asks after nodes. The function has 120 s, and what it has read would be lost
 * with it. Whoever is found gone is given up, so the next asking gets further.
 */
const pingsFor = 60_000;

export async function run(turn: Turn, dependencies: Dependencies): Promise<Turn> {
  const ssm = dependencies.ssmFor(turn.scope);
  const now = dependencies.now();
  const answers = await readAnswers(turn, await completedCounts(turn, dependencies), dependencies);
  const overdue = overdueNodes(answers.open, turn.pingedAt, now);
  const isOver = () => dependencies.now() > now + pingsFor;
  const pings = overdue.length > 0 ? await pingsOf(ssm, overdue, isOver) : [];
  const lost = pings.filter((ping) => !ping.isOnline).slice(0, answersPerTurn);
  const quietPolls = turn.quietPolls + 1;
  const hasRefused = turn.answers.sent.some(({ refused, late = [] }) => refused.length + late.length > 0);
  const hasNews = answers.invocations.length + lost.length > 0 || hasRefused || turn.hasMoreToStart;
  const { log } = dependencies;
  log('FP_FLEET_POLLED', { runId: turn.runId, batchId: turn.batchId, answers: answers.invocations.length });
  return {
    ...turn,
    next: hasNews || turn.open.length === 0 || quietPolls >= quietPollsAtMost ? 'evaluate' : 'wait',
    waitSeconds: quietWaitSeconds(turn.pollSeconds, quietPolls),
    quietPolls,
    open: [...answers.open],
    pingedAt: overdue.length > 0 ? now : turn.pingedAt,
    answers: {
      sent: turn.answers.sent,
      invocations: [...turn.answers.invocations, ...answers.invocations],
      patchStates: [...turn.answers.patchStates, ...answers.patchStates],
      pings: lost.map(({ nodeId, isOnline, lastPingAt }) => ({ nodeId, isOnline, lastPingAt })),
    },
    events: turn.events + passCost.poll.events,
    usage: { ...turn.usage, stateTransitions: turn.usage.stateTransitions + passCost.poll.transitions },
  };
}

/** SSM's count of ended nodes for each of our commands that still executes: fifty commands a call. */
async function completedCounts(turn: Turn, dependencies: Dependencies): Promise<CompletedCounts> {
  const ssm = dependencies.ssmFor(turn.scope);
  const awaited = new Set(turn.open.map((command) => command.commandId));
  const counts = new Map<string, number>();
  if (awaited.size === 0) return counts;
  const invokedAfter = Math.min(...turn.open.map((command) => command.sentAt)) - 60_000;
  for await (const page of listCommands(ssm, { invokedAfter, executing: true })) {
    for (const command of page)
      if (awaited.has(command.commandId)) counts.set(command.commandId, command.completed);
    if (counts.size === awaited.size) break;
  }
  return counts;
}

export const handler = makeHandler({ name: 'poll-command', input: pollCommandInput, run, own: () => ({}) });
