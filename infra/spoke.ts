import type { Policy } from '../shared/domain/policy.ts';
import { arnOf, type Resource, type Resources, ref, sub, type Value } from './cloudformation.ts';
import { nodesByTag } from './iam/commands.ts';
import { nodeLogsPolicy } from './iam/node-logs.ts';
import { type Grant, statementsOf } from './iam/policy.ts';
import { hookDocumentNameOf, type Naming } from './names.ts';
import { hookDocumentResources } from './resources/hook-document.ts';

/** A CloudFormation template as a file. */
export interface Template {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Parameters: { readonly [name: string]: Value };
  readonly Conditions: { readonly [name: string]: Value };
  readonly Resources: Resources;
  readonly Outputs: { readonly [name: string]: Value };
}

/**
 * What another account, or another Region, has to have for a stage: the role that a scope's `roleArn` names, the hook
 * document under the stage's name for it, and the policy by which its nodes leave their logs in the stage's bucket. One
 * template for all of them, so that it can be a StackSet. A role is of all Regions: in a second one its name is left empty.
 */
export function composeSpoke(naming: Naming, policies: readonly Policy[]): Template {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `${naming.prefix}: what an account that is patched from another one needs`,
    Parameters: {
      HubAccountId: { Type: 'String', AllowedPattern: '\\d{12}', Description: "The stack's account" },
      HubBucketName: { Type: 'String', Description: "The stack's output RunBucketName" },
      ExternalId: { Type: 'String', MinLength: 2, Description: "The scopes' externalId in the policy file" },
      RoleName: {
        Type: 'String',
        Default: `${naming.prefix}-spoke`,
        Description: "The name in the scopes' roleArn; empty in an account's further Regions",
      },
    },
    Conditions: { HasRole: { 'Fn::Not': [{ 'Fn::Equals': [ref('RoleName'), ''] }] } },
    Resources: {
      ...hookDocumentResources(naming),
      SpokeRole: spokeRole(naming, policies),
      NodeLogsPolicy: nodeLogsPolicy({
        bucketArn: hubBucketArn,
        logsArn: sub(`arn:\${AWS::Partition}:s3:::\${HubBucketName}/logs/*`),
        nodeRoles: [],
      }),
    },
    Outputs: {
      RoleArn: { Condition: 'HasRole', Description: 'For roleArn', Value: arnOf('SpokeRole') },
      NodeLogsPolicyArn: { Description: "For the nodes' own roles", Value: ref('NodeLogsPolicy') },
    },
  };
}

/** Trusts the roles of the stack, which carry its name, and nobody without the external id. */
function spokeRole(naming: Naming, policies: readonly Policy[]): Resource {
  const trusted = {
    Effect: 'Allow',
    Principal: { AWS: sub(`arn:\${AWS::Partition}:iam::\${HubAccountId}:root`) },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'sts:ExternalId': ref('ExternalId') },
      ArnLike: {
        'aws:PrincipalArn': sub(`arn:\${AWS::Partition}:iam::\${HubAccountId}:role/${naming.prefix}-*`),
      },
    },
  };
  return {
    Type: 'AWS::IAM::Role',
    Condition: 'HasRole',
    Properties: {
      RoleName: ref('RoleName'),
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trusted] },
      Policies: [
        {
          PolicyName: 'own',
          PolicyDocument: { Version: '2012-10-17', Statement: statementsOf(grantsOf(naming, policies)) },
        },
      ],
    },
  };
}

const nodeArns: Value = [
  sub(`arn:\${AWS::Partition}:ec2:*:\${AWS::AccountId}:instance/*`),
  sub(`arn:\${AWS::Partition}:ssm:*:\${AWS::AccountId}:managed-instance/*`),
];
const hubBucketArn = sub(`arn:\${AWS::Partition}:s3:::\${HubBucketName}`);

/** What the functions of a stage do in a scope, and no more. */
function grantsOf(naming: Naming, policies: readonly Policy[]): Grant[] {
  return [
    {
      sid: 'Look',
      actions: [
        'ec2:DescribeInstances',
        'ssm:CancelCommand',
        'ssm:DescribeInstanceInformation',
        'ssm:GetPatchBaselineForPatchGroup',
        'ssm:ListCommandInvocations',
        'ssm:ListCommands',
      ],
      resource: 'unscopable',
    },
    {
      sid: 'LookAtPatches',
      actions: ['ssm:DescribeInstancePatches', 'ssm:DescribeInstancePatchStates'],
      resource: nodeArns,
    },
    {
      sid: 'SendDocuments',
      actions: ['ssm:SendCommand'],
      resource: [
        sub(`arn:\${AWS::Partition}:ssm:*::document/AWS-RunPatchBaseline`),
        sub(`arn:\${AWS::Partition}:ssm:*:\${AWS::AccountId}:document/${hookDocumentNameOf(naming)}`),
        hubBucketArn,
      ],
    },
    ...nodesByTag(policies, nodeArns),
  ];
}
