import { type BatchState, deadlineOf, isInFlight, type NodeState, type StepRecord } from './batch.ts';
import type { DueStep } from './command.ts';
import { lastStartOfNode } from './last-start.ts';
import { isDraining } from './leg.ts';
import { endingOf, nextStep } from './node-life.ts';
import type { Step } from './step.ts';

/** New nodes that one turn may start: with 50 ids a command, so many commands stay far below the payload's limit. */
const startsPerTurn = 500;

/** The nodes after a move, and the steps of theirs that are to be sent. */
export interface Moved {
  readonly nodes: readonly NodeState[];
  readonly due: readonly DueStep[];
}

/** Each node whose step has ended goes on by itself: to its next step, or to its outcome. */
export function advance(state: BatchState, now: number): Moved {
  const due: DueStep[] = [];
  const nodes = state.nodes.map((node) => {
    if (!isInFlight(node) || node.steps.at(-1)?.status === null) return node;
    const next = nextStep(node, state.settings, now);
    if (next.kind === 'end') return { ...node, ...endingOf(node, state.settings) };
    const patched = next.kind === 'skipPatch' ? withSkippedPatch(node, next.reason, now) : node;
    const moved = withStep(patched, next.kind === 'skipPatch' ? 'postHook' : next.step, now);
    due.push({ node: moved, step: next.kind === 'skipPatch' ? 'postHook' : next.step });
    return moved;
  });
  return { nodes, due };
}

/** Starts nodes while there is room: in flight is a node from its first command to its outcome. */
export function start(state: BatchState, now: number): Moved {
  const due: DueStep[] = [];
  const inFlight = state.nodes.filter(isInFlight).length;
  let room = isDraining(state) ? 0 : Math.min(startsPerTurn, state.concurrency - inFlight);
  const nodes = state.nodes.map((node): NodeState => {
    if (node.outcome !== null || node.steps.length > 0) return node;
    const reason = state.halt ?? tooLateReason(node, state, now);
    if (reason !== null) return { ...node, outcome: 'NotReached', reason };
    if (room <= 0) return node;
    room -= 1;
    const first = nextStep(node, state.settings, now);
    if (first.kind !== 'step') return node;
    const started = withStep(node, first.step, now);
    due.push({ node: started, step: first.step });
    return started;
  });
  return { nodes, due };
}

/** SSM's cutoff does not stop a Step Functions task, so a node that would overrun the window is not started. */
function tooLateReason(node: NodeState, state: BatchState, now: number): string | null {
  if (now <= lastStartOfNode(node, state.settings)) return null;
  const secondsLeft = (deadlineOf(state.settings) - now) / 1000;
  return secondsLeft < state.settings.cutoffSeconds
    ? 'window closing: past its cutoff'
    : 'window closing: the node would not have finished';
}

/** True while nodes wait for which there would be a place. */
export function hasRoom(state: BatchState, nodes: readonly NodeState[]): boolean {
  const isWaiting = nodes.some((node) => node.outcome === null && node.steps.length === 0);
  return isWaiting && nodes.filter(isInFlight).length < state.concurrency;
}

function withStep(node: NodeState, step: Step, now: number): NodeState {
  const under: StepRecord = {
    step,
    sequence: 0,
    commandId: null,
    status: null,
    startedAt: now,
    endedAt: null,
  };
  return { ...node, steps: [...node.steps, under] };
}

function withSkippedPatch(node: NodeState, detail: string, now: number): NodeState {
  const skipped: StepRecord = {
    step: 'patch',
    sequence: 0,
    commandId: null,
    status: 'Skipped',
    startedAt: now,
    endedAt: now,
    detail,
  };
  return { ...node, steps: [...node.steps, skipped] };
}
