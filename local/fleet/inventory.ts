import type { FaultRates } from '../faults.ts';
import { fateOf } from './fate.ts';
import { defaultScope, type NodeScope } from './generate.ts';
import { readInventoryFile } from './inventory-file.ts';
import {
  type Ec2Instance,
  type InstanceInformation,
  instanceInformationFile,
  instancesFile,
} from './inventory-schema.ts';
import type { FleetNode } from './node.ts';
import { quotaWarnings } from './quotas.ts';
import { type FateRates, fateRates } from './rates.ts';

export interface InventoryOptions {
  /** What `aws ssm describe-instance-information --output json` printed. */
  readonly instanceInformation: string;
  /** What `aws ec2 describe-instances --output json` printed; without it every node carries the target's tags. */
  readonly instances?: string;
  readonly seed: number;
  readonly target: Readonly<Record<string, string>>;
  readonly faults?: FaultRates;
  /** Where the nodes live here, whatever account the files come from. */
  readonly scope?: NodeScope;
}

export interface Inventory {
  readonly nodes: readonly FleetNode[];
  /** Sentences for the operator; the inventory is usable all the same. */
  readonly warnings: readonly string[];
}

const managedCommand = 'aws ssm describe-instance-information';
const instancesCommand = 'aws ec2 describe-instances';

/** A fleet of real servers with invented fates. Throws an Error that names the file and all that is wrong in it. */
export function readInventory(options: InventoryOptions): Inventory {
  const managed = readInventoryFile({
    file: options.instanceInformation,
    schema: instanceInformationFile,
    command: managedCommand,
    other: { member: 'Reservations', command: instancesCommand },
  }).InstanceInformationList;
  assertUnique(options.instanceInformation, managed);
  const instances = options.instances === undefined ? undefined : readInstances(options.instances);

  const rates = fateRates(options.faults ?? {});
  const byId = new Map(instances?.map((instance) => [instance.InstanceId, instance]));
  const known = new Set(managed.map(({ InstanceId }) => InstanceId));
  const unmanaged = [...byId.values()].filter(({ InstanceId }) => !known.has(InstanceId));
  const nodes = [
    ...managed.map((row) => managedNode(row, { options, rates, instance: byId.get(row.InstanceId) })),
    ...unmanaged.map((instance) => unlistedNode(instance, { options, rates })),
  ];
  return { nodes, warnings: [...quotaWarnings(nodes), ...tagWarnings(options, nodes)] };
}

function readInstances(file: string): readonly Ec2Instance[] {
  const { Reservations } = readInventoryFile({
    file,
    schema: instancesFile,
    command: instancesCommand,
    other: { member: 'InstanceInformationList', command: managedCommand },
  });
  const instances = Reservations.flatMap(({ Instances }) => Instances);
  assertUnique(file, instances);
  return instances;
}

interface Making {
  readonly options: InventoryOptions;
  readonly rates: FateRates;
}

function managedNode(
  row: InstanceInformation,
  making: Making & { readonly instance: Ec2Instance | undefined },
): FleetNode {
  const { options, rates, instance } = making;
  const { InstanceId: nodeId, PlatformType: platformType } = row;
  const isHybrid = nodeId.startsWith('mi-');
  const fate = fateOf({ seed: options.seed, nodeId, platformType, rates });
  const isTargeted = isHybrid || options.instances === undefined;
  return {
    nodeId,
    ...(options.scope ?? defaultScope),
    resourceType: isHybrid ? 'ManagedInstance' : 'EC2Instance',
    platformType,
    platformName: row.PlatformName ?? platformType,
    platformVersion: row.PlatformVersion ?? '',
    agentVersion: row.AgentVersion ?? '3.0.0.0',
    computerName: row.ComputerName ?? nodeId,
    ipAddress: row.IPAddress ?? '',
    tags: isTargeted ? { ...options.target } : tagsOf(instance),
    instanceState: instance?.State.Name ?? 'running',
    isManaged: true,
    fate: row.PingStatus === 'Online' ? fate : { ...fate, agent: 'offline' },
  };
}

/** Systems Manager does not list a stopped node, so a stopped one may be managed all the same; a running one is not. */
function unlistedNode(instance: Ec2Instance, { options, rates }: Making): FleetNode {
  const { InstanceId: nodeId, State } = instance;
  const platformType = instance.Platform?.toLowerCase() === 'windows' ? 'Windows' : 'Linux';
  return {
    nodeId,
    ...(options.scope ?? defaultScope),
    resourceType: 'EC2Instance',
    platformType,
    platformName: platformType,
    platformVersion: '',
    agentVersion: '3.0.0.0',
    computerName: instance.PrivateDnsName ?? nodeId,
    ipAddress: instance.PrivateIpAddress ?? '',
    tags: tagsOf(instance),
    instanceState: State.Name,
    isManaged: State.Name === 'stopped' || State.Name === 'stopping',
    fate: fateOf({ seed: options.seed, nodeId, platformType, rates }),
  };
}

function tagsOf(instance: Ec2Instance | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((instance?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

function tagWarnings({ instances }: InventoryOptions, nodes: readonly FleetNode[]): string[] {
  const hybrid = nodes.filter(({ resourceType }) => resourceType === 'ManagedInstance').length;
  if (instances === undefined || hybrid === 0) return [];
  return [`${hybrid} hybrid nodes count as targeted: their tags are in neither file`];
}

function assertUnique(file: string, rows: readonly { readonly InstanceId: string }[]): void {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { InstanceId } of rows) {
    if (seen.has(InstanceId)) repeated.add(InstanceId);
    seen.add(InstanceId);
  }
  if (repeated.size > 0)
    throw new Error(`${file}: InstanceId more than once: ${[...repeated].join(', ')}; allowed: once`);
}
