import { type PatchState, patchStatesOf } from '../../shared/aws/managed-nodes.ts';
import { listInvocations } from '../../shared/aws/run-command.ts';
import type { Ssm } from '../../shared/aws/ssm-clients.ts';
import {
  answersIn,
  answersPerTurn,
  hasMoved,
  isOwnOperation,
  waitsForPatchState,
} from '../../shared/domain/poll.ts';
import type { Answers, InvocationAnswer, OpenCommand, Turn } from '../../shared/domain/turn.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';

/** What was read, and the commands with those nodes taken off that have answered. */
export interface Heard extends Pick<Answers, 'invocations' | 'patchStates'> {
  readonly open: readonly OpenCommand[];
}

/**
 * Reads the invocations of the commands that moved, one page for fifty nodes, and the patch states of all nodes whose
 * last operation has ended, fifty a call. What does not fit into one turn is still there in the next.
 */
export async function readAnswers(
  turn: Turn,
  completed: ReadonlyMap<string, number>,
  dependencies: Dependencies,
): Promise<Heard> {
  const ssm = dependencies.ssmFor(turn.scope);
  const now = dependencies.now();
  const answers = new Map<OpenCommand, readonly InvocationAnswer[]>();
  let heard = 0;
  for (const command of turn.open) {
    if (heard >= answersPerTurn || !hasMoved(command, completed.get(command.commandId), now)) continue;
    const found = answersIn(command, await listInvocations(ssm, command.commandId), now);
    answers.set(command, found);
    heard += found.length;
  }
  const states = await ownPatchStates(answers, turn, ssm);
  const final = new Map(
    [...answers].map(([command, found]) => [
      command,
      found.filter((answer) => states.has(answer.nodeId) || !waitsForPatchState(command, answer, now)),
    ]),
  );
  return {
    invocations: [...final.values()].flat(),
    patchStates: [...states].map(([nodeId, { counts }]) => ({ nodeId, counts })),
    open: turn.open
      .map((command) => {
        const found = answers.get(command);
        return found ? withHeld(withoutAnswered(command, final.get(command) ?? []), found, now) : command;
      })
      .filter((command) => command.awaiting.length > 0),
  };
}

/** The patch states that belong to the commands they were read for, by node. */
async function ownPatchStates(
  answers: ReadonlyMap<OpenCommand, readonly InvocationAnswer[]>,
  turn: Turn,
  ssm: Ssm,
): Promise<Map<string, PatchState>> {
  const commands = new Map(
    [...answers].flatMap(([command, found]) =>
      command.readsPatchState === null ? [] : found.map((answer) => [answer.nodeId, command] as const),
    ),
  );
  const states = await patchStatesOf(ssm, [...commands.keys()]);
  return new Map(
    [...states].filter(([nodeId, state]) => {
      const command = commands.get(nodeId);
      return command !== undefined && isOwnOperation(state, command, turn.snapshotId);
    }),
  );
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
