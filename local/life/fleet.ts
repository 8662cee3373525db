import type { Policy } from '../../shared/domain/policy.ts';
import { generateFleet } from '../fleet/generate.ts';
import type { Fate, FleetNode, Release } from '../fleet/node.ts';
import { random } from '../random.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** What makes a node stay behind, and what it is for people. */
export const oddities = {
  stubborn: 'one of its patches never installs',
  preHookFails: 'its pre-hook fails every time',
  switchedOff: 'it is switched off for ten days',
  rescanned: 'somebody else scans it by another baseline',
  hybrid: 'it is a hybrid node',
} as const;
export type Oddity = keyof typeof oddities;

/** A node of a policy; most have no oddity. */
export interface LifeNode {
  readonly policy: string;
  readonly oddity: Oddity | null;
  readonly node: FleetNode;
}

/** Patches that a policy's baselines approve at one moment: how many each of its nodes then lacks. */
export interface PolicyRelease {
  readonly policy: string;
  readonly at: number;
  readonly patches: ReadonlyMap<string, number>;
}

export interface FleetPlan {
  readonly seed: number;
  readonly policies: Readonly<Record<string, Policy>>;
  /** Of all policies together; some of other patch groups, or none, come on top. */
  readonly nodes: number;
  readonly startsAt: number;
  readonly days: number;
}

/** The fleet with what will be released in its time. A function of the plan alone. */
export function makeFleet(plan: FleetPlan): {
  readonly nodes: readonly LifeNode[];
  readonly bystanders: readonly FleetNode[];
  readonly releases: readonly PolicyRelease[];
} {
  const names = Object.keys(plan.policies);
  const parts = names.map((name, index) => {
    const count = Math.floor((plan.nodes + names.length - 1 - index) / names.length);
    const odd = Object.keys(oddities).filter(
      (_, position) => position % names.length === names.length - 1 - index,
    );
    return policyFleet(plan, { name, index, count, odd });
  });
  return {
    nodes: parts.flatMap(({ nodes }) => nodes),
    bystanders: parts.flatMap(({ bystanders }) => bystanders),
    releases: parts.flatMap(({ releases }) => releases).toSorted((one, other) => one.at - other.at),
  };
}

function policyFleet(
  plan: FleetPlan,
  part: {
    readonly name: string;
    readonly index: number;
    readonly count: number;
    readonly odd: readonly string[];
  },
) {
  const { name, index, count } = part;
  const policy = plan.policies[name];
  if (!policy) throw new RangeError(`no policy ${name}`);
  const tags = Object.entries(policy.targetTags).map(([key, values]) => [key, values[0] ?? '']);
  const fleet = generateFleet({
    // Two policies of one seed would else have the same node ids.
    seed: plan.seed * 100 + index,
    nodes: count,
    target: { ...Object.fromEntries(tags), PatchGroup: policy.patchGroup },
    operatingSystems: policy.baselines.map(({ operatingSystem }) => operatingSystem),
  });
  const targeted = fleet.slice(0, count).map(withShortList);
  const odd = oddNodes(targeted, part.odd);
  const members = targeted.map((node) => {
    const oddity = odd.get(node.nodeId) ?? null;
    return { policy: name, oddity, node: oddity ? withOddity(node, oddity) : node };
  });
  const releases = releasesOf(
    plan,
    name,
    members.map(({ node }) => node.nodeId),
  );
  return {
    nodes: members.map((member) => ({ ...member, node: withReleases(member.node, releases) })),
    bystanders: fleet.slice(count),
    releases,
  };
}

/** What is installed for long is listed after every scan for weeks, page by page, and never changes: one page will do. */
function withShortList(node: FleetNode): FleetNode {
  return { ...node, fate: { ...node.fate, installedPatches: 20 + (node.fate.installedPatches % 50) } };
}

/** Of the nodes that nothing else befalls, so that each oddity shows by itself. */
function oddNodes(nodes: readonly FleetNode[], wanted: readonly string[]): ReadonlyMap<string, Oddity> {
  const calm = nodes.filter(
    ({ resourceType, instanceState, isManaged, tags, fate }) =>
      resourceType === 'EC2Instance' &&
      instanceState === 'running' &&
      isManaged &&
      tags['PatchOptOut'] === undefined &&
      isCalm(fate),
  );
  const names = wanted.filter((name) => isOddity(name));
  return new Map(names.flatMap((name, index) => entryOf(calm[index], name)));
}

function entryOf(node: FleetNode | undefined, oddity: Oddity): (readonly [string, Oddity])[] {
  return node ? [[node.nodeId, oddity]] : [];
}

function isOddity(name: string): name is Oddity {
  return Object.hasOwn(oddities, name);
}

function isCalm(fate: Fate): boolean {
  const isSound = [fate.preHook, fate.postHook].every(({ kind }) => kind !== 'fails' && kind !== 'hangs');
  return (
    isSound &&
    fate.install === 'succeeds' &&
    fate.agent === 'online' &&
    fate.returnsFromReboot &&
    fate.stubbornPatches === 0 &&
    fate.missingPatches > 1
  );
}

function withOddity(node: FleetNode, oddity: Oddity): FleetNode {
  switch (oddity) {
    case 'stubborn':
      return { ...node, fate: { ...node.fate, stubbornPatches: 1 } };
    case 'preHookFails':
      return { ...node, fate: { ...node.fate, preHook: { kind: 'fails', seconds: 12 } } };
    case 'hybrid':
      return { ...node, nodeId: `m${node.nodeId}`, resourceType: 'ManagedInstance' };
    case 'switchedOff':
    case 'rescanned':
      return node;
  }
}

/** One release a week at least, at an hour of its own; what one node lacks of it another may have or not need. */
function releasesOf(plan: FleetPlan, policy: string, nodeIds: readonly string[]): PolicyRelease[] {
  const stream = random(plan.seed, 'releases', policy);
  const weeks = Math.max(1, Math.round(plan.days / 7));
  return Array.from({ length: weeks }, (_, week) => {
    const at = plan.startsAt + Math.floor((week * 7 + 1 + 5 * stream.next()) * day);
    const draws = nodeIds.map((nodeId) => [nodeId, Math.max(0, stream.integer(5) - 1)] as const);
    return { policy, at, patches: new Map(draws.filter(([, patches]) => patches > 0)) };
  }).filter(({ at }) => at < plan.startsAt + plan.days * day);
}

function withReleases(node: FleetNode, all: readonly PolicyRelease[]): FleetNode {
  const releases = all.flatMap(({ at, patches }): Release[] => {
    const count = patches.get(node.nodeId);
    return count === undefined ? [] : [{ at, patches: count }];
  });
  return { ...node, fate: { ...node.fate, releases } };
}
