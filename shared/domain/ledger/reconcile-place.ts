import type { Governing } from './governing.ts';
import type { NodeSummary, OpenEntry } from './ledger.ts';
import type { ListedPatch } from './listed-patch.ts';
import type { KnownNode, SeenNode } from './look.ts';
import { type NodeChanges, reconcile } from './reconcile.ts';

/** What the ledger holds of an account and Region, of all policies. */
export interface LedgerOfPlace {
  readonly nodes: readonly NodeSummary[];
  readonly open: readonly OpenEntry[];
}

/** One look at the nodes of one policy in one account and Region. Times in epoch milliseconds. */
export interface PlaceLook {
  readonly policy: string;
  readonly now: number;
  readonly lastLookAt: number | null;
  readonly known: LedgerOfPlace;
  readonly seen: readonly SeenNode[];
  /** By node id, of those whose patches were read. */
  readonly patches: ReadonlyMap<string, readonly ListedPatch[]>;
  readonly governing: Governing;
  /** Nodes of the ledger that EC2 has terminated. */
  readonly terminated: ReadonlySet<string>;
}

/** What the look changes, node by node: of those it saw, and of those that it would have seen if they were there. */
export function reconcilePlace(look: PlaceLook): NodeChanges[] {
  const { policy, now, lastLookAt, governing } = look;
  const known = knownNodes(look.known);
  const seen = new Map(look.seen.map((node) => [node.nodeId, node]));
  const missed = [...known].filter(([nodeId, node]) => !seen.has(nodeId) && policyOf(node) === policy);
  const nodeIds = [...seen.keys(), ...missed.map(([nodeId]) => nodeId)];
  return nodeIds.map((nodeId) =>
    reconcile({
      nodeId,
      policy,
      now,
      lastLookAt,
      governing,
      ...(known.get(nodeId) ?? unknownNode),
      seen: seen.get(nodeId) ?? null,
      patches: look.patches.get(nodeId) ?? null,
      isTerminated: look.terminated.has(nodeId),
    }),
  );
}

/** Nodes with running clocks that a look at this policy would have seen if they were there. */
export function missedNodes(
  policy: string,
  { known, seen }: { readonly known: LedgerOfPlace; readonly seen: readonly SeenNode[] },
): string[] {
  const isSeen = new Set(seen.map((node) => node.nodeId));
  return [...knownNodes(known)]
    .filter(([nodeId, node]) => node.open.length > 0 && !isSeen.has(nodeId) && policyOf(node) === policy)
    .map(([nodeId]) => nodeId);
}

export const unknownNode: KnownNode = { before: null, open: [] };

/** What the ledger knows, by node. */
export function knownNodes({ nodes, open }: LedgerOfPlace): Map<string, KnownNode> {
  const known = new Map<string, KnownNode>(nodes.map((before) => [before.nodeId, { before, open: [] }]));
  for (const [nodeId, entries] of Map.groupBy(open, (entry) => entry.nodeId)) {
    known.set(nodeId, { before: known.get(nodeId)?.before ?? null, open: entries });
  }
  return known;
}

/** The policy that looked at the node last. A look that died may have left entries without their node. */
function policyOf({ before, open }: KnownNode): string | undefined {
  return before?.policy ?? open[0]?.policy;
}
