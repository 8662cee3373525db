import type { SecurityHub } from '../../aws/security-hub.ts';
import type { Troubles } from '../../aws/troubles.ts';
import type { PolicyFile } from '../../domain/policy.ts';
import { inParallel } from '../in-parallel.ts';
import { claimNode } from './claim-node.ts';
import type { KnownNode } from './know-nodes.ts';
import type { NodeWork } from './node-work.ts';
import { settleWork } from './settle-work.ts';
import { type Manner, type PeopleDependencies, tellPeople } from './tell-people.ts';

export type FindingsDependencies = PeopleDependencies & {
  readonly troubles: Pick<Troubles, 'byNode' | 'remember'>;
  readonly securityHub: Pick<SecurityHub, 'updateWorkflow'>;
};

interface FindingsOutcome {
  readonly nodesTold: number;
  readonly nodesHeld: number;
  /** Nodes of which there is news that could be neither told nor held. */
  readonly nodesUntold: number;
  /** The messages or items that have to come again. */
  readonly again: ReadonlySet<string>;
}

/**
 * Tells people of the nodes of which there is news, or holds it; notes what they know, and marks the findings. Each
 * telling of a node is claimed before it is published, so that nobody else tells it.
 */
export async function tellFindings(
  nodes: readonly KnownNode[],
  { policies, manner }: { readonly policies: PolicyFile['policies']; readonly manner: Manner },
  dependencies: FindingsDependencies,
): Promise<FindingsOutcome> {
  const works = await inParallel(nodes, (node) => claim(node, policies, dependencies));
  const result = await tellPeople(works, { policies, manner }, dependencies);
  const again = new Set(await settleWork(works, result, dependencies));
  const nodesTold = result.told.reduce((sum, each) => sum + each.works.length, 0);
  const nodesHeld = result.held.length;
  const nodesUntold = works.filter(({ told }) => told !== null).length - nodesTold - nodesHeld;
  return { nodesTold, nodesHeld, nodesUntold, again };
}

/** A node whose telling cannot be claimed comes again, and holds up no other. */
async function claim(
  node: KnownNode,
  policies: PolicyFile['policies'],
  { claims, log, now }: FindingsDependencies,
): Promise<NodeWork> {
  const policy = node.policy === null ? undefined : policies[node.policy];
  try {
    return await claimNode(node, { policy, claims, now: now() });
  } catch (error) {
    log('FP_FINDINGS_BUSY', { nodeId: node.nodeId, error: String(error) });
    const nothing = { told: null, claimed: [], news: [], after: null, afterWaiting: null };
    return { node, ...nothing, toldBefore: [], stale: [], isBusy: true };
  }
}
