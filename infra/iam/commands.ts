import type { Policy } from '../../shared/domain/policy.ts';
import { localArn, sub, type Value } from '../cloudformation.ts';
import { hookDocumentNameOf, type Naming } from '../names.ts';
import { bucketArn } from '../resources/bucket.ts';
import { type Grant, nodeArns } from './policy.ts';

/** What the permission to send commands depends on. */
export interface Sending {
  readonly naming: Naming;
  readonly policies: readonly Policy[];
  readonly existingBucket: string;
}

/** AWS's own document lies in no account. */
const patchDocumentArn = sub(`arn:\${AWS::Partition}:ssm:\${AWS::Region}::document/AWS-RunPatchBaseline`);

/** Sends AWS-RunPatchBaseline and nothing else, to nodes of the policies and no others, with its logs in our bucket. */
export function sendPatches(sending: Sending): Grant[] {
  return [documents([patchDocumentArn], sending), ...nodesByTag(sending.policies, nodeArns)];
}

/** The same with the hook document. */
export function sendPatchesAndHooks(sending: Sending): Grant[] {
  const hooks = localArn('ssm', `document/${hookDocumentNameOf(sending.naming)}`);
  return [documents([patchDocumentArn, hooks], sending), ...nodesByTag(sending.policies, nodeArns)];
}

/** SendCommand is asked about the document, about the bucket for its output, and about each node. */
function documents(arns: readonly Value[], { existingBucket }: Sending): Grant {
  return {
    sid: 'SendDocuments',
    actions: ['ssm:SendCommand'],
    resource: [...arns, bucketArn(existingBucket)],
  };
}

/** One statement for each spelling of the tag: conditions of one statement are ANDed. */
export function nodesByTag(policies: readonly Policy[], nodes: Value): Grant[] {
  const patchGroups = [...new Set(policies.map((policy) => policy.patchGroup))].toSorted();
  return [
    { sid: 'ToNodesWithPatchGroup', key: 'PatchGroup' },
    { sid: 'ToNodesWithSpacedPatchGroup', key: 'Patch Group' },
  ].map(({ sid, key }) => ({
    sid,
    actions: ['ssm:SendCommand'],
    resource: nodes,
    condition: { StringEquals: { [`ssm:resourceTag/${key}`]: patchGroups } },
  }));
}

/** To act in other accounts, as the roles that the policies name. */
export function assumeSpokeRoles(policies: readonly Policy[]): Grant[] {
  const roles = policies.flatMap((policy) => (policy.scopes ?? []).flatMap((scope) => scope.roleArn ?? []));
  if (roles.length === 0) return [];
  return [{ sid: 'ActInSpokes', actions: ['sts:AssumeRole'], resource: [...new Set(roles)].toSorted() }];
}
