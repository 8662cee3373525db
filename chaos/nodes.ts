import type { Fate, FleetNode } from '../local/fleet/node.ts';
import { positionOf } from '../shared/domain/run-id.ts';

/** The policy of every rehearsal, by the name that requests give. */
export const policyName = 'web';

const healthy: Fate = {
  scanSeconds: 40,
  installSeconds: 180,
  install: 'succeeds',
  stubbornPatches: 0,
  missingPatches: 4,
  installedPatches: 100,
  rebootSeconds: 90,
  returnsFromReboot: true,
  preHook: { kind: 'succeeds', seconds: 20 },
  postHook: { kind: 'succeeds', seconds: 20 },
  agent: 'online',
};

/** A node of each situation that a run can meet: what differs from a healthy one. */
const situations = {
  healthy: {},
  current: { missingPatches: 0, installSeconds: 40 },
  withoutHooks: { preHook: { kind: 'absent', seconds: 0 }, postHook: { kind: 'absent', seconds: 0 } },
  preHookFails: { preHook: { kind: 'fails', seconds: 20 } },
  preHookHangs: { preHook: { kind: 'hangs', seconds: 0 } },
  patchFails: { install: 'fails' },
  patchHangs: { install: 'hangs' },
  falseFailure: { install: 'falseFailure' },
  stubborn: { stubbornPatches: 2 },
  lostAfterReboot: { returnsFromReboot: false },
  postHookFails: { postHook: { kind: 'fails', seconds: 20 } },
  postHookHangs: { postHook: { kind: 'hangs', seconds: 0 } },
  offline: { agent: 'offline' },
  dropsOut: { agent: 'dropsOut' },
} as const satisfies Record<string, Partial<Fate>>;
export type Situation = keyof typeof situations;
export const situationNames: readonly Situation[] = Object.entries(situations).map(([name]) =>
  situationNamed(name),
);

function situationNamed(name: string): Situation {
  const known: Readonly<Record<string, unknown>> = situations;
  const isSituation = (text: string): text is Situation => text in known;
  if (isSituation(name)) return name;
  throw new RangeError(`no situation ${name}`);
}

/** What a node may differ in from a Linux server on EC2 with the policy's tag. */
export type NodeChanges = Partial<Omit<FleetNode, 'fate'>> & { readonly fate?: Partial<Fate> };

/** The node of that number, in a situation. The same number is the same id, whatever else differs. */
export function nodeOf(
  number: number,
  situation: Situation = 'healthy',
  changes: NodeChanges = {},
): FleetNode {
  const { fate, ...rest } = changes;
  return {
    nodeId: `i-0123456789abc${number.toString(16).padStart(4, '0')}`,
    accountId: '111122223333',
    region: 'us-east-1',
    resourceType: 'EC2Instance',
    platformType: 'Linux',
    platformName: 'Amazon Linux',
    platformVersion: '2023',
    agentVersion: '3.3.2299.0',
    computerName: `web-${number}.example.internal`,
    ipAddress: `10.0.${number >> 8}.${number & 255}`,
    tags: { PatchGroup: policyName },
    instanceState: 'running',
    isManaged: true,
    ...rest,
    fate: { ...healthy, ...situations[situation], ...fate },
  };
}

const spokeAccountId = '444455556666';

/** A second account for nodes, and the scopes of a policy that reaches both: our own, and the other one by its role. */
export const inSpoke = { accountId: spokeAccountId } as const;
export const bothScopes = [
  { accountId: '111122223333', region: 'us-east-1' },
  {
    accountId: spokeAccountId,
    region: 'us-east-1',
    roleArn: `arn:aws:iam::${spokeAccountId}:role/fleet-patcher-spoke`,
    externalId: 'fleet-patcher',
  },
];

/** The same as a hybrid node. */
export function hybridNodeOf(number: number, situation: Situation = 'healthy'): FleetNode {
  const nodeId = `mi-0123456789abc${number.toString(16).padStart(4, '0')}`;
  return nodeOf(number, situation, { nodeId, resourceType: 'ManagedInstance' });
}

/** So many nodes, in the order in which a plan deals them to waves: the first situation is that of the canary. */
export function fleetOf(
  size: number,
  inWaveOrder: readonly Situation[] = [],
  changes: NodeChanges = {},
): FleetNode[] {
  return Array.from({ length: size }, (_, number) => nodeOf(number))
    .toSorted((a, b) => positionOf(a.nodeId) - positionOf(b.nodeId))
    .map(({ nodeId }, index) => {
      const number = Number.parseInt(nodeId.slice(-4), 16);
      return nodeOf(number, inWaveOrder[index] ?? 'healthy', changes);
    });
}
