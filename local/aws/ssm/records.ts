import type { Execution } from '../../fleet/agent-execution.ts';
import type { NodeMemory } from '../../fleet/agent-memory.ts';
import type { FleetNode } from '../../fleet/node.ts';
import type { CommandDocument } from './document.ts';
import type { InvocationDetails } from './invocation-status.ts';
import type { NodeExecution } from './journal.ts';
import type { ParameterValues } from './parameters.ts';
import type { CommandRequest } from './send-command-request.ts';

/** One command on one node. Only the dispatcher and the delivery change it. */
export interface Invocation {
  readonly command: Command;
  readonly nodeId: string;
  readonly index: number;
  /** Absent for an id that Systems Manager does not know, which only a Target on InstanceIds can bring. */
  readonly record: NodeRecord | undefined;
  details: InvocationDetails;
  execution: Execution | undefined;
  entry: NodeExecution | undefined;
  /** Its agent never says how it ended. */
  isSilent: boolean;
}

/** A command that was accepted. Times are epoch milliseconds. */
export interface Command {
  readonly commandId: string;
  /** Position among its account's commands, oldest first. */
  readonly sequence: number;
  readonly accountId: string;
  readonly region: string;
  readonly request: CommandRequest;
  readonly document: CommandDocument;
  /** With the document's defaults filled in; `request.parameters` are what was sent. */
  readonly parameters: ParameterValues;
  readonly requestedAt: number;
  /** From when on ListCommands shows it, and from when on its invocations are shown. */
  readonly visibleAt: number;
  readonly listedAt: number;
  readonly deliveryDeadline: number;
  readonly expiresAt: number;
  readonly maxConcurrency: number;
  readonly maxErrors: number;
  readonly invocations: Invocation[];
  readonly byNode: Map<string, Invocation>;
  readonly tally: Map<InvocationDetails, number>;
  /** Index of the next invocation to send, and how many are sent and not over. */
  next: number;
  active: number;
  isStopped: boolean;
  isCancelling: boolean;
}

/** What Systems Manager and the node itself know of a node. Only the delivery changes it. */
export interface NodeRecord {
  node: FleetNode;
  memory: NodeMemory;
  readonly registeredAt: number;
  /** Milliseconds into each five minutes at which its agent reports. */
  readonly heartbeatPhase: number;
  /** How far the node's own clock is ahead: in milliseconds, and in whatever its agent reports. */
  readonly clockOffset: number;
  onlineSince: number;
  /** Since when the agent does not answer; absent while it does. */
  absence: { readonly since: number } | undefined;
  readonly waiting: Set<Invocation>;
  readonly running: Set<Invocation>;
  readonly invocations: Invocation[];
}
