import type { Ledger, Place } from '../../shared/aws/ledger.ts';
import { patchStatesOf } from '../../shared/aws/managed-nodes.ts';
import type { Troubles } from '../../shared/aws/troubles.ts';
import type { Trouble } from '../../shared/domain/findings/trouble.ts';
import type { NodeSummary } from '../../shared/domain/ledger/ledger.ts';
import type { PolicyFile, Scope } from '../../shared/domain/policy.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import type { NodeFindings } from './read-records.ts';

type Policies = PolicyFile['policies'];

/** What findings say of a node, and what was known of it before. */
export interface KnownNode extends NodeFindings {
  /** Null: it belongs to no policy, or to several, or nobody can say. */
  readonly policy: string | null;
  readonly trouble: Trouble | undefined;
  /** The end of the newest scan that is known to have shown it compliant; null if none is. */
  readonly compliantSince: number | null;
}

export type KnowingDependencies = Dependencies & { readonly ledger: Ledger; readonly troubles: Troubles };

/** Looks up what is known of the nodes, one account and Region after the other. */
export async function knowNodes(
  nodes: readonly NodeFindings[],
  policies: Policies,
  dependencies: KnowingDependencies,
): Promise<KnownNode[]> {
  const places = new Map<string, NodeFindings[]>();
  for (const node of nodes) {
    const key = `${node.place.accountId}/${node.place.region}`;
    places.set(key, [...(places.get(key) ?? []), node]);
  }
  const known: KnownNode[] = [];
  for (const some of places.values()) known.push(...(await knowPlace(some, policies, dependencies)));
  return known;
}

async function knowPlace(
  nodes: readonly NodeFindings[],
  policies: Policies,
  dependencies: KnowingDependencies,
): Promise<KnownNode[]> {
  const [first] = nodes;
  if (!first) return [];
  const { place } = first;
  const nodeIds = nodes.map((node) => node.nodeId);
  const troubles = await dependencies.troubles.byNode(place, nodeIds);
  const summaries = await dependencies.ledger.nodesById(place, nodeIds);
  const listed = new Map(
    [...summaries.values()]
      .filter(({ policy }) => Object.hasOwn(policies, policy))
      .map(({ nodeId, policy }) => [nodeId, policy]),
  );
  const unlisted = nodeIds.filter((nodeId) => !listed.has(nodeId));
  const found = await policiesByPatchGroup({ place, nodeIds: unlisted }, policies, dependencies);
  return nodes.map((node) => {
    const trouble = troubles.get(node.nodeId);
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

/** Of nodes that no look has found yet: by the patch group that their last operation names, if one policy has it. */
async function policiesByPatchGroup(
  unlisted: { readonly place: Place; readonly nodeIds: readonly string[] },
  policies: Policies,
  { config, ssmFor, log }: Dependencies,
): Promise<Map<string, string>> {
  const { place, nodeIds } = unlisted;
  const candidates = Object.entries(policies).flatMap(([name, { patchGroup, scopes = [homeOf(config)] }]) => {
    const scope = scopes.find((each) => each.accountId === place.accountId && each.region === place.region);
    return scope ? [{ name, patchGroup, scope }] : [];
  });
  const [first] = candidates;
  if (!first || nodeIds.length === 0) return new Map();
  try {
    const states = await patchStatesOf(ssmFor(first.scope), nodeIds);
    const byNode = [...states.values()].flatMap(({ nodeId, patchGroup }): (readonly [string, string])[] => {
      const [one, ...others] = candidates.filter((each) => each.patchGroup === patchGroup);
      return one && others.length === 0 ? [[nodeId, one.name]] : [];
    });
    return new Map(byNode);
  } catch (error) {
    // Told as of no policy is better than not told: one account that cannot be looked into must not hold up the others.
    log('FP_POLICY_UNKNOWN', { ...place, nodes: nodeIds.length, error: String(error) });
    return new Map();
  }
}

/** Where our own topics are, there are we. */
function homeOf({ alertsTopicArn }: Dependencies['config']): Scope {
  const [, , , region = '', accountId = ''] = alertsTopicArn.split(':');
  return { accountId, region };
}
