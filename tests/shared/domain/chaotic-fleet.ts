import { type Random, random } from '../../../local/random.ts';
import type { BatchState } from '../../../shared/domain/batch.ts';
import { openCommandOf } from '../../../shared/domain/command.ts';
import { type Decision, decide } from '../../../shared/domain/decide.ts';
import type { Answers, InvocationAnswer, OpenCommand, Send, Sent } from '../../../shared/domain/turn.ts';
import {
  awaitingReboot,
  compliant,
  heard,
  lacking,
  nodeIdOf,
  runningBatch,
  settingsOf,
  startedAt,
  waitingNode,
} from '../../support/domain-builders.ts';

/** What a fleet is like. Rates are probabilities, for each node and turn. */
export interface Shape {
  readonly seed: number;
  readonly nodes: number;
  readonly concurrency: number;
  readonly maxErrors: number;
  readonly operation: 'Install' | 'Scan';
  readonly verify: boolean;
  /** Minutes until the window closes; null for a run without one. */
  readonly windowMinutes: number | null;
  /** How often a node answers, how often it fails, and how much is said that nobody asked for. */
  readonly answerRate: number;
  readonly failureRate: number;
  readonly noiseRate: number;
}

/** One turn: the batch before it, what it decided, and when (ms). */
export interface Turn {
  readonly before: BatchState;
  readonly decision: Decision;
  readonly now: number;
}

export interface Story {
  readonly turns: readonly Turn[];
  readonly end: BatchState;
  /** What SSM took: a command that was held back until it was too late for it was not sent. */
  readonly sends: readonly Send[];
  readonly late: readonly Send[];
  /** `sequence nodeId status` of every answer that a node really gave. */
  readonly said: ReadonlySet<string>;
}

/** After so many turns nothing is silent any more: every node that is asked answers in the next turn. */
const chaoticTurns = 40;

/** Plays a batch to its end. Throws if it does not come to one though all of its commands end. */
export function play(shape: Shape): Story {
  const dice = random('chaotic-fleet', shape.seed);
  const turns: Turn[] = [];
  const said = new Set<string>();
  const past: InvocationAnswer[] = [];
  const late: Send[] = [];
  let state = batchOf(shape);
  let open: readonly OpenCommand[] = [];
  let sent: readonly Sent[] = [];
  let now = startedAt;
  while (state.status !== 'done') {
    if (turns.length > chaoticTurns + shape.nodes * 8) throw new Error('the batch does not come to its end');
    const isFresh = state.status === 'handedOver' || turns.length === 0;
    const genuine = isFresh
      ? []
      : genuineAnswers({ state, shape, dice, now, isOver: turns.length > chaoticTurns });
    for (const answer of genuine) said.add(`${answer.sequence} ${answer.nodeId} ${answer.status}`);
    const answers = isFresh ? {} : withNoise({ genuine, past, sent, shape, dice, now });
    past.push(...genuine);
    const before: BatchState = { ...state, status: 'running' };
    const events = dice.integer(400);
    const decision = decide(before, heard(answers, { open, events }), now);
    turns.push({ before, decision, now });
    state = decision.state;
    const next = now + 1000 * (15 + dice.integer(300));
    sent = decision.sends.map((send) => sentOf(send, dice.chance(0.1) ? next : now, dice));
    late.push(...decision.sends.filter((_send, index) => sent[index]?.late));
    open = [...state.open, ...decision.sends.flatMap((send, index) => openedBy(send, sent[index]))];
    now = next;
  }
  const sends = turns.flatMap((turn) => turn.decision.sends).filter((send) => !late.includes(send));
  return { turns, end: state, sends, late, said };
}

function batchOf(shape: Shape): BatchState {
  const dice = random('chaotic-nodes', shape.seed);
  const settings = settingsOf({
    operation: shape.operation,
    deadline: shape.windowMinutes === null ? null : startedAt + shape.windowMinutes * 60_000,
    cutoffSeconds: shape.windowMinutes === null ? 0 : 600,
  });
  const nodes = Array.from({ length: shape.nodes }, (_, index) => {
    const patch = 60 + dice.integer(3600);
    return waitingNode(index, { expected: { patch, verify: 60, total: patch + 180 } });
  });
  const { concurrency, maxErrors, verify } = shape;
  return runningBatch(nodes, {
    settings: { ...settings, patch: { ...settings.patch, verify } },
    concurrency,
    maxErrors,
  });
}

/** SSM takes a command whole, in two parts, or without a node that it does not accept; and none that is too late. */
function sentOf(send: Send, now: number, dice: Random): Sent {
  if (send.startBy !== null && now > send.startBy) {
    return { sequence: send.sequence, commands: [], refused: [], late: [...send.nodeIds] };
  }
  const refused = send.nodeIds.filter(() => dice.chance(0.02));
  const taken = send.nodeIds.filter((nodeId) => !refused.includes(nodeId));
  const cut = dice.chance(0.2) ? dice.integer(taken.length + 1) : taken.length;
  const parts = [taken.slice(0, cut), taken.slice(cut)].filter((part) => part.length > 0);
  return {
    sequence: send.sequence,
    commands: parts.map((nodeIds, index) => ({
      commandId: `c${send.sequence}-${index}`,
      sentAt: now,
      expiresAt: null,
      nodeIds,
    })),
    refused: refused.map((nodeId) => ({ nodeId, reason: 'InvalidInstanceId: gone' })),
  };
}

function openedBy(send: Send, sent: Sent | undefined): OpenCommand[] {
  return (sent?.commands ?? []).map((command) => openCommandOf(send, command));
}

const failures = ['Failed', 'TimedOut', 'Undelivered', 'Cancelled', 'NoRecord'] as const;

function genuineAnswers(at: {
  readonly state: BatchState;
  readonly shape: Shape;
  readonly dice: Random;
  readonly now: number;
  readonly isOver: boolean;
}): InvocationAnswer[] {
  const { state, shape, dice, now, isOver } = at;
  return state.nodes.flatMap((node): InvocationAnswer[] => {
    const last = node.steps.at(-1);
    if (!last || last.status !== null || !(isOver || dice.chance(shape.answerRate))) return [];
    const status = dice.chance(shape.failureRate) ? dice.pick(failures) : 'Success';
    return [{ sequence: last.sequence, nodeId: node.nodeId, status, endedAt: now }];
  });
}

/** What really was answered, out of order, with old answers again, answers to nothing, and nodes falling silent. */
function withNoise(at: {
  readonly genuine: readonly InvocationAnswer[];
  readonly past: readonly InvocationAnswer[];
  readonly sent: readonly Sent[];
  readonly shape: Shape;
  readonly dice: Random;
  readonly now: number;
}): Answers {
  const { genuine, past, sent, shape, dice, now } = at;
  const noisy = () => dice.chance(shape.noiseRate);
  const stray = {
    sequence: 1_000_000,
    nodeId: nodeIdOf(dice.integer(shape.nodes)),
    status: 'Success',
    endedAt: now,
  } as const;
  const stranger = { sequence: 1, nodeId: nodeIdOf(60_000), status: 'Success', endedAt: now } as const;
  const invocations = [
    ...genuine,
    ...genuine.filter(noisy),
    ...past.filter(noisy).slice(0, 30),
    ...[stray, stranger].filter(noisy),
  ].toSorted(() => dice.next() - 0.5);
  const silent = Array.from({ length: shape.nodes }, (_, index) => nodeIdOf(index)).filter(() =>
    dice.chance(shape.noiseRate / 8),
  );
  return {
    sent: [...sent],
    invocations,
    patchStates: genuine
      .filter(() => dice.chance(0.8))
      .map(({ nodeId }) => ({ nodeId, counts: dice.pick([compliant, lacking, awaitingReboot]) })),
    pings: silent.map((nodeId) => ({ nodeId, isOnline: false, lastPingAt: startedAt })),
  };
}
