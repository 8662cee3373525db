import type { ParameterValues } from './parameters.ts';

/** A SendCommand that was accepted. `at` is epoch milliseconds. */
export interface SentCommand {
  readonly commandId: string;
  readonly accountId: string;
  readonly region: string;
  readonly documentName: string;
  readonly comment: string;
  readonly parameters: ParameterValues;
  readonly nodeIds: readonly string[];
  readonly at: number;
}

/**
 * A command that reached a node. `step` is the hook's step, the patch operation, or the document's name; `executed`
 * is false for a hook delivered again. Until the node is done `result` is InProgress and `endedAt` is absent; a node
 * that died stays so.
 */
export interface NodeExecution {
  readonly nodeId: string;
  readonly commandId: string;
  readonly document: string;
  readonly step: string;
  readonly runId: string | undefined;
  readonly startedAt: number;
  readonly executed: boolean;
  endedAt: number | undefined;
  /** Whether its agent's word of how it ended came to Systems Manager, in time to count. */
  isReported: boolean;
  result: 'InProgress' | 'Success' | 'Failed' | 'ExecutionTimedOut' | 'Cancelled';
}

/** What really happened, for assertions from outside the product. Lists only grow. */
export interface Journal {
  readonly commands: readonly SentCommand[];
  readonly executions: readonly Readonly<NodeExecution>[];
}
