import { AwsError } from '../service.ts';
import type { SsmOperation } from './context.ts';
import { Members } from './members.ts';

const resourceTypes = [
  'Document',
  'ManagedInstance',
  'MaintenanceWindow',
  'Parameter',
  'PatchBaseline',
  'OpsItem',
  'OpsMetadata',
  'Automation',
  'Association',
] as const;

/** ListTagsForResource: hybrid nodes keep their tags here, EC2 instances keep theirs in EC2. */
export const listTagsForResource: SsmOperation = (input, { account }) => {
  const members = new Members(input);
  const resourceType = members.requiredString('ResourceType', { values: resourceTypes });
  const resourceId = members.requiredString('ResourceId');
  members.finish();
  if (resourceType !== 'ManagedInstance') {
    throw new AwsError('InvalidResourceType', `${resourceType} has no tags here: only ManagedInstance has.`);
  }
  const record = resourceId.startsWith('mi-') ? account.managed.get(resourceId) : undefined;
  if (!record)
    throw new AwsError('InvalidResourceId', `Resource ${resourceId} is not a hybrid node of this account.`);
  return { TagList: Object.entries(record.node.tags).map(([Key, Value]) => ({ Key, Value })) };
};
