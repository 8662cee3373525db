import * as z from 'zod';
import type { Resources } from '../../infra/cloudformation.ts';
import { namingFor } from '../../infra/names.ts';
import { patchBaselines } from '../../infra/resources/baselines.ts';
import { maintenanceWindows } from '../../infra/resources/maintenance-windows.ts';
import { shareWindows } from '../../infra/windows/share-windows.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import type { PatchBaseline } from '../aws/ssm/patch-baselines.ts';
import { defaultScope } from '../fleet/generate.ts';
import { bucketName } from '../names.ts';
import { hexDigits, random } from '../random.ts';

/** One RUN_COMMAND task: a command for each of its targets, one after the other. Tags of one target are ANDed. */
export interface ScanTask {
  readonly policy: string;
  readonly targets: readonly (readonly { readonly Key: string; readonly Values: readonly string[] }[])[];
  /** SendCommand's other members. */
  readonly command: Readonly<Record<string, unknown>>;
}

/** One STEP_FUNCTIONS task without targets: name and input still have their pseudo parameters. */
export interface InstallTask {
  readonly policy: string;
  readonly name: string;
  readonly input: string;
}

/** A maintenance window as the stack registers it, with its tasks. */
export interface DeployedWindow {
  readonly windowId: string;
  readonly name: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly offsetDays: number;
  readonly durationHours: number;
  readonly cutoffHours: number;
  readonly scans: readonly ScanTask[];
  readonly installs: readonly InstallTask[];
}

const naming = namingFor('fleet-patcher', 'local');
const reference = z.object({ Ref: z.string() });

const windowSchema = z.object({
  Name: z.string(),
  Schedule: z.string(),
  ScheduleTimezone: z.string(),
  ScheduleOffset: z.number().default(0),
  Duration: z.number(),
  Cutoff: z.number(),
});

const targetSchema = z.object({
  Targets: z.array(z.object({ Key: z.string(), Values: z.array(z.string()) })),
});

const scanSchema = z.object({
  Name: z.string(),
  WindowId: reference,
  TaskType: z.literal('RUN_COMMAND'),
  TaskArn: z.string(),
  Targets: z.array(z.object({ Key: z.literal('WindowTargetIds'), Values: z.array(reference) })),
  MaxConcurrency: z.string(),
  MaxErrors: z.string(),
  TaskInvocationParameters: z.object({
    MaintenanceWindowRunCommandParameters: z.record(z.string(), z.unknown()),
  }),
});

const installSchema = z.object({
  Name: z.string(),
  WindowId: reference,
  TaskType: z.literal('STEP_FUNCTIONS'),
  TaskInvocationParameters: z.object({
    MaintenanceWindowStepFunctionsParameters: z.object({ Name: z.string(), Input: z.string() }),
  }),
});

const baselineSchema = z.object({
  Name: z.string(),
  OperatingSystem: z.string(),
  PatchGroups: z.array(z.string()),
});

/** The windows of these policies, read from the very resources that the stack is made of. */
export function deployedWindows(policies: PolicyFile['policies']): DeployedWindow[] {
  const resources = maintenanceWindows(shareWindows(policies), policies, {
    naming,
    existingBucket: bucketName,
  });
  const tasks = propertiesOf(resources, 'AWS::SSM::MaintenanceWindowTask').map(([, properties]) =>
    z.discriminatedUnion('TaskType', [scanSchema, installSchema]).parse(properties),
  );
  return propertiesOf(resources, 'AWS::SSM::MaintenanceWindow').map(([logicalId, properties]) => {
    const window = windowSchema.parse(properties);
    const own = tasks.filter(({ WindowId }) => WindowId.Ref === logicalId);
    return {
      windowId: `mw-${hexDigits(random('window', logicalId), 17)}`,
      name: window.Name,
      schedule: window.Schedule,
      timeZone: window.ScheduleTimezone,
      offsetDays: window.ScheduleOffset,
      durationHours: window.Duration,
      cutoffHours: window.Cutoff,
      scans: own.flatMap((task) => (task.TaskType === 'RUN_COMMAND' ? [scanOf(task, resources)] : [])),
      installs: own.flatMap((task) => (task.TaskType === 'STEP_FUNCTIONS' ? [installOf(task)] : [])),
    };
  });
}

/** The patch baselines of these policies, registered for their patch groups in the embedded account. */
export function deployedBaselines(policies: PolicyFile['policies']): PatchBaseline[] {
  return propertiesOf(patchBaselines(policies, naming), 'AWS::SSM::PatchBaseline').flatMap(
    ([, properties]) => {
      const { Name, OperatingSystem, PatchGroups } = baselineSchema.parse(properties);
      const baselineId = `pb-${hexDigits(random('baseline', Name), 17)}`;
      return PatchGroups.map((patchGroup) => ({
        ...defaultScope,
        patchGroup,
        operatingSystem: OperatingSystem,
        baselineId,
      }));
    },
  );
}

function propertiesOf(resources: Resources, type: string): (readonly [string, unknown])[] {
  return Object.entries(resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([logicalId, { Properties }]) => [logicalId, Properties] as const);
}

function scanOf(task: z.infer<typeof scanSchema>, resources: Resources): ScanTask {
  const targets = task.Targets.flatMap(({ Values }) => Values).map(({ Ref }) =>
    targetSchema.parse(resources[Ref]?.Properties),
  );
  return {
    policy: task.Name,
    targets: targets.map(({ Targets }) => Targets),
    command: {
      ...task.TaskInvocationParameters.MaintenanceWindowRunCommandParameters,
      DocumentName: task.TaskArn,
      MaxConcurrency: task.MaxConcurrency,
      MaxErrors: task.MaxErrors,
    },
  };
}

function installOf(task: z.infer<typeof installSchema>): InstallTask {
  const { Name, Input } = task.TaskInvocationParameters.MaintenanceWindowStepFunctionsParameters;
  return { policy: task.Name, name: Name, input: Input };
}
