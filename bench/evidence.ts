import type { NodeExecution, SentCommand } from '../local/aws/ssm/journal.ts';
import type { FleetNode } from '../local/fleet/node.ts';
import type { Consumption } from './prices.ts';

/** A node of the fleet with what it really lacks at the end, whatever anybody says. */
export interface NodeTruth {
  readonly node: FleetNode;
  /** Null for a node that Systems Manager never knew. */
  readonly lacks: number | null;
  /** Whether its agent still answers, some hours after the run. */
  readonly isThere: boolean;
}

/** How a design reports one node. */
export interface ReportedNode {
  readonly nodeId: string;
  readonly outcome: string;
  readonly isSuccess: boolean;
}

/** What happened on the nodes, and what the design says of it. Times are epoch milliseconds. */
export interface Evidence {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Nodes that may be in flight at once, and errors after which nothing new may start. */
  readonly concurrency: number;
  readonly maxErrors: number;
  /** When the window closes; null for a run without one. */
  readonly deadline: number | null;
  readonly targets: readonly NodeTruth[];
  readonly commands: readonly SentCommand[];
  readonly executions: readonly Readonly<NodeExecution>[];
  readonly report: readonly ReportedNode[];
  /** Messages about the whole run; immediate alerts for one node's trouble are not among them. */
  readonly summaries: number;
  /** Orchestrators that each ran for themselves, an account each, and report each for itself. */
  readonly instances: number;
  /** Nodes that went away for good after the run had begun, from outside. */
  readonly goneNodeIds: readonly string[];
}

/** A design's run: what it used, and the evidence for its promises. */
export interface DesignRun {
  readonly consumption: Consumption;
  readonly apiCalls: number;
  readonly throttledCalls: number;
  readonly lambdaMilliseconds: number;
  readonly payloadBytesMax: number;
  readonly historyEventsMax: number;
  readonly evidence: Evidence;
}
