import type { FleetNode } from '../../fleet/node.ts';
import type { XmlMembers } from '../http/xml.ts';

/** The codes of InstanceState (EC2 API Reference). */
const stateCodes: Readonly<Record<FleetNode['instanceState'], number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** An instance in a reservation of its own. `platform` is there for Windows only, as on EC2. */
export function reservationOf(node: FleetNode): XmlMembers {
  const isWindows = node.platformType === 'Windows';
  const instance = {
    instanceId: node.nodeId,
    instanceState: { code: stateCodes[node.instanceState], name: node.instanceState },
    privateDnsName: node.computerName,
    privateIpAddress: node.instanceState === 'terminated' ? undefined : node.ipAddress,
    instanceType: 'm7i.large',
    placement: { availabilityZone: `${node.region}a`, tenancy: 'default' },
    platform: isWindows ? 'windows' : undefined,
    platformDetails: isWindows ? 'Windows' : 'Linux/UNIX',
    tagSet: { item: Object.entries(node.tags).map(([key, value]) => ({ key, value })) },
  };
  return {
    reservationId: `r-${node.nodeId.slice(2)}`,
    ownerId: node.accountId,
    groupSet: {},
    instancesSet: { item: [instance] },
  };
}

/** True for the filters of DescribeInstances that are embedded. */
export function isInstanceFilter(name: string): boolean {
  return ['instance-id', 'instance-state-name', 'tag-key'].includes(name) || name.startsWith('tag:');
}

/** What DescribeInstances compares a filter's values with. */
export function instanceFilterValues(node: FleetNode, name: string): readonly string[] {
  if (name === 'instance-id') return [node.nodeId];
  if (name === 'instance-state-name') return [node.instanceState];
  if (name === 'tag-key') return Object.keys(node.tags);
  const value = node.tags[name.slice('tag:'.length)];
  return value === undefined ? [] : [value];
}
