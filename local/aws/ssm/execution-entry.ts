import type { Execution, ExecutionPart } from '../../fleet/agent-execution.ts';
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

/** The journal's line for an operation that begins within an execution of several. */
export function partEntryOf(invocation: Invocation, part: ExecutionPart): NodeExecution {
  const { step, startedAt, executed } = part;
  return {
    nodeId: invocation.nodeId,
    commandId: invocation.command.commandId,
    document: invocation.command.document.name,
    step,
    runId: undefined,
    startedAt,
    executed,
    endedAt: undefined,
    isReported: false,
    result: 'InProgress',
  };
}
