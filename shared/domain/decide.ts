import type { BatchState, NodeState } from './batch.ts';
import { commandsFor } from './command.ts';
import { isDraining, isLegOver } from './leg.ts';
import { advance, hasRoom, start } from './move-nodes.ts';
import { classOf } from './outcome.ts';
import { record } from './record.ts';
import type { Answers, Cancel, OpenCommand, Send, Urgent } from './turn.ts';
import { shortened, urgentOf, urgentPause } from './urgent.ts';
import { passCost, sumOfUsage, type Usage } from './usage.ts';
import { waitSecondsFor } from './wait.ts';

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

function haltReason(state: BatchState, nodes: readonly NodeState[], errorsElsewhere: number): string | null {
  const errors =
    nodes.filter((node) => node.outcome !== null && classOf(node.outcome) === 'error').length +
    errorsElsewhere;
  return errors > state.maxErrors
    ? `error budget spent: ${errors} errors in wave ${state.waveIndex + 1}, ${state.maxErrors} allowed`
    : null;
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
