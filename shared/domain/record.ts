import type { BatchState, NodeState, RunSettings, StepRecord } from './batch.ts';
import { excerpt } from './excerpt.ts';
import type { StepStatus } from './step.ts';
import type { Answers, Cancel, OpenCommand, PingAnswer } from './turn.ts';

/** The nodes and open commands of a batch after its answers, and the commands to be cancelled for lost nodes. */
export interface Recorded {
  readonly nodes: readonly NodeState[];
  readonly open: readonly OpenCommand[];
  readonly cancels: readonly Cancel[];
}

/** What an answer says of one node's step. */
interface Ended {
  readonly status: StepStatus;
  readonly endedAt: number;
  readonly detail?: string | undefined;
}

/**
 * Writes down what the fleet said. An answer about a step that has ended already, or that never was, changes nothing:
 * pages repeat, and a command that we gave up may still report.
 */
export function record(
  state: BatchState,
  heard: { readonly answers: Answers; readonly open: readonly OpenCommand[] },
  now: number,
): Recorded {
  const { answers } = heard;
  const taken = takenCommands(answers);
  const ended = endedSteps(answers, now);
  const counts = new Map(answers.patchStates.map((patchState) => [patchState.nodeId, patchState.counts]));
  const pings = new Map(answers.pings.map((ping) => [ping.nodeId, ping]));
  const late = lateSteps(answers);
  const awaited = new Set(
    heard.open.flatMap((command) => command.awaiting.map((nodeId) => `${command.sequence} ${nodeId}`)),
  );
  const lost: { commandId: string; nodeId: string }[] = [];
  const nodes = state.nodes.map((node) => {
    const last = node.steps.at(-1);
    if (!last || last.status !== null || node.outcome !== null) return node;
    const key = `${last.sequence} ${node.nodeId}`;
    // Never sent: the node is where it was before this step, and what follows is decided by the time that is left now.
    if (late.has(key)) return { ...node, steps: node.steps.slice(0, -1) };
    const carried = { ...last, ...taken.get(key) };
    const end =
      ended.get(key) ??
      givenUp(carried, pings.get(node.nodeId), { settings: state.settings, now }) ??
      (awaited.has(key) ? undefined : forgotten(now));
    if (end?.status === 'ConnectionLost' && carried.commandId) {
      lost.push({ commandId: carried.commandId, nodeId: node.nodeId });
    }
    const step: StepRecord = end ? { ...carried, ...withDetail(end) } : carried;
    return {
      ...node,
      after: end ? (counts.get(node.nodeId) ?? node.after) : node.after,
      steps: [...node.steps.slice(0, -1), step],
    };
  });
  return { nodes, open: stillOpen(heard.open, nodes), cancels: cancelsFor(lost) };
}

/** A step starts when SSM takes its command: until then it has cost the node nothing. */
function takenCommands(answers: Answers): Map<string, Pick<StepRecord, 'commandId' | 'startedAt'>> {
  return new Map(
    answers.sent.flatMap((sent) =>
      sent.commands.flatMap(({ commandId, sentAt, nodeIds }) =>
        nodeIds.map((nodeId) => [`${sent.sequence} ${nodeId}`, { commandId, startedAt: sentAt }] as const),
      ),
    ),
  );
}

function lateSteps(answers: Answers): ReadonlySet<string> {
  return new Set(
    answers.sent.flatMap(({ sequence, late = [] }) => late.map((nodeId) => `${sequence} ${nodeId}`)),
  );
}

function endedSteps(answers: Answers, now: number): Map<string, Ended> {
  const refused = answers.sent.flatMap((sent) =>
    sent.refused.map(({ nodeId, reason }): [string, Ended] => [
      `${sent.sequence} ${nodeId}`,
      { status: 'Refused', endedAt: now, detail: excerpt(reason) },
    ]),
  );
  const answered = answers.invocations.map((answer): [string, Ended] => [
    `${answer.sequence} ${answer.nodeId}`,
    { status: answer.status, endedAt: answer.endedAt, detail: answer.detail },
  ]);
  return new Map([...refused, ...answered]);
}

/** A node that has not pinged for too long will not answer: SSM would wait for it until the command expires. */
function givenUp(
  step: StepRecord,
  ping: PingAnswer | undefined,
  at: { readonly settings: RunSettings; readonly now: number },
): Ended | undefined {
  // A hook's own timeout is as short, and a pre-hook given up here might still succeed, and be owed its post-hook.
  const isLong = step.step === 'patch' || step.step === 'verify';
  if (!ping || ping.isOnline || !isLong) return undefined;
  const silentSince = Math.max(ping.lastPingAt, step.startedAt);
  const givenUpAt = silentSince + at.settings.patch.connectionLostSeconds * 1000;
  if (at.now < givenUpAt) return undefined;
  return {
    status: 'ConnectionLost',
    endedAt: givenUpAt,
    detail:
      ping.lastPingAt > 0
        ? `no ping since ${new Date(ping.lastPingAt).toISOString()}`
        : 'SSM does not list it',
  };
}

/** A step that no open command waits for would keep its node in flight for ever. It should not be: it is not hidden. */
function forgotten(now: number): Ended {
  return { status: 'NoRecord', endedAt: now, detail: 'no command of this step is open' };
}

function withDetail(end: Ended): Pick<StepRecord, 'status' | 'endedAt' | 'detail'> {
  const fact = { status: end.status, endedAt: end.endedAt };
  return end.detail ? { ...fact, detail: end.detail } : fact;
}

/** Answers of nodes that we gave up are awaited no more; a command without anybody to wait for is closed. */
function stillOpen(open: readonly OpenCommand[], nodes: readonly NodeState[]): OpenCommand[] {
  const underWay = new Set(
    nodes.flatMap((node) => {
      const last = node.steps.at(-1);
      return last && last.status === null ? [`${last.sequence} ${node.nodeId}`] : [];
    }),
  );
  return open
    .map((command) => {
      const awaiting = command.awaiting.filter((nodeId) => underWay.has(`${command.sequence} ${nodeId}`));
      // SSM's count of ended nodes does not hold those that we gave up.
      return {
        ...command,
        awaiting,
        accepted: command.accepted - (command.awaiting.length - awaiting.length),
      };
    })
    .filter((command) => command.awaiting.length > 0);
}

function cancelsFor(lost: readonly { readonly commandId: string; readonly nodeId: string }[]): Cancel[] {
  const byCommand = new Map<string, string[]>();
  for (const { commandId, nodeId } of lost)
    byCommand.set(commandId, [...(byCommand.get(commandId) ?? []), nodeId]);
  return [...byCommand].map(([commandId, nodeIds]) => ({ commandId, nodeIds }));
}
