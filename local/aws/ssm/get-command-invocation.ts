import { AwsError } from '../service.ts';
import type { SsmOperation } from './context.ts';
import { Members } from './members.ts';
import { outputPlace, type Plugin, pluginsOf } from './plugins.ts';
import type { Invocation } from './records.ts';
import { commandIdRule, instanceIdRule } from './rules.ts';
import { assertCommandId } from './wire.ts';

/** Characters of output at most, the first ones: API reference, GetCommandInvocation. */
const outputCharacters = { stdout: 24_000, stderr: 8000 } as const;

/** GetCommandInvocation: one step on one node. A document of several steps has to be asked for one by name. */
export const getCommandInvocation: SsmOperation = (input, { account, caller }) => {
  const members = new Members(input);
  const commandId = members.requiredString('CommandId', commandIdRule);
  const instanceId = members.requiredString('InstanceId', instanceIdRule);
  const pluginName = members.string('PluginName', { min: 4 });
  members.finish();
  assertCommandId(commandId);
  const invocation = account.commandById.get(commandId)?.byNode.get(instanceId);
  if (!invocation || invocation.command.listedAt > caller.now) {
    throw new AwsError(
      'InvocationDoesNotExist',
      `No invocation of command ${commandId} on ${instanceId} exists.`,
    );
  }
  return stepRow(invocation, pluginOf(invocation, pluginName));
};

function pluginOf(invocation: Invocation, pluginName: string | undefined): Plugin {
  const plugins = pluginsOf(invocation);
  const names = plugins.map(({ name }) => name).join(', ');
  const [first, second] = plugins;
  const plugin =
    pluginName === undefined && !second ? first : plugins.find(({ name }) => name === pluginName);
  if (plugin) return plugin;
  throw new AwsError(
    'InvalidPluginName',
    `PluginName ${pluginName ?? '(none)'} is not one of the steps: ${names}.`,
  );
}

function stepRow(invocation: Invocation, plugin: Plugin): Readonly<Record<string, unknown>> {
  const { command, nodeId } = invocation;
  const { request } = command;
  const { stdout, stderr } = plugin.output(outputCharacters.stdout);
  const place = outputPlace(invocation, plugin);
  const { startedAt, endedAt } = plugin;
  const isOver = startedAt !== undefined && endedAt !== undefined;
  return {
    CommandId: command.commandId,
    InstanceId: nodeId,
    Comment: request.comment,
    DocumentName: request.documentName,
    DocumentVersion: request.documentVersion,
    PluginName: plugin.name,
    ResponseCode: plugin.responseCode,
    ExecutionStartDateTime: startedAt === undefined ? '' : new Date(startedAt).toISOString(),
    ExecutionElapsedTime: isOver ? `PT${Math.round(endedAt - startedAt) / 1000}S` : '',
    ExecutionEndDateTime: endedAt === undefined ? '' : new Date(endedAt).toISOString(),
    Status: plugin.status,
    StatusDetails: plugin.details,
    StandardOutputContent: stdout.slice(0, outputCharacters.stdout),
    StandardOutputUrl: place.stdoutUrl,
    StandardErrorContent: stderr.slice(0, outputCharacters.stderr),
    StandardErrorUrl: place.stderrUrl,
    CloudWatchOutputConfig: request.cloudWatch,
  };
}
