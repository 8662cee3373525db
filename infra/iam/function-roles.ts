import type { Policy } from '../../shared/domain/policy.ts';
import { arnOf, localArn, type Resources, ref } from '../cloudformation.ts';
import { functionNameOf, type Naming, roleIdOf, stackTagKey } from '../names.ts';
import type { Parameters } from '../parameters.ts';
import { bucketArn } from '../resources/bucket.ts';
import { topicIds } from '../resources/topics.ts';
import {
  keepLedger,
  keepTroubles,
  markFindings,
  readPatches,
  resolveFindings,
  takeFindings,
  tellOnce,
} from './clock.ts';
import { assumeSpokeRoles, sendPatchesAndHooks } from './commands.ts';
import { type Grant, nodeArns, serviceRole, tracing } from './policy.ts';

interface Stack {
  readonly naming: Naming;
  readonly policies: readonly Policy[];
  readonly parameters: Parameters;
}

/**
 * A role for each function. Their trust has no aws:SourceArn: Lambda sets none when it assumes an execution role, and
 * only who may pass the role can give it to a function.
 */
export function functionRoles(names: readonly string[], stack: Stack): Resources {
  return Object.fromEntries(
    names.map((name) => [
      roleIdOf(name),
      serviceRole({
        service: 'lambda.amazonaws.com',
        grants: [ownLogs(name, stack), tracing, ...inVpc(stack), ...ownGrants(name, stack)],
      }),
    ]),
  );
}

function ownGrants(name: string, stack: Stack): Grant[] {
  const { naming, policies, parameters } = stack;
  const { existingBucket } = parameters;
  const spokes = assumeSpokeRoles(policies);
  switch (name) {
    case 'resolve-targets':
      return [
        findNodes,
        patchStates,
        readWindow(naming),
        windowExecution,
        ...read(stack, [
          'runs/*/locks.json',
          'runs/*/planning.json',
          'runs/*/plan.json',
          'runs/*/batches/*',
          'locks/*',
        ]),
        put(stack, ['runs/*', 'locks/*']),
        ...spokes,
      ];
    case 'send-command':
      return [
        ...sendPatchesAndHooks({ naming, policies, existingBucket }),
        unscopable('FollowCommands', ['ssm:ListCommands', 'ssm:CancelCommand']),
        ...spokes,
      ];
    case 'poll-command':
      return [
        unscopable('FollowCommands', [
          'ssm:ListCommands',
          'ssm:ListCommandInvocations',
          'ssm:DescribeInstanceInformation',
        ]),
        patchStates,
        ...spokes,
      ];
    case 'evaluate-result':
      return [...read(stack), put(stack, ['runs/*'])];
    case 'notify':
      return [...read(stack, ['runs/*', 'locks/*']), put(stack, closing), ...publish];
    case 'close-run':
      return [
        ...read(stack, ['runs/*', 'locks/*']),
        put(stack, closing),
        ...publish,
        unscopable('StopCommands', ['ssm:ListCommands', 'ssm:ListCommandInvocations', 'ssm:CancelCommand']),
        ...deadLetters,
        ...spokes,
      ];
    case 'check-windows':
      return [...read(stack), ...checkWindows(naming), ...deadLetters];
    case 'list-scopes':
      return [];
    case 'update-ledger':
      return [findNodes, ...readPatches, keepLedger, resolveFindings, ...spokes];
    case 'report-sla':
      return [keepLedger, tellOnce, markFindings, listWindows, put(stack, ['sla/*']), ...publish];
    case 'notify-finding':
      return [...takeFindings, tellOnce, keepTroubles, patchStates, markFindings, ...publish, ...spokes];
    default:
      throw new RangeError(`function ${name} has no role; allowed: those that ownGrants of infra/iam knows`);
  }
}

/** What closing a run writes, and nothing of what the run itself has written but its locks. */
const closing = [
  'runs/*/run.json',
  'runs/*/summary.json',
  'runs/*/told.json',
  'runs/*/locks.json',
  'locks/*',
];

function unscopable(sid: string, actions: readonly string[]): Grant {
  return { sid, actions, resource: 'unscopable' };
}

function ownLogs(name: string, { naming }: Stack): Grant {
  const group = `log-group:/aws/lambda/${functionNameOf(naming, name)}`;
  return {
    sid: 'Log',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resource: localArn('logs', `${group}:log-stream:*`),
  };
}

const findNodes = unscopable('FindNodes', ['ssm:DescribeInstanceInformation', 'ec2:DescribeInstances']);

const patchStates: Grant = {
  sid: 'ReadPatchStates',
  actions: ['ssm:DescribeInstancePatchStates'],
  resource: nodeArns,
};

const windowExecution = unscopable('ReadWindowExecution', ['ssm:GetMaintenanceWindowExecution']);

/** The stack's own windows, which it knows by a tag: their ids are made when they are. */
function ofOwnWindows(naming: Naming, sid: string, actions: readonly string[]): Grant {
  return {
    sid,
    actions,
    resource: localArn('ssm', 'maintenancewindow/*'),
    condition: { StringEquals: { [`aws:ResourceTag/${stackTagKey}`]: naming.prefix } },
  };
}

const readWindow = (naming: Naming) => ofOwnWindows(naming, 'ReadWindow', ['ssm:GetMaintenanceWindow']);

const listWindows = unscopable('ListWindows', ['ssm:DescribeMaintenanceWindows']);

function checkWindows(naming: Naming): Grant[] {
  return [
    unscopable('ListWindows', [
      'ssm:DescribeMaintenanceWindows',
      'ssm:DescribeMaintenanceWindowExecutionTasks',
    ]),
    ofOwnWindows(naming, 'ReadWindows', ['ssm:DescribeMaintenanceWindowExecutions']),
  ];
}

function put({ parameters }: Stack, keys: readonly string[]): Grant {
  return {
    sid: 'WriteRuns',
    actions: ['s3:PutObject'],
    resource: keys.map((key) => bucketArn(parameters.existingBucket, key)),
  };
}

/**
 * ListBucket without a prefix: S3 says of an object that is not there "no such key" only to whom may list the bucket,
 * and to others "access denied"; a prefix is not there to be compared when an object is read.
 */
function read({ parameters }: Stack, keys: readonly string[] = ['runs/*']): Grant[] {
  return [
    {
      sid: 'ReadRuns',
      actions: ['s3:GetObject'],
      resource: keys.map((key) => bucketArn(parameters.existingBucket, key)),
    },
    { sid: 'KnowMissing', actions: ['s3:ListBucket'], resource: bucketArn(parameters.existingBucket) },
  ];
}

const publish: readonly Grant[] = [
  { sid: 'Tell', actions: ['sns:Publish'], resource: topicIds.map(ref) },
  { sid: 'Encrypt', actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resource: arnOf('TopicKey') },
];

const deadLetters: readonly Grant[] = [
  { sid: 'DeadLetters', actions: ['sqs:SendMessage'], resource: arnOf('EventDeadLetters') },
];

function inVpc({ parameters }: Stack): Grant[] {
  if (parameters.subnetIds.length === 0) return [];
  return [
    unscopable('NetworkInterfaces', [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ]),
  ];
}
