import type { FleetNode } from './node.ts';

const managedNodes = 2400;
const standardTierHybridNodes = 1000;

/**
 * What AWS would make of a fleet of this size (General Reference, "Systems Manager endpoints and quotas"):
 * one sentence for each quota that an account and region goes beyond. The fleet is embedded all the same.
 */
export function quotaWarnings(nodes: readonly FleetNode[]): string[] {
  const scopes = Map.groupBy(
    nodes.filter(({ isManaged }) => isManaged),
    ({ accountId, region }) => `${accountId} in ${region}`,
  );
  return [...scopes].flatMap(([scope, managed]) => {
    const hybrid = managed.filter(({ resourceType }) => resourceType === 'ManagedInstance').length;
    const warnings: string[] = [];
    if (managed.length > managedNodes) {
      warnings.push(
        `${scope} has ${managed.length} managed nodes; AWS allows ${managedNodes} until the quota is raised, and nodes beyond it may lose communication`,
      );
    }
    if (hybrid > standardTierHybridNodes) {
      warnings.push(
        `${scope} has ${hybrid} hybrid nodes; the standard tier holds ${standardTierHybridNodes}, more need the advanced tier, which is paid`,
      );
    }
    return warnings;
  });
}
