import type { ReasonKey, SlaCounts } from '../messages/sla-words.ts';
import type { OverduePatch } from './alert.ts';

/** The patches of one node that are late for one reason, the earliest due first. */
export interface LateNode {
  readonly reason: ReasonKey;
  readonly patches: readonly OverduePatch[];
  readonly first: OverduePatch;
}

/** The nodes that are late for one reason, the earliest due first. */
export interface Cause {
  readonly reason: ReasonKey;
  readonly members: readonly LateNode[];
}

/** By node and reason, the earliest due first. */
export function lateNodesOf(patches: readonly OverduePatch[]): LateNode[] {
  const sorted = patches.toSorted((one, other) => one.dueAt - other.dueAt);
  return groupsOf(sorted, (patch) => `${reasonOf(patch)} ${nodeKey(patch)}`).flatMap((members) => {
    const [first] = members;
    return first ? [{ reason: reasonOf(first), patches: members, first }] : [];
  });
}

/** In the order of their earliest due time. */
export function causesOf(nodes: readonly LateNode[]): Cause[] {
  return groupsOf(nodes, (node) => node.reason).flatMap((members) => {
    const [first] = members;
    return first ? [{ reason: first.reason, members }] : [];
  });
}

/** A node that is late for two reasons is one node. */
export function countsOf(nodes: readonly LateNode[]): SlaCounts {
  return {
    patches: nodes.reduce((sum, node) => sum + node.patches.length, 0),
    nodes: new Set(nodes.map(({ first }) => nodeKey(first))).size,
  };
}

/** Groups in the order of their first members. */
function groupsOf<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  return [...Map.groupBy(items, keyOf).values()];
}

function reasonOf(patch: OverduePatch): ReasonKey {
  return patch.reason ?? 'Unexplained';
}

function nodeKey({ accountId, region, nodeId }: OverduePatch): string {
  return `${accountId}/${region}/${nodeId}`;
}
