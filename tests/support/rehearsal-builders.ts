import { VirtualClock } from '../../local/clock.ts';
import type { Fate, FleetNode } from '../../local/fleet/node.ts';
import { type Rehearsal, type RehearsalOptions, rehearse } from '../../local/rehearsal.ts';
import type { ExecutionEvent } from '../../local/stepfunctions/run-context.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import { readPolicyFile } from '../../shared/domain/policy-file.ts';
import { positionOf } from '../../shared/domain/run-id.ts';

/** When every rehearsal begins: the opening of a Saturday night's window. */
export const startsAt = Date.parse('2026-01-10T13:00:00Z');

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

/** What a policy may say otherwise, in the words of `fleet.yml`. */
export type PolicyChanges = Readonly<Record<string, unknown>>;

/** A policy file with the one policy `web`: no waves, all nodes at once, every error allowed, unless said otherwise. */
export function policiesWith(changes: PolicyChanges = {}): PolicyFile {
  const { rollout, ...rest } = { rollout: {}, ...changes };
  const policy = {
    patchGroup: policyName,
    baselines: [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] }],
    rollout: { maxConcurrency: '100%', maxErrors: '100%', ...rollout },
    ...rest,
  };
  return readPolicyFile({ version: 1, policies: { [policyName]: policy } }, 'fleet.yml');
}

/** What a rehearsal is made of, where it is not the usual. */
export interface Play
  extends Partial<Pick<RehearsalOptions, 'seed' | 'name' | 'faults' | 'settings' | 'inWindow' | 'begin'>> {
  readonly nodes: readonly FleetNode[];
  readonly policy?: PolicyChanges;
  readonly request?: Readonly<Record<string, unknown>>;
  /** How long after its start the run's deadline lies. */
  readonly deadlineMinutes?: number;
}

/** A run that is over: what it left behind, what really happened, and what its states said to each other. */
export interface Played extends Rehearsal {
  readonly nodes: readonly FleetNode[];
  readonly policies: PolicyFile;
  readonly events: readonly ExecutionEvent[];
}

/** Plays one run of the policy `web` over the nodes, in simulated time. */
export async function play(options: Play): Promise<Played> {
  const { nodes, policy, request, deadlineMinutes, ...rest } = options;
  const policies = policiesWith(policy);
  const events: ExecutionEvent[] = [];
  const deadline =
    deadlineMinutes === undefined
      ? {}
      : { deadline: new Date(startsAt + deadlineMinutes * 60_000).toISOString() };
  const rehearsal = await rehearse({
    seed: 1,
    name: 'web-run',
    inWindow: false,
    ...rest,
    clock: new VirtualClock(startsAt),
    nodes,
    policies,
    request: { policy: policyName, ...deadline, ...request },
    onEvent: (event) => events.push(event),
  });
  return { ...rehearsal, nodes, policies, events };
}
