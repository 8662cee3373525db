import { type Invocation, listInvocations, listRecentInvocations } from '../../shared/aws/invocations.ts';
import { type PatchState, patchStatesOf } from '../../shared/aws/managed-nodes.ts';
import type { Ssm } from '../../shared/aws/ssm-clients.ts';
import {
  answerOfState,
  answersIn,
  answersPerTurn,
  asManyAsATurnHolds,
  type CompletedCounts,
  isOfSnapshot,
  isOwnOperation,
  movedNodes,
  readingOf,
  waitsForPatchState,
} from '../../shared/domain/poll.ts';
import type { Answers, InvocationAnswer, OpenCommand, Turn } from '../../shared/domain/turn.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';

/** What was read, and the commands with those nodes taken off that have answered. */
export interface Heard extends Pick<Answers, 'invocations' | 'patchStates'> {
  readonly open: readonly OpenCommand[];
}

/** What a poll works with. `now` in ms. */
interface Poll {
  readonly turn: Turn;
  readonly completed: CompletedCounts;
  readonly ssm: Ssm;
  readonly now: number;
}

/**
 * Reads what the commands that moved have to say, in few calls: of a Scan the patch states, fifty nodes a call whatever
 * commands they belong to; of what is young one listing of all; of the rest its invocations. What does not fit into one
 * turn is still there in the next.
 */
export async function readAnswers(
  turn: Turn,
  completed: CompletedCounts,
  dependencies: Dependencies,
): Promise<Heard> {
  const poll = { turn, completed, ssm: dependencies.ssmFor(turn.scope), now: dependencies.now() };
  const moved = asManyAsFit(turn.open, poll);
  const scans = moved.filter((command) => command.readsPatchState === 'Scan');
  const scanned = await ownPatchStates(
    scans.flatMap((command) => command.awaiting.map((nodeId) => ({ command, nodeId }))),
    poll,
  );
  const isTold = (command: OpenCommand) =>
    statesOf(command, scanned, poll).length >= movedNodes(command, completed, poll.now);
  const rows = await rowsOf(
    moved.filter((command) => !isTold(command)),
    poll,
  );
  const found = new Map(
    moved.map((command) => [command, answersOf(command, { rows: rows.get(command), scanned, poll })]),
  );
  const installed = await ownPatchStates(
    [...found].flatMap(([command, answers]) =>
      command.readsPatchState === 'Install' ? answers.map(({ nodeId }) => ({ command, nodeId })) : [],
    ),
    poll,
  );
  return heardOf(turn.open, { found, states: new Map([...scanned, ...installed]), now: poll.now });
}

/** The commands that moved, until so many nodes have ended that a turn is full. */
function asManyAsFit(open: readonly OpenCommand[], { completed, now }: Poll): OpenCommand[] {
  let nodes = 0;
  return open.filter((command) => {
    const moved = movedNodes(command, completed, now);
    if (moved === 0 || nodes >= answersPerTurn) return false;
    nodes += moved;
    return true;
  });
}

/** The invocations of each command, by the cheapest way. A command that SSM does not show yet has none. */
async function rowsOf(
  moved: readonly OpenCommand[],
  { turn, ssm, now }: Poll,
): Promise<Map<OpenCommand, readonly Invocation[]>> {
  const { recent, singly } = readingOf(moved, turn.open, now);
  const rows = new Map<OpenCommand, readonly Invocation[]>();
  const left = [...singly];
  if (recent) {
    const { since, pagesAtMost } = recent;
    const listed = await listRecentInvocations(ssm, { invokedAfter: since - 1000, pagesAtMost });
    const byCommand = Map.groupBy(listed.invocations, (each) => each.commandId);
    for (const command of recent.commands) {
      const own = byCommand.get(command.commandId) ?? [];
      if (listed.isWhole || own.length >= command.accepted) rows.set(command, own);
      else left.push(command);
    }
  }
  for (const command of left) rows.set(command, await listInvocations(ssm, command.commandId));
  return rows;
}

/** What is known of a command's awaited nodes: by the rows that were read, and by the patch state of a Scan. */
function answersOf(
  command: OpenCommand,
  read: {
    readonly rows: readonly Invocation[] | undefined;
    readonly scanned: ReadonlyMap<string, PatchState>;
    readonly poll: Poll;
  },
): InvocationAnswer[] {
  const { rows, scanned, poll } = read;
  const byRow = rows ? answersIn(command, rows, poll.now) : [];
  const answered = new Set(byRow.map(({ nodeId }) => nodeId));
  const byState = statesOf(command, scanned, poll).filter(({ nodeId }) => !answered.has(nodeId));
  return [...byRow, ...byState.map((state) => answerOfState(command, state, poll.now))];
}

/** Of a Scan's awaited nodes, the patch states that are answers: with the run's own SnapshotId. */
function statesOf(
  command: OpenCommand,
  scanned: ReadonlyMap<string, PatchState>,
  { turn }: Poll,
): PatchState[] {
  if (command.readsPatchState !== 'Scan') return [];
  return command.awaiting.flatMap((nodeId) => {
    const state = scanned.get(nodeId);
    return state && isOfSnapshot(state, turn.snapshotId) ? state : [];
  });
}

/** The patch states that belong to the commands they are read for, by node. */
async function ownPatchStates(
  awaited: readonly { readonly command: OpenCommand; readonly nodeId: string }[],
  { turn, ssm }: Poll,
): Promise<Map<string, PatchState>> {
  const commands = new Map(awaited.map(({ command, nodeId }) => [nodeId, command]));
  const states = await patchStatesOf(ssm, [...commands.keys()]);
  return new Map(
    [...states].filter(([nodeId, state]) => {
      const command = commands.get(nodeId);
      return command !== undefined && isOwnOperation(state, command, turn.snapshotId);
    }),
  );
}

function heardOf(
  open: readonly OpenCommand[],
  read: {
    readonly found: ReadonlyMap<OpenCommand, readonly InvocationAnswer[]>;
    readonly states: ReadonlyMap<string, PatchState>;
    readonly now: number;
  },
): Heard {
  const { states, now } = read;
  const isFinal = (command: OpenCommand, answer: InvocationAnswer): boolean =>
    states.has(answer.nodeId) || !waitsForPatchState(command, answer, now);
  const found = asManyAsATurnHolds(read.found, isFinal);
  const final = new Map(
    [...found].map(([command, answers]) => [command, answers.filter((answer) => isFinal(command, answer))]),
  );
  const answered = new Set([...final.values()].flat().map(({ nodeId }) => nodeId));
  return {
    invocations: [...final.values()].flat(),
    patchStates: [...states]
      .filter(([nodeId]) => answered.has(nodeId))
      .map(([nodeId, { counts }]) => ({ nodeId, counts })),
    open: open
      .map((command) => {
        const answers = found.get(command);
        return answers ? withHeld(withoutAnswered(command, final.get(command) ?? []), answers, now) : command;
      })
      .filter((command) => command.awaiting.length > 0),
  };
}

/** Of the nodes that are still awaited, those whose answer was found are waiting for their patch state. */
function withHeld(command: OpenCommand, found: readonly InvocationAnswer[], now: number): OpenCommand {
  const awaited = new Set(command.awaiting);
  const held = found.filter((answer) => awaited.has(answer.nodeId));
  const heldSince = Object.fromEntries(
    held.map(({ nodeId }) => [nodeId, command.heldSince[nodeId] ?? now] as const),
  );
  return { ...command, heldSince };
}

function withoutAnswered(command: OpenCommand, answers: readonly InvocationAnswer[]): OpenCommand {
  const answered = new Set(answers.map((answer) => answer.nodeId));
  return { ...command, awaiting: command.awaiting.filter((nodeId) => !answered.has(nodeId)) };
}
