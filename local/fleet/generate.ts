import type { FaultRates } from '../faults.ts';
import { hexDigits, random } from '../random.ts';
import { fateOf } from './fate.ts';
import type { FleetNode } from './node.ts';
import { pickAgentVersion, pickPlatform } from './platforms.ts';
import { fateRates } from './rates.ts';

/** An account and region in which nodes live. */
export interface NodeScope {
  readonly accountId: string;
  readonly region: string;
}

export interface FleetOptions {
  readonly seed: number;
  /** How many nodes carry the target's tags; nodes of other patch groups come on top. */
  readonly nodes: number;
  /** Tags to carry. A patch group is written `PatchGroup` on most of the nodes and `Patch Group` on some. */
  readonly target: Readonly<Record<string, string>>;
  readonly faults?: FaultRates;
  /** In a patch baseline's words, such as UBUNTU: what the targeted nodes run; by default anything. */
  readonly operatingSystems?: readonly string[];
  /** Clusters are dealt out to these in turn. */
  readonly scopes?: readonly NodeScope[];
}

/** Where a laptop's nodes live when nothing else is said. */
export const defaultScope: NodeScope = { accountId: '111122223333', region: 'us-east-1' };

interface Cluster {
  readonly options: FleetOptions;
  readonly index: number;
  readonly size: number;
  readonly isTargeted: boolean;
}

/** A believable fleet, a function of its options alone: adding nodes or turning a fault on leaves the others as they are. */
export function generateFleet(options: FleetOptions): FleetNode[] {
  const { nodes, scopes } = options;
  if (!Number.isInteger(nodes) || nodes < 1) {
    throw new RangeError(`a fleet cannot have ${nodes} nodes; allowed: a whole number from 1`);
  }
  if (scopes?.length === 0) throw new RangeError('a fleet needs at least one scope');
  const bystanders = Math.ceil(nodes / 10);
  return [
    ...generateClusters({ options, count: nodes, isTargeted: true }),
    ...generateClusters({ options, count: bystanders, isTargeted: false }),
  ];
}

interface Part {
  readonly options: FleetOptions;
  readonly count: number;
  readonly isTargeted: boolean;
}

function generateClusters({ options, count, isTargeted }: Part): FleetNode[] {
  const fleet: FleetNode[] = [];
  for (let index = 0; fleet.length < count; index += 1) {
    const drawnSize = 2 + random(options.seed, 'cluster size', String(isTargeted), index).integer(4);
    const size = Math.min(drawnSize, count - fleet.length);
    fleet.push(...generateCluster({ options, index, size, isTargeted }));
  }
  return fleet;
}

function generateCluster({ options, index, size, isTargeted }: Cluster): FleetNode[] {
  const stream = random(options.seed, 'cluster', String(isTargeted), index);
  const scopes = options.scopes ?? [defaultScope];
  const scope = scopes[index % scopes.length] ?? defaultScope;
  const platform = pickPlatform(stream, isTargeted ? options.operatingSystems : []);
  const isHybrid = stream.chance(0.15);
  const role = stream.pick(['app', 'web', 'db', 'batch', 'mail', 'file'] as const);
  const cluster = `${isTargeted ? '' : 'other-'}${role}-${String(index + 1).padStart(3, '0')}`;
  const tags = isTargeted
    ? targetTags(options.target, stream.chance(0.15))
    : otherTags(options.target, stream.next());
  return Array.from({ length: size }, (_, member) => {
    const own = random(options.seed, 'server', cluster, member);
    const nodeId = `${isHybrid ? 'mi' : 'i'}-0${hexDigits(own, 16)}`;
    const name = `${cluster}-${String.fromCharCode(97 + member)}`;
    const isUnmanaged = own.chance(0.007);
    const isStopped = own.chance(0.01);
    const isOptedOut = own.chance(0.01);
    return {
      nodeId,
      ...scope,
      ...platform,
      resourceType: isHybrid ? 'ManagedInstance' : 'EC2Instance',
      agentVersion: pickAgentVersion(own),
      computerName: `${name}.example.internal`,
      ipAddress: `10.${own.integer(256)}.${own.integer(256)}.${1 + own.integer(254)}`,
      tags: { ...tags, Cluster: cluster, Name: name, ...(isOptedOut ? { PatchOptOut: 'true' } : {}) },
      instanceState: isStopped && !isHybrid ? 'stopped' : 'running',
      isManaged: isHybrid || !isUnmanaged,
      fate: fateOf({
        seed: options.seed,
        nodeId,
        platformType: platform.platformType,
        rates: fateRates(options.faults ?? {}),
      }),
    };
  });
}

/** Systems Manager User Guide, "Patch groups": the key is exactly `Patch Group` or `PatchGroup`. */
function targetTags(target: FleetOptions['target'], isSpaced: boolean): Readonly<Record<string, string>> {
  const { PatchGroup, 'Patch Group': spaced, ...rest } = target;
  const group = PatchGroup ?? spaced;
  const environment = { Environment: group?.startsWith('stg') ? 'stg' : 'prd' };
  if (group === undefined) return { ...environment, ...rest };
  return { ...environment, ...rest, [isSpaced ? 'Patch Group' : 'PatchGroup']: group };
}

/** Nodes that a run must not touch: another patch group, or none at all. */
function otherTags(target: FleetOptions['target'], draw: number): Readonly<Record<string, string>> {
  const group = target['PatchGroup'] ?? target['Patch Group'] ?? 'fleet';
  const other = group.startsWith('stg')
    ? { PatchGroup: 'prd-other', Environment: 'prd' }
    : { PatchGroup: 'stg-other', Environment: 'stg' };
  return draw < 0.2 ? { Environment: other.Environment } : other;
}
