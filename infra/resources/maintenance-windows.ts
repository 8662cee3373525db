import type { Policy, PolicyFile } from '../../shared/domain/policy.ts';
import { arnOf, logicalName, type Resource, type Resources, ref, type Value } from '../cloudformation.ts';
import { type Naming, stackTagKey } from '../names.ts';
import type { SharedWindow } from '../windows/share-windows.ts';
import { bucketName } from './bucket.ts';

/** A task's target lists at most so many tags, which a node must carry all. Source: API RegisterTargetWithMaintenanceWindow. */
const tagsAtMost = 5;

/** The two spellings of the tag are two keys: tags of one target are ANDed, so that each is a target of its own. */
const patchGroupKeys = { PatchGroup: 'PatchGroup', PatchGroupSpaced: 'Patch Group' } as const;

/** Source: API RegisterTaskWithMaintenanceWindow, StepFunctions.Input. */
const inputLength = 4096;

/** All windows, with a task for each policy in them. */
export function maintenanceWindows(
  windows: readonly SharedWindow[],
  policies: PolicyFile['policies'],
  stack: { readonly naming: Naming; readonly existingBucket: string },
): Resources {
  return Object.fromEntries(
    windows.flatMap((window) => [
      [windowIdOf(window), windowResource(window, stack.naming)] as const,
      ...window.policies.flatMap((name) => {
        const policy = policies[name];
        if (!policy) return [];
        return window.kind === 'Install'
          ? [[`InstallTask${logicalName(name)}`, installTask(name, window)] as const]
          : scanTask(name, policy, { window, existingBucket: stack.existingBucket });
      }),
    ]),
  );
}

/** A policy whose tags a window's target cannot hold. */
export function scanTargetProblems(policies: PolicyFile['policies']): string[] {
  return Object.entries(policies)
    .filter(([, policy]) => policy.scan && Object.keys(policy.targetTags).length + 1 > tagsAtMost)
    .map(
      ([name, policy]) =>
        `policies.${name}.targetTags: 1 patch group + ${Object.keys(policy.targetTags).length} tags = ${Object.keys(policy.targetTags).length + 1}; a scan's target takes ${tagsAtMost}`,
    );
}

function windowIdOf(window: SharedWindow): string {
  return `${window.kind}Window${window.key}`;
}

function windowResource(window: SharedWindow, naming: Naming): Resource {
  const { kind, key, schedule, timeZone, durationHours, cutoffHours, offsetDays, policies } = window;
  return {
    Type: 'AWS::SSM::MaintenanceWindow',
    Properties: {
      Name: `${naming.prefix}-${kind.toLowerCase()}-${key}`,
      Description: `${kind} of ${policies.join(', ')}`.slice(0, 128),
      Schedule: schedule,
      ScheduleTimezone: timeZone,
      Duration: durationHours,
      Cutoff: cutoffHours,
      // A scan's targets are registered with the window; an install has none at all.
      AllowUnassociatedTargets: false,
      ...(offsetDays > 0 ? { ScheduleOffset: offsetDays } : {}),
      Tags: [{ Key: stackTagKey, Value: naming.prefix }],
    },
  };
}

/**
 * Without targets: with them one execution would start for each target. MaxConcurrency and MaxErrors belong to targets
 * and must be absent. The execution is named after the task's execution, so that a start that is repeated starts
 * nothing twice; not after the window's execution, because policies that share a window would then share the name.
 * The cutoff does not stop an execution, whatever CutoffBehavior says: it stops itself, and for that needs both ids.
 * Source: Systems Manager user guide, "Registering maintenance window tasks without targets".
 */
function installTask(name: string, window: SharedWindow): Resource {
  const input = JSON.stringify({
    policy: name,
    operation: 'Install',
    window: { windowId: '{{WINDOW_ID}}', windowExecutionId: '{{WINDOW_EXECUTION_ID}}' },
  });
  if (input.length > inputLength) throw new RangeError(`policies.${name}: a window's input is at most 4,096`);
  return {
    Type: 'AWS::SSM::MaintenanceWindowTask',
    Properties: {
      Name: name,
      WindowId: ref(windowIdOf(window)),
      TaskType: 'STEP_FUNCTIONS',
      TaskArn: ref('PatchFleetStateMachine'),
      ServiceRoleArn: arnOf('InstallWindowRole'),
      Priority: 1,
      TaskInvocationParameters: {
        MaintenanceWindowStepFunctionsParameters: { Name: '{{TASK_EXECUTION_ID}}', Input: input },
      },
    },
  };
}

/** A target for each spelling of the patch group's tag, and one task for both, which are scanned one after the other. */
function scanTask(
  name: string,
  policy: Policy,
  stack: { readonly window: SharedWindow; readonly existingBucket: string },
): (readonly [string, Resource])[] {
  const id = logicalName(name);
  const targets = Object.entries(patchGroupKeys).map(
    ([suffix, key]) =>
      [`ScanTarget${id}${suffix}`, scanTarget(policy, key, ref(windowIdOf(stack.window)))] as const,
  );
  return [
    ...targets,
    [
      `ScanTask${id}`,
      {
        Type: 'AWS::SSM::MaintenanceWindowTask',
        Properties: {
          Name: name,
          WindowId: ref(windowIdOf(stack.window)),
          TaskType: 'RUN_COMMAND',
          TaskArn: 'AWS-RunPatchBaseline',
          ServiceRoleArn: arnOf('ScanWindowRole'),
          Priority: 1,
          Targets: [{ Key: 'WindowTargetIds', Values: targets.map(([target]) => ref(target)) }],
          // A scan only reads; a fifth of the nodes at once spares what they share. None is to stop the others.
          MaxConcurrency: '20%',
          MaxErrors: '100%',
          TaskInvocationParameters: { MaintenanceWindowRunCommandParameters: scanCommand(name, stack) },
        },
      },
    ],
  ];
}

function scanTarget(policy: Policy, patchGroupKey: string, windowId: Value): Resource {
  return {
    Type: 'AWS::SSM::MaintenanceWindowTarget',
    Properties: {
      WindowId: windowId,
      ResourceType: 'INSTANCE',
      Targets: [
        { Key: `tag:${patchGroupKey}`, Values: [policy.patchGroup] },
        ...Object.entries(policy.targetTags).map(([key, values]) => ({ Key: `tag:${key}`, Values: values })),
      ],
    },
  };
}

/** Whole output goes to S3, where the node's own role must be allowed to put it: Run Command cuts it in its listings. */
function scanCommand(name: string, stack: { readonly existingBucket: string }): Value {
  return {
    Comment: `scan ${name}`,
    Parameters: { Operation: ['Scan'], RebootOption: ['NoReboot'] },
    TimeoutSeconds: 600,
    OutputS3BucketName: bucketName(stack.existingBucket),
    OutputS3KeyPrefix: `logs/scans/${name}`,
  };
}
