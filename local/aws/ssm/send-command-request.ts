import { Members } from './members.ts';
import type { ParameterValues } from './parameters.ts';
import { documentNameRule, documentVersionRule, instanceIdsRule } from './rules.ts';

/** One of SendCommand's `Targets`, also as a Command shows it. */
export interface Target {
  readonly Key: string;
  readonly Values: readonly string[];
}

/** SendCommand's input with the API's defaults filled in. */
export interface CommandRequest {
  readonly instanceIds: readonly string[];
  readonly targets: readonly Target[];
  readonly documentName: string;
  readonly documentVersion: string;
  readonly timeoutSeconds: number;
  readonly comment: string;
  readonly parameters: ParameterValues;
  readonly outputS3BucketName: string;
  readonly outputS3KeyPrefix: string;
  readonly maxConcurrency: string;
  readonly maxErrors: string;
  readonly serviceRoleArn: string;
  readonly notification: NotificationConfig;
  readonly cloudWatch: CloudWatchOutputConfig;
}

/** As a Command shows it, empty when none was asked for. */
interface NotificationConfig {
  readonly NotificationArn: string;
  readonly NotificationEvents: readonly string[];
  readonly NotificationType: string;
}

/** As a Command shows it. */
interface CloudWatchOutputConfig {
  readonly CloudWatchLogGroupName: string;
  readonly CloudWatchOutputEnabled: boolean;
}

/** SendCommand's input against its model (API reference, Systems Manager, SendCommand). */
export function readSendCommand(input: Readonly<Record<string, unknown>>): CommandRequest {
  const members = new Members(input);
  const request: CommandRequest = {
    instanceIds: members.strings('InstanceIds', instanceIdsRule) ?? [],
    targets: members.structures('Targets', { min: 0, max: 5, read: readTarget }) ?? [],
    documentName: members.requiredString('DocumentName', documentNameRule),
    documentVersion: members.string('DocumentVersion', documentVersionRule) ?? '$DEFAULT',
    timeoutSeconds: members.integer('TimeoutSeconds', { min: 30, max: 2_592_000 }) ?? 3600,
    comment: members.string('Comment', { max: 100 }) ?? '',
    parameters: members.stringLists('Parameters'),
    outputS3BucketName: members.string('OutputS3BucketName', { min: 3, max: 63 }) ?? '',
    outputS3KeyPrefix: members.string('OutputS3KeyPrefix', { max: 500 }) ?? '',
    maxConcurrency: members.string('MaxConcurrency', maxConcurrencyRule) ?? '50',
    maxErrors: members.string('MaxErrors', maxErrorsRule) ?? '0',
    serviceRoleArn: members.string('ServiceRoleArn') ?? '',
    notification: members.structure('NotificationConfig', readNotification) ?? noNotification,
    cloudWatch: members.structure('CloudWatchOutputConfig', readCloudWatch) ?? noCloudWatch,
  };
  members.string('DocumentHash', { max: 256 });
  members.string('DocumentHashType', { values: ['Sha256', 'Sha1'] });
  members.string('OutputS3Region', { min: 3, max: 20 });
  members.structure('AlarmConfiguration', readAlarms);
  members.finish();
  return request;
}

const maxConcurrencyRule = { min: 1, max: 7, pattern: '^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$' } as const;
const maxErrorsRule = { min: 1, max: 7, pattern: '^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$' } as const;
const targetKeyRule = {
  min: 1,
  max: 163,
  pattern: '^[\\p{L}\\p{Z}\\p{N}_.:/=\\-@]*$|resource-groups:ResourceTypeFilters|resource-groups:Name',
} as const;
const notificationEvents = ['All', 'InProgress', 'Success', 'TimedOut', 'Cancelled', 'Failed'] as const;
const noNotification: NotificationConfig = {
  NotificationArn: '',
  NotificationEvents: [],
  NotificationType: '',
};
const noCloudWatch: CloudWatchOutputConfig = { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false };

function readTarget(members: Members): Target {
  return {
    Key: members.string('Key', targetKeyRule) ?? '',
    Values: members.strings('Values', { min: 0, max: 50 }) ?? [],
  };
}

function readNotification(members: Members): NotificationConfig {
  return {
    NotificationArn: members.string('NotificationArn') ?? '',
    NotificationEvents:
      members.strings('NotificationEvents', { member: { values: notificationEvents } }) ?? [],
    NotificationType: members.string('NotificationType', { values: ['Command', 'Invocation'] }) ?? '',
  };
}

function readCloudWatch(members: Members): CloudWatchOutputConfig {
  return {
    CloudWatchLogGroupName: members.string('CloudWatchLogGroupName', { min: 1, max: 512 }) ?? '',
    CloudWatchOutputEnabled: members.boolean('CloudWatchOutputEnabled'),
  };
}

/** The fleet has no alarms, so a well-formed configuration changes nothing. */
function readAlarms(members: Members): void {
  members.boolean('IgnorePollAlarmFailure');
  const nameRule = { min: 1, max: 255, pattern: '^(?!\\s*$).+' };
  const names = members.structures('Alarms', {
    min: 1,
    max: 1,
    read: (alarm) => alarm.requiredString('Name', nameRule),
  });
  if (!names) members.requiredStrings('Alarms');
}
