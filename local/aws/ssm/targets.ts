import { AwsError } from '../service.ts';
import type { Account } from './account.ts';
import { type CommandDocument, supports } from './document.ts';
import type { NodeRecord } from './records.ts';
import type { CommandRequest, Target } from './send-command-request.ts';

/** Where a command goes; `record` is absent for an id that Systems Manager does not know. */
export interface Recipient {
  readonly nodeId: string;
  readonly record: NodeRecord | undefined;
}

/** The nodes of a SendCommand: its ids, all or nothing, or what its Targets select. */
export function recipientsOf(
  account: Account,
  { request, document }: { readonly request: CommandRequest; readonly document: CommandDocument },
): Recipient[] {
  const { instanceIds, targets } = request;
  if (instanceIds.length > 0 && targets.length > 0) {
    throw new AwsError('ValidationException', 'Specify either InstanceIds or Targets, not both.');
  }
  if (instanceIds.length > 0) {
    const records = explicit(account, instanceIds);
    assertPlatforms(records, document);
    return records.map((record) => ({ nodeId: record.node.nodeId, record }));
  }
  if (targets.length > 0) return selected(account, targets);
  throw new AwsError(
    'ValidationException',
    'Specify InstanceIds or Targets: a command needs somewhere to go.',
  );
}

/** API reference, Systems Manager, SendCommand errors: one bad id fails the call. */
function explicit(account: Account, instanceIds: readonly string[]): readonly NodeRecord[] {
  const duplicate = instanceIds.find((id, index) => instanceIds.indexOf(id) !== index);
  if (duplicate !== undefined) {
    throw new AwsError(
      'DuplicateInstanceId',
      `You cannot specify an instance ID in more than one place: ${duplicate}.`,
    );
  }
  const records = instanceIds.map((id) => account.managed.get(id)).filter((record) => record !== undefined);
  if (records.length < instanceIds.length || !records.every(isValidState)) {
    throw new AwsError('InvalidInstanceId', 'Instances not in a valid state for account.');
  }
  return records;
}

function assertPlatforms(records: readonly NodeRecord[], document: CommandDocument): void {
  const wrong = records.find(({ node }) => !supports(document, node.platformType));
  if (wrong) {
    const { nodeId, platformType } = wrong.node;
    throw new AwsError(
      'UnsupportedPlatformType',
      `Document ${document.name} does not support ${nodeId} (${platformType}).`,
    );
  }
}

/** Keys are ANDed, the values of one are ORed. An id among them that nobody knows becomes Undeliverable. */
function selected(account: Account, targets: readonly Target[]): Recipient[] {
  const ids = targets.filter(({ Key }) => Key === 'InstanceIds').flatMap(({ Values }) => Values);
  for (const { Key } of targets) assertTargetKey(Key);
  const candidates: Recipient[] =
    ids.length > 0
      ? [...new Set(ids)].map((nodeId) => ({ nodeId, record: account.managed.get(nodeId) }))
      : account.managedList.filter(isValidState).map((record) => ({ nodeId: record.node.nodeId, record }));
  return candidates.filter((candidate) => targets.every((target) => matches(candidate, target)));
}

function assertTargetKey(key: string): void {
  if (key === 'InstanceIds' || key === 'tag-key' || /^tag:.+/.test(key)) return;
  const known = 'InstanceIds, tag-key, tag:<key> (resource groups are not embedded)';
  throw new AwsError('ValidationException', `Target key ${key} is not one of: ${known}.`);
}

function matches({ nodeId, record }: Recipient, target: Target): boolean {
  if (target.Key === 'InstanceIds') return target.Values.includes(nodeId);
  const tags = record?.node.tags ?? {};
  if (target.Key === 'tag-key') return target.Values.some((key) => tags[key] !== undefined);
  const value = tags[target.Key.slice('tag:'.length)];
  return value !== undefined && target.Values.includes(value);
}

/** EC2 states that SendCommand takes: running, pending, stopped, stopping. */
function isValidState({ node }: NodeRecord): boolean {
  return node.instanceState !== 'terminated' && node.instanceState !== 'shutting-down';
}
