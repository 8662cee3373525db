import type { NodeSummary, OpenEntry } from '../ledger/ledger.ts';

/** What the ledger knows of one account and Region. */
export interface PlaceLedger {
  readonly accountId: string;
  readonly region: string;
  readonly nodes: readonly NodeSummary[];
  readonly entries: readonly OpenEntry[];
}

/** A node of a policy with what is open on it. */
export interface NodeCase {
  /** Tells it from every other node of every place. */
  readonly key: string;
  readonly accountId: string;
  readonly region: string;
  readonly nodeId: string;
  readonly standing: NodeSummary['standing'];
  readonly platformType: NodeSummary['platformType'];
  readonly lastScanAt: number | null;
  readonly lastInstalledAt: number | null;
  readonly entries: readonly OpenEntry[];
}

/** True if it could not be patched now, were a window open. */
export function isAway({ standing }: Pick<NodeCase, 'standing'>): boolean {
  return standing === 'offline' || standing === 'stopped' || standing === 'unmanaged';
}

/**
 * The nodes that a policy governs now, also those without open patches: runs take them too. Open patches of a node
 * that has no summary count as those of a node that is not there: they must not fall out of the account.
 */
export function nodeCasesOf(policy: string, places: readonly PlaceLedger[]): NodeCase[] {
  return places.flatMap((place) => {
    const { accountId, region } = place;
    const entries = Map.groupBy(place.entries, (entry) => entry.nodeId);
    const known = new Set(place.nodes.map((node) => node.nodeId));
    const orphans = [...entries].filter(
      ([nodeId, open]) => !known.has(nodeId) && open.at(0)?.policy === policy,
    );
    const governed = place.nodes.filter((node) => node.policy === policy);
    return [
      ...governed.map((node) => ({ ...timesOf(node), entries: entries.get(node.nodeId) ?? [] })),
      ...orphans.map(([nodeId, open]) => ({ ...unseen, nodeId, entries: open })),
    ].map((node) => ({ ...node, key: `${accountId}/${region}/${node.nodeId}`, accountId, region }));
  });
}

const unseen = {
  standing: 'unmanaged',
  platformType: 'Linux',
  lastScanAt: null,
  lastInstalledAt: null,
} as const;

function timesOf(node: NodeSummary) {
  const { nodeId, standing, platformType, lastScanAt, lastInstalledAt } = node;
  return { nodeId, standing, platformType, lastScanAt, lastInstalledAt };
}
