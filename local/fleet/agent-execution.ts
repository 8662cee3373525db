import type { Random } from '../random.ts';
import type { NodeMemory } from './agent-memory.ts';
import type { FleetNode } from './node.ts';

/** A command as it reaches a node whose agent answers. Times are epoch milliseconds. */
export interface Delivery {
  readonly node: FleetNode;
  readonly memory: NodeMemory;
  readonly documentName: string;
  readonly kind: 'patch' | 'patchWithHooks' | 'hook' | 'other';
  /** Defaults filled in. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly timeoutSeconds: number;
  readonly at: number;
  /** Of the patch baseline that governs the node. */
  readonly baselineId: string;
  /** Whether another patch operation is under way on the node. */
  readonly isPatching: boolean;
  /** Whether its SnapshotId stands for a snapshot that AWS no longer keeps. */
  readonly isSnapshotExpired: boolean;
  readonly random: Random;
}

/** One of the operations of a document that does several, in turn: each has a line of its own in the journal. */
export interface ExecutionPart {
  readonly step: string;
  readonly startedAt: number;
  /** Infinity: the node never answers again. */
  readonly endedAt: number;
  readonly result: 'Success' | 'Failed' | 'ExecutionTimedOut';
  readonly executed: boolean;
}

/** Makes a step's output when it is asked for: most is never read, and of a long one so many characters are enough. */
export type ReadOutput = (characters: number) => { readonly stdout: string; readonly stderr: string };

/** How a node plays one command. */
export interface Execution {
  /** The hook's step, the patch operation, or the document's name. */
  readonly step: string;
  readonly runId: string | undefined;
  /** False: answered from memory, nothing ran. */
  readonly executed: boolean;
  readonly isPatching: boolean;
  readonly startedAt: number;
  /** Infinity: the node never answers again. */
  readonly endedAt: number;
  readonly result: 'Success' | 'Failed' | 'ExecutionTimedOut' | 'Cancelled';
  readonly responseCode: number;
  /** Of a document that does several things in turn. */
  readonly parts?: readonly ExecutionPart[];
  /** A reboot: the agent is away meanwhile, `until` Infinity for ever. */
  readonly away: { readonly from: number; readonly until: number } | undefined;
  readonly output: ReadOutput;
  /** What the node remembers from the start on, and from the end on. */
  readonly begin: (memory: NodeMemory) => NodeMemory;
  readonly leave: (memory: NodeMemory) => NodeMemory;
}

type Outcome = Pick<Execution, 'step' | 'endedAt' | 'result' | 'responseCode'>;

/** An execution without side effects; what differs is spread over it. */
export function plainExecution(delivery: Delivery, outcome: Outcome): Execution {
  return {
    runId: undefined,
    executed: true,
    isPatching: false,
    startedAt: delivery.at,
    away: undefined,
    output: () => ({ stdout: '', stderr: '' }),
    begin: (memory) => memory,
    leave: (memory) => memory,
    ...outcome,
  };
}

/** The same execution ended early from outside, with nothing of its work done. */
export function broken(
  execution: Execution,
  end: Pick<Execution, 'endedAt' | 'result' | 'responseCode'> & { readonly stderr: string },
): Execution {
  const { stderr, ...outcome } = end;
  return {
    ...execution,
    ...outcome,
    away: undefined,
    output: () => ({ stdout: '', stderr }),
    leave: (memory) => memory,
  };
}

/** The first value of a parameter, or nothing for an empty or absent one. */
export function parameter(delivery: Delivery, name: string): string | undefined {
  return delivery.parameters[name]?.[0] || undefined;
}
