import { join } from 'node:path';
import { loadPolicies } from '../infra/policies.ts';
import type { FaultRates } from '../local/faults.ts';
import { defaultScope, generateFleet, type NodeScope } from '../local/fleet/generate.ts';
import type { FleetNode } from '../local/fleet/node.ts';
import type { Policy, PolicyFile } from '../shared/domain/policy.ts';

/** The policy whose hooks, reboots, timeouts and operating systems all designs have. */
export const policyName = 'prd-web';
export const patchGroup = 'prd-web';

/** An account carries so many nodes here: the default quota is 2,400. */
const nodesPerAccount = 2000;

const accountIds = ['111122223333', '444455556666', '777788889999', '123456789012', '210987654321'];

/** What a row, or a run for promises, is played with. Percentages are of the nodes. */
export interface FleetPlan {
  readonly seed: number;
  readonly nodes: number;
  readonly concurrencyPercent: number;
  readonly maxErrorsPercent: number;
  readonly faults?: FaultRates;
  /** For designs that send one command to a whole group: how long it may wait for its last node at the least. */
  readonly leastDeliverySeconds?: number;
}

/** The accounts that a fleet of this size needs; the first is where an orchestrator of several accounts lives. */
export function scopesFor(nodes: number): readonly NodeScope[] {
  const count = Math.ceil(nodes / nodesPerAccount);
  return Array.from({ length: count }, (_, index) => ({
    accountId: accountIds[index] ?? String(900_000_000_000 + index),
    region: defaultScope.region,
  }));
}

/** `prd-web` of fleet.yml with one wave, no bake, and the row's concurrency and budget. */
export function policiesFor(plan: FleetPlan): PolicyFile {
  const { policies, version } = loadPolicies(join(import.meta.dirname, '..', 'fleet.yml'));
  const policy = policies[policyName];
  if (!policy) throw new Error(`fleet.yml has no policy ${policyName}`);
  const scopes = scopesFor(plan.nodes).map((scope, index) =>
    index === 0
      ? scope
      : {
          ...scope,
          roleArn: `arn:aws:iam::${scope.accountId}:role/fleet-patcher-spoke`,
          externalId: 'fleet-patcher',
        },
  );
  const rollout = {
    ...policy.rollout,
    waves: ['100%'],
    bakeMinutes: 0,
    maxConcurrency: `${plan.concurrencyPercent}%`,
    maxErrors: `${plan.maxErrorsPercent}%`,
  };
  return { version, policies: { [policyName]: { ...policy, rollout, scopes } } };
}

/**
 * The fleet of `npm start`, made fit for designs that know one tag: the patch group under one key on all nodes, and nobody
 * opted out by a second tag, which a target of Run Command cannot leave out.
 */
export function fleetFor(plan: FleetPlan): readonly FleetNode[] {
  const policy = policyOf(policiesFor(plan));
  const tags = Object.entries(policy.targetTags).map(([key, values]) => [key, values[0] ?? '']);
  return generateFleet({
    seed: plan.seed,
    nodes: plan.nodes,
    target: { ...Object.fromEntries(tags), PatchGroup: policy.patchGroup },
    operatingSystems: policy.baselines.map((baseline) => baseline.operatingSystem),
    scopes: scopesFor(plan.nodes),
    faults: plan.faults ?? {},
  }).map(withOneKey);
}

export function policyOf(policies: PolicyFile): Policy {
  const policy = policies.policies[policyName];
  if (!policy) throw new Error(`there is no policy ${policyName}`);
  return policy;
}

/** The nodes that the run is about, whatever their state. */
export function targetsOf(fleet: readonly FleetNode[]): readonly FleetNode[] {
  return fleet.filter((node) => node.tags['PatchGroup'] === patchGroup);
}

function withOneKey(node: FleetNode): FleetNode {
  const { PatchOptOut: _, 'Patch Group': spaced, ...tags } = node.tags;
  return { ...node, tags: spaced === undefined ? tags : { ...tags, PatchGroup: spaced } };
}
