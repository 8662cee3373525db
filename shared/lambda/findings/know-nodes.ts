import type { Ledger, Place } from '../../aws/ledger.ts';
import type { Troubles } from '../../aws/troubles.ts';
import type { Trouble } from '../../domain/findings/trouble.ts';
import type { NodeSummary } from '../../domain/ledger/ledger.ts';
import type { PolicyFile } from '../../domain/policy.ts';
import type { NodeFindings } from './node-findings.ts';

/** What findings say of a node, and what was known of it before. */
export interface KnownNode extends NodeFindings {
  /** Null: it belongs to no policy, or to several, or nobody can say. */
  readonly policy: string | null;
  readonly trouble: Trouble | undefined;
  /** The end of the newest scan that is known to have shown it compliant; null if none is. */
  readonly compliantSince: number | null;
}

interface Knowledge {
  readonly ledger: Pick<Ledger, 'nodesById'>;
  readonly troubles: Pick<Troubles, 'byNode'>;
  /** The policies of nodes that no look has found yet, by node id; those of none are absent. */
  readonly policiesOfUnlisted: (
    place: Place,
    nodeIds: readonly string[],
  ) => Promise<ReadonlyMap<string, string>>;
}

/** Looks up what is known of the nodes, one account and Region after the other. */
export async function knowNodes(
  nodes: readonly NodeFindings[],
  policies: PolicyFile['policies'],
  knowledge: Knowledge,
): Promise<KnownNode[]> {
  const places = Map.groupBy(nodes, ({ place }) => `${place.accountId}/${place.region}`);
  const known: KnownNode[] = [];
  for (const some of places.values()) known.push(...(await knowPlace(some, policies, knowledge)));
  return known;
}

async function knowPlace(
  nodes: readonly NodeFindings[],
  policies: PolicyFile['policies'],
  { troubles, ledger, policiesOfUnlisted }: Knowledge,
): Promise<KnownNode[]> {
  const [first] = nodes;
  if (!first) return [];
  const { place } = first;
  const nodeIds = nodes.map((node) => node.nodeId);
  const known = await troubles.byNode(place, nodeIds);
  const summaries = await ledger.nodesById(place, nodeIds);
  const listed = new Map(
    [...summaries.values()]
      .filter(({ policy }) => Object.hasOwn(policies, policy))
      .map(({ nodeId, policy }) => [nodeId, policy]),
  );
  const unlisted = nodeIds.filter((nodeId) => !listed.has(nodeId));
  const found = await policiesOfUnlisted(place, unlisted);
  return nodes.map((node) => {
    const trouble = known.get(node.nodeId);
    return {
      ...node,
      policy: listed.get(node.nodeId) ?? found.get(node.nodeId) ?? null,
      trouble,
      compliantSince: latest(trouble?.compliantSince ?? null, compliantScanOf(summaries.get(node.nodeId))),
    };
  });
}

/** The clock may know of a compliant scan before the findings are resolved. An Install does not say what is missing. */
function compliantScanOf(summary: NodeSummary | undefined): number | null {
  const operation = summary?.operation;
  if (operation?.kind !== 'Scan') return null;
  const { missing, failed, pendingReboot, rejected, endedAt } = operation;
  return missing + failed + pendingReboot + rejected === 0 ? endedAt : null;
}

function latest(a: number | null, b: number | null): number | null {
  return a === null ? b : Math.max(a, b ?? a);
}
