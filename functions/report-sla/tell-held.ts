import type { HeldFindings } from '../../shared/aws/held-findings.ts';
import type { Ledger, Place } from '../../shared/aws/ledger.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import { type KnownNode, knowNodes } from '../../shared/lambda/findings/know-nodes.ts';
import { gatherNodes, nodeKeyOf } from '../../shared/lambda/findings/node-findings.ts';
import { type FindingsDependencies, tellFindings } from '../../shared/lambda/findings/tell-findings.ts';

export type HeldDependencies = FindingsDependencies & {
  readonly ledger: Pick<Ledger, 'nodesById'>;
  readonly heldFindings: Pick<HeldFindings, 'all' | 'drop'>;
};

type Held = Awaited<ReturnType<HeldFindings['all']>>;

/** Whatever people were told a short while ago: what is held has waited for this. */
const manner = { quietMilliseconds: 0, hold: null } as const;

/**
 * Tells the findings that are held, one message a policy: each is judged anew, as if it came just now, by what is known
 * of its node by now. What is dealt with is dropped last; what is not comes with the next report. Answers with how many
 * nodes were told, and fails if some should have been and were not.
 */
export async function tellHeld(
  policies: PolicyFile['policies'],
  dependencies: HeldDependencies,
): Promise<number> {
  const { heldFindings, log } = dependencies;
  const held = await heldFindings.all();
  if (held.length === 0) return 0;
  const known = await knowHeld(held, policies, dependencies);
  const { again, nodesTold, nodesUntold } = await tellFindings(known, { policies, manner }, dependencies);
  await heldFindings.drop(held.map(({ id }) => id).filter((id) => !again.has(id)));
  log('FP_HELD_FINDINGS_TOLD', { findings: held.length, nodes: known.length, nodesTold, again: again.size });
  if (nodesUntold > 0) throw new Error(`held findings of ${nodesUntold} nodes could not be told`);
  return nodesTold;
}

/** A node that no look has found yet belongs to the policy that was found when its finding came. */
function knowHeld(
  held: Held,
  policies: PolicyFile['policies'],
  { ledger, troubles }: HeldDependencies,
): Promise<KnownNode[]> {
  const found = new Map(held.map(({ finding, policy }) => [nodeKeyOf(finding), policy]));
  const policiesOfUnlisted = async (place: Place, nodeIds: readonly string[]) =>
    new Map(
      nodeIds.flatMap((nodeId): (readonly [string, string])[] => {
        const policy = found.get(nodeKeyOf({ ...place, nodeId }));
        return policy && Object.hasOwn(policies, policy) ? [[nodeId, policy]] : [];
      }),
    );
  const nodes = gatherNodes(held.map(({ finding, id }) => ({ finding, messageId: id })));
  return knowNodes(nodes, policies, { ledger, troubles, policiesOfUnlisted });
}
