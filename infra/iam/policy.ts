import { localArn, type Resource, ref, type Value } from '../cloudformation.ts';

/** One statement that allows something. Without `resource` the action is one that IAM cannot bind to any. */
export interface Grant {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resource: Value | 'unscopable';
  readonly condition?: Value;
}

/**
 * Actions for which IAM knows no resource, so that only "*" works: reading lists, and delivering logs and traces.
 * Source: Service Authorization Reference, pages of Systems Manager, EC2, X-Ray, CloudWatch Logs.
 */
export const unscopableActions: readonly string[] = [
  // Run Command knows its commands by id, and these actions take no ARN. CancelCommand, too: ids are not guessed.
  'ssm:ListCommands',
  'ssm:ListCommandInvocations',
  'ssm:CancelCommand',
  'ssm:GetCommandInvocation',
  'ssm:DescribeInstanceInformation',
  // An execution's id is a window's secret as long as its window is not known: the ids come from the window itself.
  'ssm:GetMaintenanceWindowExecution',
  'ssm:DescribeMaintenanceWindows',
  'ssm:DescribeMaintenanceWindowExecutionTasks',
  'ssm:GetPatchBaselineForPatchGroup',
  'ec2:DescribeInstances',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  // Step Functions sets up its own log delivery by these.
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  // Lambda's network interfaces in a VPC: created before they have an ARN.
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

export function statementsOf(grants: readonly Grant[]): Value[] {
  return grants.map(({ sid, actions, resource, condition }) => ({
    Sid: sid,
    Effect: 'Allow',
    Action: actions,
    Resource: resource === 'unscopable' ? '*' : resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  }));
}

/** A role for one service and one purpose. `sourceArn` binds the service to what may act through it, where it says so. */
export function serviceRole(role: {
  readonly service: string;
  readonly sourceArn?: Value;
  readonly grants: readonly Grant[];
}): Resource {
  const { service, sourceArn, grants } = role;
  const condition = sourceArn && {
    ArnLike: { 'aws:SourceArn': sourceArn },
    StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
  };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: service },
            Action: 'sts:AssumeRole',
            ...(condition ? { Condition: condition } : {}),
          },
        ],
      },
      Policies: [
        {
          PolicyName: 'own',
          PolicyDocument: { Version: '2012-10-17', Statement: statementsOf(grants) },
        },
      ],
    },
  };
}

/** Traces of the execution and of the functions in it. */
export const tracing: Grant = {
  sid: 'Trace',
  actions: [
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
  ],
  resource: 'unscopable',
};

/** Every node of this account and Region, EC2 and hybrid. */
export const nodeArns: Value = [localArn('ec2', 'instance/*'), localArn('ssm', 'managed-instance/*')];
