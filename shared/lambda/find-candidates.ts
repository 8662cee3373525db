import { type Ec2, instancesByTags, type TaggedInstance } from '../aws/instances.ts';
import {
  type ManagedNode,
  managedNodesByTag,
  type PatchState,
  patchStatesOf,
  type TagQuery,
} from '../aws/managed-nodes.ts';
import type { Ssm } from '../aws/ssm-clients.ts';
import { excerpt } from '../domain/excerpt.ts';
import type { Candidate, Standing } from '../domain/plan.ts';
import type { Policy, Scope } from '../domain/policy.ts';
import { ScopeUnavailableError } from '../errors.ts';

/** A candidate, and what a look at its patches needs besides. */
export interface FoundNode extends Candidate {
  /** Whether another run works on it is asked afterwards, and by runs alone. */
  readonly standing: Standing;
  /** False: Systems Manager does not list it, and its platform is a guess. */
  readonly isManaged: boolean;
  /** EC2 knows it, stopped or about to be. */
  readonly isStopped: boolean;
  /** Its last patch operation, whenever that was, also of a node that was stopped after it; null if it never had one. */
  readonly patchState: PatchState | null;
}

interface Clients {
  readonly ssm: Ssm;
  readonly ec2: Ec2;
}

/** A scan that took longer says more of the node's clock than of the node. */
const longestScanSeconds = 6 * 3600;

/** Both spellings are in use: the one with a blank cannot be read from instance metadata. They are two tag keys. */
const patchGroupKeys = ['PatchGroup', 'Patch Group'] as const;

/**
 * Every node of a scope that carries the policy's tags, with how it stands: known to Systems Manager or only to EC2,
 * answering or not, opted out or not. Nothing that carries the tags is dropped.
 */
export function findCandidates(policy: Policy, scope: Scope, clients: Clients): Promise<FoundNode[]> {
  return lookingUp(scope, () => lookFor(policy, scope, clients));
}

/** Throws ScopeUnavailableError for whatever `look` throws: it names the account and the Region. */
export async function lookingUp<Found>(scope: Scope, look: () => Promise<Found>): Promise<Found> {
  try {
    return await look();
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const what = `the nodes of account ${scope.accountId} in ${scope.region} could not be looked up: ${why}`;
    throw new ScopeUnavailableError(what, { cause: error });
  }
}

async function lookFor(policy: Policy, scope: Scope, clients: Clients): Promise<FoundNode[]> {
  const managed = await managedByPolicy(policy, clients);
  const instances = await instancesByPolicy(policy, clients);
  const optedOut = await managedNodesByTag(clients.ssm, { key: policy.optOutTag, values: [] });
  const nodeIds = [...new Set([...managed.keys(), ...instances.keys()])].toSorted();
  const reporting = nodeIds.filter((nodeId) => managed.has(nodeId) || isStopped(instances.get(nodeId)));
  const states = await patchStatesOf(clients.ssm, reporting.filter(isNodeId));
  return nodeIds.map((nodeId): FoundNode => {
    const node = managed.get(nodeId);
    const instance = instances.get(nodeId);
    const hasOptedOut = optedOut.has(nodeId) || (instance?.tagKeys.includes(policy.optOutTag) ?? false);
    const state = states.get(nodeId);
    return {
      nodeId: excerpt(nodeId),
      scope,
      platformType: node?.platformType ?? 'Linux',
      before: state?.counts ?? null,
      scanSeconds: scanSecondsOf(state),
      ...standingOf(node, instance, hasOptedOut ? policy.optOutTag : null),
      ...(isNodeId(nodeId) ? {} : notOfNode),
      isManaged: node !== undefined,
      isStopped: isStopped(instance),
      patchState: state ?? null,
    };
  });
}

/** It would fail every call that names others too, and in a key it could lead anywhere. Source: API SendCommand. */
const notOfNode = { standing: 'unsupported', remark: 'its id is not that of a node' } as const;

function isNodeId(text: string): boolean {
  return /^(?:i-(?:\w{8}|\w{17})|mi-\w{17})$/.test(text);
}

/** Null where the last operation was no Scan, or its times cannot be: they come from the node's own clock. */
function scanSecondsOf(state: PatchState | undefined): number | null {
  if (state?.operation !== 'Scan') return null;
  const seconds = (state.endedAt - state.startedAt) / 1000;
  return seconds > 0 && seconds < longestScanSeconds ? seconds : null;
}

function standingOf(
  node: ManagedNode | undefined,
  instance: TaggedInstance | undefined,
  optOutTag: string | null,
): Pick<FoundNode, 'standing' | 'remark'> {
  if (optOutTag !== null) return { standing: 'optedOut', remark: `carries the tag ${optOutTag}` };
  if (isStopped(instance))
    return { standing: 'stopped', remark: `EC2 says ${excerpt(instance?.state ?? '')}` };
  if (!node) {
    return {
      standing: 'unmanaged',
      remark: `EC2 says ${excerpt(instance?.state ?? 'nothing')}, Systems Manager does not know it`,
    };
  }
  if (!node.isOnline) {
    return {
      standing: 'offline',
      remark: `ping status ${node.pingStatus}, last ping ${new Date(node.lastPingAt).toISOString()}`,
    };
  }
  // One node of a platform that a document has no step for would fail its whole SendCommand.
  if (node.platformType === 'MacOS') return { standing: 'unsupported', remark: 'macOS is not supported' };
  if (node.platformType === null) return { standing: 'unsupported', remark: 'its platform is not known' };
  return { standing: 'ready', remark: '' };
}

function isStopped(instance: TaggedInstance | undefined): boolean {
  return instance?.state === 'stopped' || instance?.state === 'stopping';
}

/** SSM takes one tag filter a query: every further tag is a query of its own, and the results are intersected. */
async function managedByPolicy(policy: Policy, clients: Clients): Promise<Map<string, ManagedNode>> {
  let found = new Map<string, ManagedNode>();
  for (const key of patchGroupKeys) {
    const nodes = await managedNodesByTag(clients.ssm, { key, values: [policy.patchGroup] });
    found = new Map([...found, ...nodes]);
  }
  for (const tag of targetTags(policy)) {
    const tagged = await managedNodesByTag(clients.ssm, tag);
    found = new Map([...found].filter(([nodeId]) => tagged.has(nodeId)));
  }
  return found;
}

async function instancesByPolicy(policy: Policy, clients: Clients): Promise<Map<string, TaggedInstance>> {
  const found: TaggedInstance[] = [];
  for (const key of patchGroupKeys) {
    found.push(
      ...(await instancesByTags(clients.ec2, [{ key, values: [policy.patchGroup] }, ...targetTags(policy)])),
    );
  }
  return new Map(found.map((instance) => [instance.nodeId, instance]));
}

function targetTags(policy: Policy): TagQuery[] {
  return Object.entries(policy.targetTags).map(([key, values]) => ({ key, values }));
}
