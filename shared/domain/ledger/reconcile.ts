import { closeEntry, withPolicy } from './entries.ts';
import { type Governing, governsNode } from './governing.ts';
import { type ClosedEntry, type NodeSummary, nodeSummarySchema, type OpenEntry } from './ledger.ts';
import type { ListedPatch } from './listed-patch.ts';
import { isReadNeeded, type KnownNode, newOperation, type PatchOperation, type SeenNode } from './look.ts';
import { reconcilePatches } from './reconcile-patches.ts';

const day = 86_400_000;

/** A node that nobody lists any more is given up only then: until then it may come back, with its patches missing. */
const goneAfter = 30 * day;

/** Everything about one node at one look. Times in epoch milliseconds. */
export interface NodeLook extends KnownNode {
  readonly nodeId: string;
  readonly policy: string;
  readonly now: number;
  /** The last complete look at the policy's nodes in this place; null for the first. */
  readonly lastLookAt: number | null;
  /** Null for a node that neither Systems Manager nor EC2 lists for the policy. */
  readonly seen: SeenNode | null;
  /** Null if they were not read: where `isReadNeeded`, the operation then counts as not seen yet. */
  readonly patches: readonly ListedPatch[] | null;
  readonly governing: Governing;
  /** EC2 has terminated it, or does not know its id any more: it never comes back. */
  readonly isTerminated: boolean;
}

/** What a look changes of a node: only what is different is here. */
export interface NodeChanges {
  readonly nodeId: string;
  readonly summary: NodeSummary | null;
  readonly opened: readonly OpenEntry[];
  readonly updated: readonly OpenEntry[];
  readonly closed: readonly ClosedEntry[];
  /** Since when its findings are settled: a governing scan shows it compliant, or it is gone. Else null. */
  readonly settledSince: number | null;
}

/** What one look makes of a node and of its entries. A node of which nothing new is heard keeps its clocks. */
export function reconcile(look: NodeLook): NodeChanges {
  const { seen } = look;
  return seen?.isListed ? reconcileListed(look, seen) : reconcileUnlisted(look);
}

function reconcileListed(look: NodeLook, seen: SeenNode): NodeChanges {
  const operation = operationToTake(look, seen);
  const { kept, ...changes } = reconcilePatches({ ...look, operation });
  const isScan = operation?.kind === 'Scan' && governsNode(operation.baselineId, look.open, look.governing);
  const lastScanAt = isScan ? operation.endedAt : (look.before?.lastScanAt ?? null);
  const isSettled = isScan && isCompliant(operation) && kept.length === 0;
  const summary: NodeSummary = {
    nodeId: seen.nodeId,
    policy: look.policy,
    platformType: seen.platformType ?? look.before?.platformType ?? 'Linux',
    standing: seen.standing,
    lastListedAt: look.now,
    operation: operation ?? look.before?.operation ?? null,
    lastScanAt,
    lastInstalledAt: lastInstalledAt(look.before, changes.closed),
  };
  return {
    nodeId: look.nodeId,
    ...changes,
    summary: isWorthWriting(summary, look.before) ? summary : null,
    settledSince: isSettled ? operation.endedAt : null,
  };
}

/** Where the patches had to be read and were not, the operation is left for the next look. */
function operationToTake(look: NodeLook, seen: SeenNode): PatchOperation | null {
  if (look.patches === null && isReadNeeded(seen.operation, look, look.now)) return null;
  return newOperation(seen.operation, look.before, look.now);
}

function isCompliant(operation: PatchOperation): boolean {
  return operation.missing + operation.failed + operation.rejected + operation.pendingReboot === 0;
}

function lastInstalledAt(before: NodeSummary | null, closed: readonly ClosedEntry[]): number | null {
  const times = closed.filter((entry) => entry.closedBecause === 'Installed').map((entry) => entry.closedAt);
  const all = [before?.lastInstalledAt, ...times].filter((time) => typeof time === 'number');
  return all.length > 0 ? Math.max(...all) : null;
}

/** That a node is still listed is worth a write once a day; anything else at once. */
function isWorthWriting(summary: NodeSummary, before: NodeSummary | null): boolean {
  if (!before || summary.lastListedAt - before.lastListedAt >= day) return true;
  return textOf(summary) !== textOf({ ...before, lastListedAt: summary.lastListedAt });
}

/** The schema puts the members into its order. */
function textOf(summary: NodeSummary): string {
  return JSON.stringify(nodeSummarySchema.parse(summary));
}

/**
 * A node that is tagged in EC2 and unknown to Systems Manager, or that nobody lists any more: its clocks go on, until
 * it is terminated, or has been away for so long that it is gone.
 */
function reconcileUnlisted(look: NodeLook): NodeChanges {
  const { before, now, seen } = look;
  const lastListedAt = unlistedSince(look);
  const goneAt = look.isTerminated ? now : lastListedAt + goneAfter;
  const isGone = look.open.length > 0 && goneAt <= now;
  const summary = unlistedSummary(look, lastListedAt);
  const isSame = before !== null && before.standing === 'unmanaged' && before.policy === summary?.policy;
  // A node that comes back all the same is judged by its last report, until it makes a new one.
  const goneSummary = summary && { ...summary, operation: null };
  return {
    nodeId: look.nodeId,
    summary: isGone ? goneSummary : isSame ? null : summary,
    opened: [],
    updated: isGone || !seen ? [] : withPolicy(look.open, look.policy),
    closed: isGone ? look.open.map((entry) => closeEntry(entry, { at: goneAt, because: 'NodeGone' })) : [],
    settledSince: isGone ? goneAt : null,
  };
}

/** A node that the last look still found was listed until then; its summary is not written at each look. */
function unlistedSince({ before, lastLookAt, now, open, policy }: NodeLook): number {
  if (!before) return open.length > 0 ? Math.max(...open.map((entry) => entry.firstSeenAt)) : now;
  const wasListed = before.standing !== 'unmanaged' && before.policy === policy;
  return wasListed ? Math.max(before.lastListedAt, lastLookAt ?? 0) : before.lastListedAt;
}

function unlistedSummary({ before, policy, seen }: NodeLook, lastListedAt: number): NodeSummary | null {
  if (before)
    return { ...before, policy: seen ? policy : before.policy, standing: 'unmanaged', lastListedAt };
  if (!seen) return null;
  return {
    nodeId: seen.nodeId,
    policy,
    platformType: seen.platformType ?? 'Linux',
    standing: 'unmanaged',
    lastListedAt,
    operation: null,
    lastScanAt: null,
    lastInstalledAt: null,
  };
}
