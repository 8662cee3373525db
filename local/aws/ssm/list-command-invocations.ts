import { AwsError } from '../service.ts';
import { type Account, managedRecord } from './account.ts';
import {
  assertStatuses,
  type CommandFilter,
  type CommandSelector,
  invocationFilterStatuses,
  invokedRange,
  isInvokedWithin,
  readCommandFilters,
} from './command-filters.ts';
import type { SsmOperation } from './context.ts';
import { invocationStatuses } from './invocation-status.ts';
import { Members } from './members.ts';
import { pageOf } from './page.ts';
import { outputPlace, type Plugin, pluginsOf } from './plugins.ts';
import type { Invocation } from './records.ts';
import { commandIdRule, commandPageRange, instanceIdRule } from './rules.ts';
import { assertCommandId, wireTime } from './wire.ts';

/** Characters of a step's output in a list: API reference, CommandPlugin `Output`. */
const listedOutputCharacters = 2500;

/** ListCommandInvocations: one row a command and node. Just after a send it is empty, and that is no error. */
export const listCommandInvocations: SsmOperation = (input, { account, caller }) => {
  const members = new Members(input);
  const commandId = members.string('CommandId', commandIdRule);
  const instanceId = members.string('InstanceId', instanceIdRule);
  const size = members.integer('MaxResults', commandPageRange) ?? 50;
  const token = members.string('NextToken');
  const hasDetails = members.boolean('Details');
  const filters = readCommandFilters(members);
  members.finish();
  assertCommandId(commandId);
  assertStatuses(filters, invocationFilterStatuses);
  if (filters.some(({ key }) => key === 'ExecutionStage')) {
    throw new AwsError('InvalidFilterKey', 'ExecutionStage is a filter of ListCommands only.');
  }

  const scope = [caller.accountId, caller.region];
  const query = ['ListCommandInvocations', scope, commandId, instanceId, hasDetails, filters];
  const range = invokedRange(filters);
  const page = pageOf(invocationsOf(account, { commandId, instanceId }), {
    paging: { query, token },
    size,
    from: commandId === undefined ? 'newest' : 'oldest',
    passes: (invocation) =>
      invocation.command.listedAt <= caller.now &&
      isInvokedWithin(range, invocation.command) &&
      filters.every((filter) => passesFilter(invocation, filter)),
  });
  return {
    CommandInvocations: page.rows.map((invocation) => invocationRow(invocation, hasDetails)),
    NextToken: page.token,
  };
};

function invocationsOf(account: Account, { commandId, instanceId }: CommandSelector): readonly Invocation[] {
  if (commandId === undefined) {
    return instanceId === undefined ? account.invocations : managedRecord(account, instanceId).invocations;
  }
  const command = account.commandById.get(commandId);
  if (instanceId === undefined) return command?.invocations ?? [];
  const invocation = command?.byNode.get(instanceId);
  return invocation ? [invocation] : [];
}

/** AWS's DocumentName filter is reported not to filter here (github.com/aws/aws-cli issue 3707), so this one does not. */
function passesFilter({ details }: Invocation, { key, value }: CommandFilter): boolean {
  return key !== 'Status' || details === value || invocationStatuses[details] === value;
}

function invocationRow(invocation: Invocation, hasDetails: boolean): Readonly<Record<string, unknown>> {
  const { command, nodeId, record, details } = invocation;
  const { request } = command;
  return {
    CommandId: command.commandId,
    InstanceId: nodeId,
    InstanceName: record?.node.computerName ?? '',
    Comment: request.comment,
    DocumentName: request.documentName,
    DocumentVersion: request.documentVersion,
    RequestedDateTime: wireTime(command.requestedAt),
    Status: invocationStatuses[details],
    StatusDetails: details,
    StandardOutputUrl: '',
    StandardErrorUrl: '',
    CommandPlugins: hasDetails ? pluginsOf(invocation).map((plugin) => pluginRow(invocation, plugin)) : [],
    ServiceRole: request.serviceRoleArn,
    NotificationConfig: request.notification,
    CloudWatchOutputConfig: request.cloudWatch,
  };
}

function pluginRow(invocation: Invocation, plugin: Plugin): Readonly<Record<string, unknown>> {
  const { stdout, stderr } = plugin.output(listedOutputCharacters);
  const place = outputPlace(invocation, plugin);
  const output = stderr === '' ? stdout : `${stdout}\n----------ERROR-------\n${stderr}`;
  return {
    Name: plugin.name,
    Status: plugin.status,
    StatusDetails: plugin.details,
    ResponseCode: plugin.responseCode,
    ...(plugin.startedAt === undefined ? {} : { ResponseStartDateTime: wireTime(plugin.startedAt) }),
    ...(plugin.endedAt === undefined ? {} : { ResponseFinishDateTime: wireTime(plugin.endedAt) }),
    Output: output.slice(0, listedOutputCharacters),
    StandardOutputUrl: place.stdoutUrl,
    StandardErrorUrl: place.stderrUrl,
    OutputS3Region: place.bucket === '' ? '' : invocation.command.region,
    OutputS3BucketName: place.bucket,
    OutputS3KeyPrefix: place.keyPrefix,
  };
}
