import { AwsError } from '../service.ts';
import { type Account, managedRecord } from './account.ts';
import {
  assertStatuses,
  type CommandFilter,
  type CommandSelector,
  commandStatuses,
  invokedRange,
  isInvokedWithin,
  readCommandFilters,
} from './command-filters.ts';
import { commandRow } from './command-row.ts';
import { commandStatus } from './command-status.ts';
import type { SsmOperation } from './context.ts';
import { Members } from './members.ts';
import { pageOf } from './page.ts';
import type { Command } from './records.ts';
import { commandIdRule, commandPageRange, instanceIdRule } from './rules.ts';
import { assertCommandId } from './wire.ts';

/** ListCommands: newest first, one row a command, without those that are too young to be seen. */
export const listCommands: SsmOperation = (input, call) => {
  const members = new Members(input);
  const commandId = members.string('CommandId', commandIdRule);
  const instanceId = members.string('InstanceId', instanceIdRule);
  const size = members.integer('MaxResults', commandPageRange) ?? 50;
  const token = members.string('NextToken');
  const filters = readCommandFilters(members);
  members.finish();
  assertCommandId(commandId);
  assertStatuses(filters, commandStatuses);
  if (instanceId !== undefined && filters.some(({ key, value }) => key === 'Status' && value === 'Pending')) {
    throw new AwsError('InvalidFilterKey', 'InstanceId cannot be combined with the filter Status=Pending.');
  }

  const { account, caller } = call;
  const query = ['ListCommands', caller.accountId, caller.region, commandId, instanceId, filters];
  const range = invokedRange(filters);
  const page = pageOf(oldestFirst(account, { commandId, instanceId }), {
    paging: { query, token },
    size,
    from: 'newest',
    passes: (command) =>
      command.visibleAt <= caller.now &&
      isInvokedWithin(range, command) &&
      filters.every((filter) => passesFilter(command, filter)),
    isPast: (command) => command.requestedAt < range.after,
  });
  return { Commands: page.rows.map((command) => commandRow(command, caller.now)), NextToken: page.token };
};

function oldestFirst(account: Account, { commandId, instanceId }: CommandSelector): readonly Command[] {
  if (commandId !== undefined) {
    const command = account.commandById.get(commandId);
    const isOfNode = instanceId === undefined || command?.byNode.has(instanceId) === true;
    return command && isOfNode ? [command] : [];
  }
  if (instanceId === undefined) return account.commands;
  return managedRecord(account, instanceId).invocations.map(({ command }) => command);
}

function passesFilter(command: Command, { key, value }: CommandFilter): boolean {
  if (key === 'DocumentName') return command.request.documentName === value;
  if (key === 'InvokedAfter' || key === 'InvokedBefore') return true;
  const { status, details } = commandStatus(command);
  if (key === 'Status') return status === value || details === value;
  const isExecuting = status === 'Pending' || status === 'InProgress' || status === 'Cancelling';
  return (value === 'Executing') === isExecuting;
}
