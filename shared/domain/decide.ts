import { type BatchState, deadlineOf, isInFlight, type NodeState, type StepRecord } from './batch.ts';
import { commandsFor, type DueStep } from './command.ts';
import { endingOf, nextStep, owesPostHook } from './node-life.ts';
import { classOf } from './outcome.ts';
import { record } from './record.ts';
import type { Step } from './step.ts';
import type { Answers, Cancel, OpenCommand, Send, Urgent } from './turn.ts';
import { passCost, sumOfUsage, type Usage } from './usage.ts';
import { waitSecondsFor } from './wait.ts';

/** New nodes that one turn may start: with 50 ids a command, so many commands stay far below the payload's limit. */
const startsPerTurn = 500;

/**
 * Step Functions ends an execution at 25,000 events. A batch that is alone in its wave hands over early: that keeps
 * histories readable. One of several would then wait for the others with nodes in flight: it first goes on, then
 * starts no more nodes, and hands over when none is in flight, or when it must.
 */
const leg = { alone: 4_000, shared: 16_000, atMost: 21_000 } as const;

/** Pause after an urgent message of a batch, doubled with each: the tenth node that is lost needs no message of its own. */
const firstUrgentPause = 5 * 60_000;
const longestUrgentPause = 4 * 3_600_000;

/** Entries of one urgent message. All of them are in run.json, and the digest tells of them again. */
const urgentPerMessage = 25;

/** What a turn of a batch has heard since the one before. */
export interface Heard {
  readonly answers: Answers;
  readonly open: readonly OpenCommand[];
  /** Errors of the wave's other batches. */
  readonly errorsElsewhere: number;
  /** History events, and everything else that it has cost, since the last decision. */
  readonly events: number;
  readonly usage: Usage;
}

export interface Decision {
  readonly state: BatchState;
  readonly sends: readonly Send[];
  readonly cancels: readonly Cancel[];
  readonly urgent: readonly Urgent[];
  /** True while nodes wait for which there is room, but was none in this turn. */
  readonly hasMoreToStart: boolean;
  readonly waitSeconds: number;
}

/** The next action of a batch: a pure function of its state, of the answers that came in, and of `now` (ms). */
export function decide(state: BatchState, heard: Heard, now: number): Decision {
  const recorded = record(state, heard, now);
  const legEvents = state.legEvents + heard.events;
  const usage = sumOfUsage([
    state.usage,
    { ...heard.usage, historyEventsMax: legEvents + passCost.evaluate.events + passCost.execution.events },
  ]);
  const known = {
    ...state,
    turn: state.turn + 1,
    legEvents,
    usage,
    open: [...recorded.open],
    nodes: [...recorded.nodes],
  };
  // What is to be cancelled is known in this turn alone, so it goes first.
  if (isLegOver(known) && recorded.cancels.length === 0) {
    return {
      state: { ...known, status: 'handedOver', legEvents: 0 },
      sends: [],
      cancels: [],
      urgent: [],
      hasMoreToStart: false,
      waitSeconds: 0,
    };
  }
  const advanced = advance(known, now);
  const halt = state.halt ?? haltReason(known, advanced.nodes, heard.errorsElsewhere);
  const started = start({ ...known, halt, nodes: [...advanced.nodes] }, now);
  const mayStart = halt === null && !isDraining(known);
  const sends = commandsFor([...advanced.due, ...started.due], state);
  const nodes = withSequences(started.nodes, sends);
  const haveAllEnded = nodes.every((node) => node.outcome !== null);
  const urgentPending = [...state.urgentPending, ...urgentOf(state, nodes, halt)];
  const isPauseOver = state.urgentSentAt === null || now - state.urgentSentAt >= urgentPause(state);
  // A batch's last turn keeps nothing back: the run's digest may be hours away.
  const urgent = isPauseOver || haveAllEnded ? urgentPending : [];
  // Alerts and cancels go out before the batch ends, and nothing goes out after it.
  const isDone = haveAllEnded && urgent.length === 0 && recorded.cancels.length === 0;
  return {
    state: {
      ...known,
      status: isDone ? 'done' : 'running',
      halt,
      nodes,
      nextSequence: state.nextSequence + sends.length,
      urgentPending: urgent.length > 0 ? [] : urgentPending,
      urgentSentAt: urgent.length > 0 ? now : state.urgentSentAt,
      urgentMessages: state.urgentMessages + (urgent.length > 0 ? 1 : 0),
    },
    sends,
    cancels: recorded.cancels,
    urgent: shortened(urgent),
    hasMoreToStart: mayStart && hasRoom(state, nodes),
    waitSeconds: waitSecondsFor({ open: recorded.open, sends, pollSeconds: state.pollSeconds, now }),
  };
}

/** The payload has a limit, and so has the patience of a person who is woken. */
function shortened(urgent: readonly Urgent[]): readonly Urgent[] {
  const rest = urgent.length - urgentPerMessage;
  if (rest <= 0) return urgent;
  return [
    ...urgent.slice(0, urgentPerMessage),
    { nodeId: null, what: `${rest} more`, reason: 'see run.json' },
  ];
}

function isDraining(state: BatchState): boolean {
  return state.sharesBudget && state.legEvents >= leg.shared;
}

function isLegOver(state: BatchState): boolean {
  if (!state.sharesBudget) return state.legEvents >= leg.alone;
  return state.legEvents >= leg.atMost || (isDraining(state) && !state.nodes.some(isInFlight));
}

function urgentPause(state: BatchState): number {
  return Math.min(longestUrgentPause, firstUrgentPause * 2 ** Math.max(0, state.urgentMessages - 1));
}

function hasRoom(state: BatchState, nodes: readonly NodeState[]): boolean {
  const isWaiting = nodes.some((node) => node.outcome === null && node.steps.length === 0);
  return isWaiting && nodes.filter(isInFlight).length < state.concurrency;
}

interface Moved {
  readonly nodes: readonly NodeState[];
  readonly due: readonly DueStep[];
}

/** Each node whose step has ended goes on by itself: to its next step, or to its outcome. */
function advance(state: BatchState, now: number): Moved {
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
function start(state: BatchState, now: number): Moved {
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
  const secondsLeft = (deadlineOf(state.settings) - now) / 1000;
  if (secondsLeft < state.settings.cutoffSeconds) return 'window closing: past its cutoff';
  return secondsLeft < node.expected.total ? 'window closing: the node would not have finished' : null;
}

function haltReason(state: BatchState, nodes: readonly NodeState[], errorsElsewhere: number): string | null {
  const errors =
    nodes.filter((node) => node.outcome !== null && classOf(node.outcome) === 'error').length +
    errorsElsewhere;
  return errors > state.maxErrors
    ? `error budget spent: ${errors} errors in wave ${state.waveIndex + 1}, ${state.maxErrors} allowed`
    : null;
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

/** The steps just begun learn the number of the command that carries them. */
function withSequences(nodes: readonly NodeState[], sends: readonly Send[]): NodeState[] {
  const sequences = new Map(sends.flatMap((send) => send.nodeIds.map((nodeId) => [nodeId, send.sequence])));
  return nodes.map((node) => {
    const sequence = sequences.get(node.nodeId);
    const last = node.steps.at(-1);
    if (sequence === undefined || !last) return node;
    return { ...node, steps: [...node.steps.slice(0, -1), { ...last, sequence }] };
  });
}

/** What a person must hear of at once: a halt, a node that did not come back, a service that may still be down. */
function urgentOf(before: BatchState, nodes: readonly NodeState[], halt: string | null): Urgent[] {
  const halted: Urgent[] =
    halt !== null && before.halt === null ? [{ nodeId: null, what: 'Halted', reason: halt }] : [];
  const ended = nodes.flatMap((node, index): Urgent[] => {
    const isNew = before.nodes[index]?.outcome === null;
    const needsHand =
      node.outcome === 'LostAfterReboot' || node.outcome === 'PostHookFailed' || owesPostHook(node);
    return isNew && needsHand && node.outcome !== null
      ? [{ nodeId: node.nodeId, what: node.outcome, reason: node.reason }]
      : [];
  });
  return [...halted, ...ended];
}
