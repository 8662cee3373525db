import { type PatchState, patchStatesOf } from '../../shared/aws/managed-nodes.ts';
import { listInvocations } from '../../shared/aws/run-command.ts';
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
 * Reads the invocations of the commands that moved, one page for fifty nodes, and the patch states of the nodes whose
 * last operation has ended. What does not fit into one turn is still there in the next.
 */
export async function readAnswers(
  turn: Turn,
  completed: ReadonlyMap<string, number>,
  dependencies: Dependencies,
): Promise<Heard> {
  const ssm = dependencies.ssmFor(turn.scope);
  const now = dependencies.now();
  const invocations: InvocationAnswer[] = [];
  const patchStates: Answers['patchStates'] = [];
  const open: OpenCommand[] = [];
  for (const command of turn.open) {
    const isFull = invocations.length >= answersPerTurn;
    if (isFull || !hasMoved(command, completed.get(command.commandId), now)) {
      open.push(command);
      continue;
    }
    const answers = answersIn(command, await listInvocations(ssm, command.commandId), now);
    const states = await statesFor(command, answers, dependencies, turn);
    const final = answers.filter(
      (answer) => states.has(answer.nodeId) || !waitsForPatchState(command, answer, now),
    );
    invocations.push(...final);
    patchStates.push(...[...states].map(([nodeId, { counts }]) => ({ nodeId, counts })));
    const answered = new Set(final.map((answer) => answer.nodeId));
    open.push({ ...command, awaiting: command.awaiting.filter((nodeId) => !answered.has(nodeId)) });
  }
  return { invocations, patchStates, open: open.filter((command) => command.awaiting.length > 0) };
}

/** The patch states that are this command's own, by node. */
async function statesFor(
  command: OpenCommand,
  answers: readonly InvocationAnswer[],
  dependencies: Dependencies,
  turn: Turn,
): Promise<Map<string, PatchState>> {
  const ssm = dependencies.ssmFor(turn.scope);
  if (command.readsPatchState === null || answers.length === 0) return new Map();
  const states = await patchStatesOf(
    ssm,
    answers.map((answer) => answer.nodeId),
  );
  return new Map([...states].filter(([, state]) => isOwnOperation(state, command, turn.snapshotId)));
}
