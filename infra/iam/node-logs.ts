import type { Resource, Value } from '../cloudformation.ts';
import { statementsOf } from './policy.ts';

/**
 * For the nodes' own roles, in the stack's account and in spokes: without it the agent leaves no logs, and nobody is told. It
 * may add, never read.
 */
export function nodeLogsPolicy(where: {
  readonly bucketArn: Value;
  readonly logsArn: Value;
  /** Names of the roles that get it here. */
  readonly nodeRoles: readonly string[];
}): Resource {
  const { bucketArn, logsArn, nodeRoles } = where;
  return {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Description: 'fleet-patcher: a managed node leaves the output of its commands',
      ...(nodeRoles.length > 0 ? { Roles: nodeRoles } : {}),
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: statementsOf([
          { sid: 'LeaveLogs', actions: ['s3:PutObject'], resource: logsArn },
          { sid: 'KnowEncryption', actions: ['s3:GetEncryptionConfiguration'], resource: bucketArn },
        ]),
      },
    },
  };
}
