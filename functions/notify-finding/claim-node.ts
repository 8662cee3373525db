import { troubledNodeOf } from '../../shared/domain/findings/make-digest.ts';
import { claimPatches } from './claim-patches.ts';
import { claimVulnerabilities } from './claim-vulnerabilities.ts';
import type { KnownNode } from './know-nodes.ts';
import type { ClaimContext, NodeWork } from './node-work.ts';

/** Decides what is news about a node, and claims the telling of it. */
export async function claimNode(node: KnownNode, context: ClaimContext): Promise<NodeWork> {
  const patches = await claimPatches(node, context);
  const vulnerabilities = await claimVulnerabilities(node, context);
  return {
    node,
    told: troubledNodeOf(patches.told, vulnerabilities.told),
    held: [...patches.held, ...vulnerabilities.held],
    after: patches.after,
    toldNow: [...patches.toldNow, ...vulnerabilities.told.map(({ key }) => key)],
    toldBefore: [...patches.toldBefore, ...vulnerabilities.toldBefore],
    stale: patches.stale,
    isBusy: patches.isBusy || vulnerabilities.isBusy,
  };
}
