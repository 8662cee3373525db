import type { PatchFinding } from '../../domain/findings/finding.ts';
import type { ToldPatch } from '../../domain/findings/make-digest.ts';
import {
  isSame,
  isTold,
  judge,
  levelOf,
  newestOf,
  tellingSchema,
  withSight,
  withTelling,
} from '../../domain/findings/trouble.ts';
import type { KnownNode } from './know-nodes.ts';
import type { ClaimContext, NodeWork } from './node-work.ts';

type PatchWork = Pick<NodeWork, 'claimed' | 'after' | 'toldBefore' | 'stale' | 'isBusy'> & {
  readonly news: readonly PatchFinding[];
  readonly told: ToldPatch | null;
};

const nothing: PatchWork = {
  told: null,
  claimed: [],
  news: [],
  after: null,
  toldBefore: [],
  stale: [],
  isBusy: false,
};

/**
 * Judges the newest of a node's findings, and claims the next message about the node by its number. So two invocations
 * with different findings about the same trouble tell it once: the second to claim the number learns what was told,
 * even if whoever told it died before noting so, and judges again.
 */
export async function claimPatches(node: KnownNode, context: ClaimContext): Promise<PatchWork> {
  const { compliantSince, trouble } = node;
  const { policy, claims, now } = context;
  const live = node.patches.filter(({ foundAt }) => compliantSince === null || foundAt > compliantSince);
  const stale = keysOf(node.patches.filter((finding) => !live.includes(finding)));
  const newest = newestOf(live);
  if (!newest) return { ...nothing, stale };
  const about = { nodeId: node.nodeId, policy: node.policy };
  const minimumSeverity = policy?.alerts.minimumSeverity ?? 'INFORMATIONAL';
  let known = trouble;
  for (;;) {
    const verdict = judge(newest, known, { compliantSince, minimumSeverity });
    if (verdict.outcome !== 'tell') {
      const isKnown = known !== undefined && isTold(known, compliantSince);
      const after = verdict.outcome === 'remember' ? withSight(known, about, newest) : known;
      return {
        ...nothing,
        stale,
        after: isSame(after, trouble) ? null : (after ?? null),
        toldBefore: isKnown ? keysOf(live) : [],
      };
    }
    const number = (known?.tellings ?? 0) + 1;
    const key = `${node.place.accountId}/${node.place.region}/${node.nodeId}#${number}`;
    const claim = await claims.claim(key);
    if (claim.outcome === 'busy') return { ...nothing, stale, isBusy: true };
    const isOurs = claim.outcome === 'claimed';
    const telling = isOurs ? { ...levelOf(newest), toldAt: now } : tellingSchema.parse(claim.result);
    known = withTelling(known, about, { number, telling });
    if (isOurs) {
      const told = { finding: newest, change: verdict.change };
      return {
        ...nothing,
        stale,
        told,
        claimed: [{ key, result: telling }],
        news: live,
        after: known,
      };
    }
  }
}

function keysOf(findings: readonly PatchFinding[]): PatchFinding['key'][] {
  return findings.map(({ key }) => key);
}
