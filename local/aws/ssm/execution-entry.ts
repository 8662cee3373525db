import type { Execution } from '../../fleet/agent-execution.ts';
import type { NodeExecution } from './journal.ts';
import type { Invocation } from './records.ts';

/** The journal's line for an execution that begins. */
export function entryOf(invocation: Invocation, execution: Execution): NodeExecution {
  const { step, runId, executed, startedAt } = execution;
  return {
    nodeId: invocation.nodeId,
    commandId: invocation.command.commandId,
    document: invocation.command.document.name,
    step,
    runId,
    startedAt,
    executed,
    endedAt: undefined,
    isReported: false,
    result: 'InProgress',
  };
}
