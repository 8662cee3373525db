import {
  CancelCommandCommand,
  type Command,
  paginateListCommands,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import { momentOf } from '../domain/moment.ts';
import { CommandInDoubtError } from '../errors.ts';
import { countOf, rowsOf, textOf } from './answers.ts';
import { wholeSeconds } from './filter-time.ts';
import { limited } from './page-limit.ts';
import type { Ssm } from './ssm-clients.ts';

/** Milliseconds since the epoch, where a time is meant. */
export interface SentCommand {
  readonly commandId: string;
  readonly comment: string;
  readonly sentAt: number;
  /** The ids that were named explicitly: SSM echoes them. */
  readonly nodeIds: readonly string[];
  readonly completed: number;
  /** When SSM itself gives up what has not ended; null where it does not say. */
  readonly expiresAt: number | null;
}

/**
 * What a SendCommand came to. `nodeRefused`: one of the ids is not accepted, and so none was sent to; `nodeId` is that one
 * where the answer says. `refused`: none will ever be, as the request stands; `reason` is SSM's.
 */
export type SendResult =
  | { readonly kind: 'sent'; readonly command: SentCommand }
  | { readonly kind: 'nodeRefused'; readonly reason: string; readonly nodeId?: string | undefined }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'throttled' };

export interface CommandRequest {
  readonly documentName: string;
  readonly nodeIds: readonly string[];
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly comment: string;
  readonly deliveryTimeoutSeconds: number;
  readonly logs: { readonly bucket: string; readonly prefix: string };
}

/** A request that was certainly not taken, by the SDK's own list. Source: @smithy/core, retry classification. */
const throttlings = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/** One node is the reason: gone, without an agent, or of a platform that the document has no step for. */
const nodeRefusals = new Set(['InvalidInstanceId', 'UnsupportedPlatformType']);

/**
 * IAM looks at the document and at each node, and denies the whole call for one node: of one that has lost its tag, or that
 * is gone with its tags, its answer names the ARN.
 */
const denials = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);
const nodeInArn = /instance\/(m?i-[0-9a-z]+)/;

/** The request as it stands is refused, before it had any effect. What is not listed here is in doubt. */
const refusals = new Set([
  ...denials,
  'DuplicateInstanceId',
  'InvalidDocument',
  'InvalidDocumentVersion',
  'InvalidNotificationConfig',
  'InvalidOutputFolder',
  'InvalidParameters',
  'InvalidRole',
  'MaxDocumentSizeExceeded',
  'ValidationException',
]);

/**
 * One SendCommand, never repeated here: it has no idempotency token.
 * MaxErrors is 100%, because its default of 0 would stop the command at the first failing node; the error budget is ours.
 * Throws CommandInDoubtError if it may have been taken.
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
  const reason = `${error.name}: ${error.message}`;
  if (nodeRefusals.has(error.name)) return { kind: 'nodeRefused', reason };
  const [, nodeId] = (denials.has(error.name) && nodeInArn.exec(error.message)) || [];
  if (nodeId !== undefined && request.nodeIds.includes(nodeId))
    return { kind: 'nodeRefused', reason, nodeId };
  if (refusals.has(error.name)) return { kind: 'refused', reason };
  if (throttlings.has(error.name)) return { kind: 'throttled' };
  const what = `ssm:SendCommand "${request.comment}" of ${request.documentName}: ${reason}`;
  throw new CommandInDoubtError(what, { cause: error });
}

/**
 * The commands invoked after a time (ms), newest first, page by page. With `executing` only those that have not ended.
 * Source: API ListCommands, CommandFilter.
 */
export async function* listCommands(
  ssm: Ssm,
  query: { readonly invokedAfter: number; readonly executing: boolean },
): AsyncGenerator<readonly SentCommand[]> {
  const Filters = [
    { key: 'InvokedAfter' as const, value: wholeSeconds(query.invokedAfter) },
    ...(query.executing ? [{ key: 'ExecutionStage' as const, value: 'Executing' }] : []),
  ];
  await ssm.pace();
  const pages = paginateListCommands({ client: ssm.client, pageSize: 50 }, { Filters });
  for await (const page of limited('ssm:ListCommands', pages, (each) => each.NextToken)) {
    yield rowsOf('ssm:ListCommands', page.Commands).flatMap((command) => sentCommandOf(command) ?? []);
    await ssm.pace();
  }
}

function sentCommandOf(command: Command): SentCommand | undefined {
  const commandId = textOf(command.CommandId);
  if (!commandId) return undefined;
  return {
    commandId,
    comment: textOf(command.Comment) ?? '',
    sentAt: momentOf(command.RequestedDateTime) ?? 0,
    nodeIds: idsOf(command.InstanceIds),
    completed: countOf(command.CompletedCount) ?? 0,
    expiresAt: momentOf(command.ExpiresAfter),
  };
}

function idsOf(ids: readonly string[] | undefined): string[] {
  return Array.isArray(ids) ? ids.flatMap((id) => textOf(id) ?? []) : [];
}

/**
 * Asks SSM to stop a command on some nodes, or on all that it was sent to. Best effort: a node at work may still finish.
 * Source: API CancelCommand.
 */
export async function cancelCommand(
  ssm: Ssm,
  cancel: { readonly commandId: string; readonly nodeIds: readonly string[] | 'all' },
): Promise<void> {
  await ssm.pace();
  const some = cancel.nodeIds === 'all' ? {} : { InstanceIds: [...cancel.nodeIds] };
  await ssm.client.send(new CancelCommandCommand({ CommandId: cancel.commandId, ...some }));
}
