import type { Place } from '../../shared/aws/ledger.ts';
import { patchStatesOf } from '../../shared/aws/managed-nodes.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { homeOf } from '../../shared/lambda/home.ts';

/** Of nodes that no look has found yet: by the patch group that their last operation names, if one policy has it. */
export async function policiesByPatchGroup(
  { place, nodeIds }: { readonly place: Place; readonly nodeIds: readonly string[] },
  policies: PolicyFile['policies'],
  { config, ssmFor, log }: Dependencies,
): Promise<Map<string, string>> {
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
