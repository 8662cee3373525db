import {
  CancelCommandCommand,
  type Command,
  type CommandInvocation,
  ListCommandInvocationsCommand,
  paginateListCommands,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import { CommandInDoubtError, CommandRefusedError } from '../errors.ts';
import type { Ssm } from './ssm-clients.ts';

/** Milliseconds since the epoch, where a time is meant. */
export interface SentCommand {
  readonly commandId: string;
  readonly comment: string;
  readonly sentAt: number;
  /** The ids that were named explicitly: SSM echoes them. */
  readonly nodeIds: readonly string[];
  readonly completed: number;
}

/** What a SendCommand came to. `invalidNode`: one of the ids is not accepted, and so none was sent to. */
export type SendResult =
  | { readonly kind: 'sent'; readonly command: SentCommand }
  | { readonly kind: 'invalidNode' }
  | { readonly kind: 'throttled' };

export interface CommandRequest {
  readonly documentName: string;
  readonly nodeIds: readonly string[];
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly comment: string;
  readonly deliveryTimeoutSeconds: number;
  readonly logs: { readonly bucket: string; readonly prefix: string };
}

/** Names by which SSM and the SDK call a request that was certainly not taken. */
const throttlings = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
]);

/**
 * One SendCommand, never repeated here: it has no idempotency token.
 * MaxErrors is 100%, because its default of 0 would stop the command at the first failing node; the error budget is ours.
 * Throws CommandRefusedError if SSM will never take it, CommandInDoubtError if it may have been taken.
 * Source: API SendCommand.
 */
export async function sendCommand(ssm: Ssm, request: CommandRequest): Promise<SendResult> {
  await ssm.pace();
  try {
    const { Command: command } = await ssm.once.send(
      new SendCommandCommand({
        DocumentName: request.documentName,
        InstanceIds: [...request.nodeIds],
        Parameters: Object.fromEntries(
          Object.entries(request.parameters).map(([key, values]) => [key, [...values]]),
        ),
        Comment: request.comment,
        TimeoutSeconds: request.deliveryTimeoutSeconds,
        MaxConcurrency: '100%',
        MaxErrors: '100%',
        OutputS3BucketName: request.logs.bucket,
        OutputS3KeyPrefix: request.logs.prefix,
      }),
    );
    const sent = command && sentCommandOf(command);
    if (!sent)
      throw new CommandInDoubtError(`ssm:SendCommand "${request.comment}" answered without a command`);
    return { kind: 'sent', command: { ...sent, nodeIds: request.nodeIds } };
  } catch (error) {
    return sendResultOf(error, request);
  }
}

function sendResultOf(error: unknown, request: CommandRequest): SendResult {
  if (!(error instanceof Error) || error instanceof CommandInDoubtError) throw error;
  if (error.name === 'InvalidInstanceId') return { kind: 'invalidNode' };
  if (throttlings.has(error.name)) return { kind: 'throttled' };
  const what = `ssm:SendCommand "${request.comment}" of ${request.documentName}: ${error.name}: ${error.message}`;
  if (isClientFault(error)) throw new CommandRefusedError(what, { cause: error });
  throw new CommandInDoubtError(what, { cause: error });
}

/**
 * A 4xx that is neither throttling nor a bad node id: the request itself is refused, now and later.
 * Not by `$fault`: the SDK says `client` of every error that the service's model does not list.
 */
function isClientFault(error: Error): boolean {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null)
    return false;
  const status = 'httpStatusCode' in error.$metadata ? Number(error.$metadata.httpStatusCode) : 0;
  return status >= 400 && status < 500;
}

/**
 * The commands invoked after a time (ms), newest first, page by page. With `executing` only those that have not ended.
 * SSM's filter takes whole seconds. Source: API ListCommands, CommandFilter.
 */
export async function* listCommands(
  ssm: Ssm,
  query: { readonly invokedAfter: number; readonly executing: boolean },
): AsyncGenerator<readonly SentCommand[]> {
  const after = new Date(Math.floor(query.invokedAfter / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  const Filters = [
    { key: 'InvokedAfter' as const, value: after },
    ...(query.executing ? [{ key: 'ExecutionStage' as const, value: 'Executing' }] : []),
  ];
  await ssm.pace();
  for await (const page of paginateListCommands({ client: ssm.client, pageSize: 50 }, { Filters })) {
    yield (page.Commands ?? []).flatMap((command) => sentCommandOf(command) ?? []);
    await ssm.pace();
  }
}

function sentCommandOf(command: Command): SentCommand | undefined {
  if (!command.CommandId) return undefined;
  return {
    commandId: command.CommandId,
    comment: command.Comment ?? '',
    sentAt: command.RequestedDateTime?.getTime() ?? 0,
    nodeIds: command.InstanceIds ?? [],
    completed: command.CompletedCount ?? 0,
  };
}

/** One node's answer to a command. */
export interface Invocation {
  readonly nodeId: string;
  readonly statusDetails: string;
  /** When the node finished, in ms; null where SSM does not say. */
  readonly endedAt: number | null;
  /** The beginning of what the node wrote. For people, never for decisions. */
  readonly output: string;
}

/**
 * All answers to one command. An empty list is "not yet", never "done": SSM shows a command only after a while.
 * Source: API ListCommandInvocations.
 */
export async function listInvocations(ssm: Ssm, commandId: string): Promise<Invocation[]> {
  const invocations: Invocation[] = [];
  let token: string | undefined;
  do {
    await ssm.pace();
    const page = await ssm.client.send(
      new ListCommandInvocationsCommand({
        CommandId: commandId,
        Details: true,
        MaxResults: 50,
        NextToken: token,
      }),
    );
    invocations.push(...(page.CommandInvocations ?? []).flatMap((each) => invocationOf(each) ?? []));
    token = page.NextToken || undefined;
  } while (token);
  return invocations;
}

function invocationOf(invocation: CommandInvocation): Invocation | undefined {
  if (!invocation.InstanceId) return undefined;
  const plugins = invocation.CommandPlugins ?? [];
  const ends = plugins.flatMap((plugin) => plugin.ResponseFinishDateTime?.getTime() ?? []);
  const telling = plugins.find((plugin) => plugin.Status !== 'Success') ?? plugins.at(-1);
  return {
    nodeId: invocation.InstanceId,
    statusDetails: invocation.StatusDetails || invocation.Status || 'Pending',
    endedAt: ends.length > 0 ? Math.max(...ends) : null,
    output: telling?.Output ?? '',
  };
}

/** Asks SSM to stop a command on some nodes. Best effort: a node at work may still finish. Source: API CancelCommand. */
export async function cancelCommand(
  ssm: Ssm,
  cancel: { readonly commandId: string; readonly nodeIds: readonly string[] },
): Promise<void> {
  await ssm.pace();
  await ssm.client.send(
    new CancelCommandCommand({ CommandId: cancel.commandId, InstanceIds: [...cancel.nodeIds] }),
  );
}
