import { hookExitCodes } from '../../shared/domain/hook-contract.ts';
import { type Delivery, type Execution, parameter, plainExecution } from './agent-execution.ts';
import type { HookRecord, NodeMemory } from './agent-memory.ts';
import type { HookFate } from './node.ts';

/** How long a hook document takes when there is nothing for it to run. */
const answerMilliseconds = 300;

type Outcome = Pick<Execution, 'endedAt' | 'result' | 'responseCode'> & { readonly message: string };

/**
 * A hook document on a node; without a RunId it is a plain one that runs whenever it comes. The first delivery of a (RunId, Step) runs the node's own jobs and keeps their result;
 * every later one answers with that result and runs nothing, waiting for a first that is still at it.
 */
export function playHook(delivery: Delivery): Execution {
  const step = parameter(delivery, 'Step') ?? '';
  const runId = parameter(delivery, 'RunId');
  const key = JSON.stringify([runId, step]);
  const earlier = runId === undefined ? undefined : delivery.memory.hooks.get(key);
  if (earlier) return answerAgain(delivery, { step, runId, earlier });

  const fate = step === 'postHook' ? delivery.node.fate.postHook : delivery.node.fate.preHook;
  const { message, ...outcome } = outcomeOf(fate, delivery);
  const stdout = `fleet-patcher ${step}: ${message}\n`;
  const exitCode = outcome.result === 'ExecutionTimedOut' ? hookExitCodes.Interrupted : outcome.responseCode;
  return {
    ...plainExecution(delivery, { step, ...outcome }),
    runId,
    executed: fate.kind !== 'absent',
    output: () => ({ stdout, stderr: outcome.result === 'Failed' ? `${message}\n` : '' }),
    begin: (memory) => withRecord(memory, key, { endedAt: outcome.endedAt, exitCode, stdout }),
  };
}

/** How the node's own jobs end. */
export function outcomeOf(fate: HookFate, delivery: Delivery): Outcome {
  if (fate.kind === 'absent') return outcomeOfAbsence(delivery);
  if (fate.kind === 'hangs' || fate.seconds > delivery.timeoutSeconds) {
    const endedAt = delivery.at + delivery.timeoutSeconds * 1000;
    return { endedAt, result: 'ExecutionTimedOut', responseCode: -1, message: 'started (10-service)' };
  }
  const endedAt = delivery.at + fate.seconds * 1000;
  if (fate.kind === 'succeeds')
    return { endedAt, result: 'Success', responseCode: 0, message: 'succeeded (10-service)' };
  return { endedAt, result: 'Failed', responseCode: 1, message: 'failed, exit 1 (10-service)' };
}

function outcomeOfAbsence(delivery: Delivery): Outcome {
  const directory = parameter(delivery, `${delivery.node.platformType}Directory`) ?? 'no hook directory';
  const absence = { endedAt: delivery.at + answerMilliseconds, message: `absent (${directory})` };
  if (parameter(delivery, 'Required') !== 'true') return { ...absence, result: 'Success', responseCode: 0 };
  return { ...absence, result: 'Failed', responseCode: hookExitCodes.RequiredHookAbsent };
}

function answerAgain(
  delivery: Delivery,
  again: { readonly step: string; readonly runId: string | undefined; readonly earlier: HookRecord },
): Execution {
  const { earlier, step, runId } = again;
  const endedAt = Math.max(delivery.at, earlier.endedAt) + answerMilliseconds;
  const result = earlier.exitCode === 0 ? 'Success' : 'Failed';
  const stdout = `fleet-patcher ${step}: already ran, exit ${earlier.exitCode}\n${earlier.stdout}`;
  return {
    ...plainExecution(delivery, { step, endedAt, result, responseCode: earlier.exitCode }),
    runId,
    executed: false,
    output: () => ({ stdout, stderr: '' }),
  };
}

function withRecord(memory: NodeMemory, key: string, record: HookRecord): NodeMemory {
  return { ...memory, hooks: new Map([...memory.hooks, [key, record]]) };
}
