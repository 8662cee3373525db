import { AwsError } from '../service.ts';
import type { Members } from './members.ts';
import { pingOf } from './node-record.ts';
import type { NodeRecord } from './records.ts';

/** One filter of DescribeInstanceInformation, of either form. */
export interface InformationFilter {
  readonly key: string;
  readonly values: readonly string[];
}

const legacyKeys = [
  'InstanceIds',
  'AgentVersion',
  'PingStatus',
  'PlatformTypes',
  'ActivationIds',
  'IamRole',
  'ResourceType',
  'AssociationStatus',
] as const;
const keys: readonly string[] = [...legacyKeys, 'PlatformType', 'SourceIds', 'SourceTypes', 'tag-key'];
const valuesRange = { min: 1, max: 100 } as const;
const words: Readonly<Record<string, readonly string[]>> = {
  PingStatus: ['Online', 'ConnectionLost', 'Inactive'],
  PlatformType: ['Windows', 'Linux', 'MacOS'],
  PlatformTypes: ['Windows', 'Linux', 'MacOS'],
  ResourceType: ['EC2Instance', 'ManagedInstance'],
};

/** Reads `Filters` or the legacy list; both at once, an unknown key, or a tag beside anything else are refused. */
export function readInformationFilters(members: Members): readonly InformationFilter[] {
  const legacy = members.structures('InstanceInformationFilterList', {
    read: (filter) => ({
      key: filter.requiredString('key', { values: legacyKeys }),
      values: filter.requiredStrings('valueSet', { ...valuesRange, member: { min: 1 } }),
    }),
  });
  const modern = members.structures('Filters', {
    read: (filter) => ({
      key: filter.requiredString('Key', { min: 1 }),
      values: filter.requiredStrings('Values', { ...valuesRange, member: { min: 1 } }),
    }),
  });
  members.finish();
  if (legacy && modern) {
    throw new AwsError(
      'ValidationException',
      'Filters and InstanceInformationFilterList cannot be used together.',
    );
  }
  const filters = modern ?? legacy ?? [];
  for (const filter of filters) assertFilter(filter);
  if (filters.some(isTag) && !filters.every(isTag)) {
    throw new AwsError('InvalidFilterKey', 'Tag filters cannot be combined with other filters.');
  }
  return filters;
}

/** A node at the time of the question, in epoch milliseconds. */
export interface ListedNode {
  readonly record: NodeRecord;
  readonly now: number;
}

/** Whether a node passes. */
export function passesInformationFilter(listed: ListedNode, filter: InformationFilter): boolean {
  const { node } = listed.record;
  if (filter.key === 'tag-key') return filter.values.some((key) => node.tags[key] !== undefined);
  const actual = isTag(filter) ? node.tags[filter.key.slice('tag:'.length)] : wordOf(listed, filter.key);
  return actual !== undefined && filter.values.includes(actual);
}

function isTag({ key }: InformationFilter): boolean {
  return key === 'tag-key' || key.startsWith('tag:');
}

function assertFilter(filter: InformationFilter): void {
  if (!isTag(filter) && !keys.includes(filter.key)) {
    throw new AwsError(
      'InvalidFilterKey',
      `Filter key ${filter.key} is not one of: ${keys.join(', ')}, tag:<key>.`,
    );
  }
  const allowed = words[filter.key];
  const wrong = filter.values.find((value) => allowed && !allowed.includes(value));
  if (wrong !== undefined) {
    const message = `Value ${wrong} of ${filter.key} is not one of: ${allowed?.join(', ')}.`;
    throw new AwsError('InvalidInstanceInformationFilterValue', message);
  }
}

/** Activations, roles and associations are not part of the fleet: nothing passes a filter on them. */
function wordOf({ record, now }: ListedNode, key: string): string | undefined {
  const { node } = record;
  switch (key) {
    case 'InstanceIds':
    case 'SourceIds':
      return node.nodeId;
    case 'AgentVersion':
      return node.agentVersion;
    case 'PingStatus':
      return pingOf(record, now).status;
    case 'PlatformType':
    case 'PlatformTypes':
      return node.platformType;
    case 'ResourceType':
      return node.resourceType;
    case 'SourceTypes':
      return node.resourceType === 'ManagedInstance' ? 'AWS::SSM::ManagedInstance' : 'AWS::EC2::Instance';
    default:
      return undefined;
  }
}
