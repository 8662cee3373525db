import type { Policy } from '../../shared/domain/policy.ts';
import { arnOf, localArn, type Resource, type Resources } from '../cloudformation.ts';
import { definitions, type StateMachineDefinition } from '../definitions.ts';
import { functionIdOf, type Naming, roleIdOf, stateMachineNameOf, watchSlaRuleNameOf } from '../names.ts';
import type { Parameters } from '../parameters.ts';
import { bucketArn } from '../resources/bucket.ts';
import { stateMachineArn } from '../resources/state-machine.ts';
import { sendPatches } from './commands.ts';
import { nodeLogsPolicy } from './node-logs.ts';
import { type Grant, serviceRole, tracing } from './policy.ts';

interface Stack {
  readonly naming: Naming;
  readonly policies: readonly Policy[];
  readonly parameters: Parameters;
}

/** The roles of Step Functions, of the maintenance windows and of the hourly rule, and what nodes need to leave their logs. */
export function serviceRoles(stack: Stack): Resources {
  const { existingBucket, nodeRoles } = stack.parameters;
  return {
    ...Object.fromEntries(
      definitions.map((definition) => [roleIdOf(definition.name), stateMachineRole(stack, definition)]),
    ),
    WatchSlaRuleRole: watchSlaRuleRole(stack.naming),
    InstallWindowRole: installWindowRole(stack.naming),
    ScanWindowRole: scanWindowRole(stack),
    NodeLogsPolicy: nodeLogsPolicy({
      bucketArn: bucketArn(existingBucket),
      logsArn: bucketArn(existingBucket, 'logs/*'),
      nodeRoles,
    }),
  };
}

function stateMachineRole({ naming }: Stack, definition: StateMachineDefinition): Resource {
  const name = stateMachineNameOf(naming, definition.name);
  return serviceRole({
    service: 'states.amazonaws.com',
    sourceArn: localArn('states', `stateMachine:${name}*`),
    grants: [
      {
        sid: 'Call',
        actions: ['lambda:InvokeFunction'],
        resource: definition.called.map((each) => arnOf(functionIdOf(each.name))),
      },
      ...(definition.text.includes('"DISTRIBUTED"') ? mapRun(name) : []),
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

/** A Distributed Map starts executions of its own machine. Source: Step Functions developer guide, "IAM policies for Distributed Map". */
function mapRun(name: string): Grant[] {
  return [
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
  ];
}

/** EventBridge starts state machines by a role, and is bound to the rule by its name. Source: EventBridge user guide, "Cross-service confused deputy prevention". */
function watchSlaRuleRole(naming: Naming): Resource {
  return serviceRole({
    service: 'events.amazonaws.com',
    sourceArn: localArn('events', `rule/${watchSlaRuleNameOf(naming)}`),
    grants: [{ sid: 'Start', actions: ['states:StartExecution'], resource: stateMachineArn('watch-sla') }],
  });
}

/** A window looks at the execution that it has started until that ends. Source: user guide, "Setting up Maintenance Windows". */
function installWindowRole(naming: Naming): Resource {
  return serviceRole({
    service: 'ssm.amazonaws.com',
    sourceArn: localArn('ssm', '*'),
    grants: [
      { sid: 'Start', actions: ['states:StartExecution'], resource: stateMachineArn('patch-fleet') },
      {
        sid: 'Follow',
        actions: ['states:DescribeExecution'],
        resource: localArn('states', `execution:${stateMachineNameOf(naming, 'patch-fleet')}:*`),
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
