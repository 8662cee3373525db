import { AwsError } from '../service.ts';
import type { SsmOperation } from './context.ts';
import { Members } from './members.ts';
import { commandIdRule, instanceIdsRule } from './rules.ts';
import { assertCommandId } from './wire.ts';

/** CancelCommand: best effort, with nothing to answer. What runs may still end as Success or Failed. */
export const cancelCommand: SsmOperation = (input, { account, context, caller }) => {
  const members = new Members(input);
  const commandId = members.requiredString('CommandId', commandIdRule);
  const instanceIds = members.strings('InstanceIds', instanceIdsRule) ?? [];
  members.finish();
  assertCommandId(commandId);
  const command = account.commandById.get(commandId);
  if (!command) throw new AwsError('InvalidCommandId', `Command ${commandId} does not exist.`);
  if (new Set(instanceIds).size < instanceIds.length) {
    throw new AwsError('DuplicateInstanceId', 'You cannot specify an instance ID in more than one place.');
  }
  const stranger = instanceIds.find((id) => !command.byNode.has(id));
  if (stranger !== undefined) {
    throw new AwsError('InvalidInstanceId', `Command ${commandId} was not sent to ${stranger}.`);
  }
  context.dispatcher.cancel(command, { nodeIds: instanceIds, at: caller.now });
  return {};
};
