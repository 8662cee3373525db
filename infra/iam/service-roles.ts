import type { Policy } from '../../shared/domain/policy.ts';
import { arnOf, localArn, type Resource, type Resources, ref } from '../cloudformation.ts';
import { functionIdOf, type Naming, stateMachineNameOf } from '../names.ts';
import type { Parameters } from '../parameters.ts';
import { bucketArn } from '../resources/bucket.ts';
import { sendPatches } from './commands.ts';
import { serviceRole, statementsOf, tracing } from './policy.ts';

interface Stack {
  readonly naming: Naming;
  readonly policies: readonly Policy[];
  readonly parameters: Parameters;
  /** Functions that the definition calls. */
  readonly called: readonly string[];
}

/** The roles of Step Functions and of the maintenance windows, and what nodes need to leave their logs. */
export function serviceRoles(stack: Stack): Resources {
  return {
    PatchFleetRole: stateMachineRole(stack),
    InstallWindowRole: installWindowRole(stack.naming),
    ScanWindowRole: scanWindowRole(stack),
    NodeLogsPolicy: nodeLogsPolicy(stack.parameters),
  };
}

/** A Distributed Map starts executions of its own machine. Source: Step Functions developer guide, "IAM policies for Distributed Map". */
function stateMachineRole({ naming, called }: Stack): Resource {
  const name = stateMachineNameOf(naming);
  return serviceRole({
    service: 'states.amazonaws.com',
    sourceArn: localArn('states', `stateMachine:${name}*`),
    grants: [
      {
        sid: 'Call',
        actions: ['lambda:InvokeFunction'],
        resource: called.map((each) => arnOf(functionIdOf(each))),
      },
      {
        sid: 'StartBatches',
        actions: ['states:StartExecution'],
        resource: localArn('states', `stateMachine:${name}`),
      },
      {
        sid: 'FollowBatches',
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resource: localArn('states', `execution:${name}:*`),
      },
      {
        sid: 'RedriveBatches',
        actions: ['states:RedriveExecution'],
        resource: localArn('states', `execution:${name}/Batches:*`),
      },
      {
        sid: 'DeliverLogs',
        actions: [
          'logs:CreateLogDelivery',
          'logs:GetLogDelivery',
          'logs:UpdateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
        ],
        resource: 'unscopable',
      },
      tracing,
    ],
  });
}

/** A window looks at the execution that it has started until that ends. Source: user guide, "Setting up Maintenance Windows". */
function installWindowRole(naming: Naming): Resource {
  return serviceRole({
    service: 'ssm.amazonaws.com',
    sourceArn: localArn('ssm', '*'),
    grants: [
      { sid: 'Start', actions: ['states:StartExecution'], resource: ref('PatchFleetStateMachine') },
      {
        sid: 'Follow',
        actions: ['states:DescribeExecution'],
        resource: localArn('states', `execution:${stateMachineNameOf(naming)}:*`),
      },
    ],
  });
}

function scanWindowRole({ naming, policies, parameters }: Stack): Resource {
  return serviceRole({
    service: 'ssm.amazonaws.com',
    sourceArn: localArn('ssm', '*'),
    grants: [
      ...sendPatches({ naming, policies, existingBucket: parameters.existingBucket }),
      {
        sid: 'FollowCommands',
        actions: [
          'ssm:ListCommands',
          'ssm:ListCommandInvocations',
          'ssm:GetCommandInvocation',
          'ssm:CancelCommand',
        ],
        resource: 'unscopable',
      },
    ],
  });
}

/** For the nodes' own roles: without it the agent leaves no logs, and nobody is told. It may add, never read. */
function nodeLogsPolicy({ existingBucket, nodeRoles }: Parameters): Resource {
  return {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Description: 'fleet-patcher: a managed node leaves the output of its commands',
      ...(nodeRoles.length > 0 ? { Roles: nodeRoles } : {}),
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: statementsOf([
          { sid: 'LeaveLogs', actions: ['s3:PutObject'], resource: bucketArn(existingBucket, 'logs/*') },
          {
            sid: 'KnowEncryption',
            actions: ['s3:GetEncryptionConfiguration'],
            resource: bucketArn(existingBucket),
          },
        ]),
      },
    },
  };
}
