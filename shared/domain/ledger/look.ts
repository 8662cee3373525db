import type { Standing } from '../plan.ts';
import type { NodeSummary, OpenEntry } from './ledger.ts';

export type PatchOperation = NonNullable<NodeSummary['operation']>;

/** A node as one look found it, before its patches are read. */
export interface SeenNode {
  readonly nodeId: string;
  readonly standing: Standing;
  /** Null where Systems Manager does not list it: EC2 does not tell as much. */
  readonly platformType: NodeSummary['platformType'] | null;
  /** Known to Systems Manager, or stopped in EC2: such a node is away at most, and not gone. */
  readonly isListed: boolean;
  /** Its last patch operation by its own clock, whenever that was; null for a node that never had one. */
  readonly operation: PatchOperation | null;
}

/** What is known of a node from earlier looks. */
export interface KnownNode {
  readonly before: NodeSummary | null;
  readonly open: readonly OpenEntry[];
}

/**
 * The node's patch operation if it is not the one that was read last, else null. What claims to have ended in the
 * future ended by `now` at the latest; what ended before the one last read is a stale answer, or a clock set back.
 */
export function newOperation(
  operation: PatchOperation | null,
  before: NodeSummary | null,
  now: number,
): PatchOperation | null {
  if (!operation) return null;
  const last = before?.operation;
  if (last && isSameOperation(operation, last)) return null;
  if (last && Math.min(operation.endedAt, now) < last.endedAt) return null;
  if (operation.endedAt <= now) return operation;
  return { ...operation, endedAt: now, claimedEndAt: operation.endedAt };
}

/** Patch Manager gives an operation no id: its end, its snapshot and its baseline tell it from others. */
export function isSameOperation(one: PatchOperation, other: PatchOperation): boolean {
  return (
    (one.claimedEndAt ?? one.endedAt) === (other.claimedEndAt ?? other.endedAt) &&
    one.kind === other.kind &&
    one.baselineId === other.baselineId &&
    one.snapshotId === other.snapshotId
  );
}

/**
 * True if the node's patches have to be read one by one: its operation is new, and there is something to open or to
 * close. A compliant node without open entries never costs that call, nor does a node without a new operation.
 */
export function isReadNeeded(operation: PatchOperation | null, known: KnownNode, now: number): boolean {
  const found = newOperation(operation, known.before, now);
  if (!found) return false;
  return found.missing + found.failed + found.pendingReboot > 0 || known.open.length > 0;
}
