import { join } from 'node:path';
import { loadPolicies } from '../../infra/policies.ts';
import { defaultScope, generateFleet, type NodeScope } from '../../local/fleet/generate.ts';
import type { FleetNode } from '../../local/fleet/node.ts';
import type { PolicyFile, Scope } from '../../shared/domain/policy.ts';
import { readPolicyFile } from '../../shared/domain/policy-file.ts';

const policyFile = join(import.meta.dirname, '..', '..', 'fleet.yml');

/** The policy that is measured, in as many accounts as are asked for. */
export const policyName = 'prd-web';

/**
 * A canary of one node halts the run if it fails, as it should; six of a hundred generated nodes do. What is measured is
 * a run that goes to its end, whatever the seed.
 */
const waves = ['1%', '10%', '100%'];
const maxErrors = '50%';

/** A fleet to be patched, and the policies that name it. */
export interface Scenario {
  readonly policies: PolicyFile;
  readonly fleet: readonly FleetNode[];
  readonly scopes: readonly Scope[];
}

/** One account is our own; several are spokes, each with a role and an external id. */
function scopesFor(accounts: number): Scope[] {
  if (accounts === 1) return [defaultScope];
  return Array.from({ length: accounts }, (_, index) => {
    const accountId = String(100_000_000_001 + index);
    return {
      accountId,
      region: defaultScope.region,
      roleArn: `arn:aws:iam::${accountId}:role/fleet-patcher-spoke`,
      externalId: 'fleet-patcher',
    };
  });
}

/** So many nodes with the policy's tags in each account, and a tenth more of other people's. */
export function scenarioOf(options: {
  readonly seed: number;
  readonly accounts: number;
  readonly nodesPerAccount: number;
  readonly concurrency: string;
}): Scenario {
  const { seed, accounts, nodesPerAccount, concurrency } = options;
  const scopes = scopesFor(accounts);
  const { version, policies } = loadPolicies(policyFile);
  const policy = policies[policyName];
  if (!policy) throw new Error(`${policyFile} has no policy ${policyName}`);
  const measured = {
    ...policy,
    ...(accounts === 1 ? {} : { scopes }),
    rollout: { ...policy.rollout, waves, maxErrors, maxConcurrency: concurrency },
  };
  const tags = Object.entries(policy.targetTags).map(([key, values]) => [key, values[0] ?? '']);
  const fleet = scopes.flatMap((scope, index) =>
    generateFleet({
      // A seed of its own: a node's id depends on the seed, and not on its account.
      seed: seed * 1000 + index,
      nodes: nodesPerAccount,
      target: { ...Object.fromEntries(tags), PatchGroup: policy.patchGroup },
      operatingSystems: policy.baselines.map(({ operatingSystem }) => operatingSystem),
      scopes: [scopeOnly(scope)],
    }),
  );
  return {
    policies: readPolicyFile({ version, policies: { [policyName]: measured } }, policyFile),
    fleet,
    scopes,
  };
}

function scopeOnly({ accountId, region }: Scope): NodeScope {
  return { accountId, region };
}
