import { troubledNodeOf } from '../../domain/findings/make-digest.ts';
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
    claimed: [...patches.claimed, ...vulnerabilities.claimed],
    news: [...patches.news, ...vulnerabilities.told],
    after: patches.after,
    afterWaiting: patches.told ? null : patches.after,
    toldBefore: [...patches.toldBefore, ...vulnerabilities.toldBefore],
    stale: patches.stale,
    isBusy: patches.isBusy || vulnerabilities.isBusy,
  };
}
