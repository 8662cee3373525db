import { type SendResult, type SentCommand, sendCommand } from '../../shared/aws/run-command.ts';
import { excerpt } from '../../shared/domain/excerpt.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { Send, Sent, Turn } from '../../shared/domain/turn.ts';
import { CommandInDoubtError } from '../../shared/errors.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';

/** AWS's own document, which every account has. */
const patchDocument = 'AWS-RunPatchBaseline';

const throttledAttempts = 8;
/** Milliseconds; doubled with each attempt, with full jitter. */
const firstPause = 500;
const longestPause = 15_000;

interface Around {
  readonly turn: Turn;
  readonly earlier: readonly SentCommand[];
  /** Epoch milliseconds: no call begins later, or the function would be ended with all that it knows. */
  readonly until: number;
  readonly dependencies: Dependencies;
}

/**
 * Sends one Send to all who can take it: what was sent before is adopted, a node that SSM refuses stands alone, and
 * nothing begins after `startBy`. What this invocation has no time for is put off with what is too late: it is decided
 * about anew.
 */
export async function sendInCommands(send: Send, around: Around): Promise<Sent> {
  const adopted = around.earlier.filter((command) => command.comment === send.comment);
  const reached = new Set(adopted.flatMap((command) => command.nodeIds));
  if (adopted.length > 0) {
    around.dependencies.log('FP_COMMAND_ADOPTED', { comment: send.comment, commands: adopted.length });
  }
  const rest = await sendTo(
    send.nodeIds.filter((nodeId) => !reached.has(nodeId)),
    send,
    around,
  );
  return {
    sequence: send.sequence,
    commands: [...adopted, ...rest.commands].map(({ commandId, sentAt, expiresAt, nodeIds }) => ({
      commandId,
      sentAt,
      expiresAt,
      nodeIds: [...nodeIds],
    })),
    refused: [...rest.refused],
    ...(rest.late.length > 0 ? { late: [...rest.late] } : {}),
  };
}

interface Reached {
  readonly commands: readonly SentCommand[];
  readonly refused: Sent['refused'];
  readonly late: readonly string[];
}

const nobody: Reached = { commands: [], refused: [], late: [] };

/**
 * One bad node fails the whole call. IAM names it; SSM does not, and the list is halved until it stands alone.
 * A request that is refused as such ends the step for all of its nodes, and no more: others still go on.
 */
async function sendTo(nodeIds: readonly string[], send: Send, around: Around): Promise<Reached> {
  if (nodeIds.length === 0) return nobody;
  const result = await sendPatiently(nodeIds, send, around);
  if (result.kind === 'sent') return { ...nobody, commands: [result.command] };
  if (result.kind === 'late') {
    around.dependencies.log('FP_COMMAND_TOO_LATE', { comment: send.comment, nodes: nodeIds.length });
    return { ...nobody, late: nodeIds };
  }
  if (result.kind === 'putOff') {
    around.dependencies.log('FP_COMMAND_PUT_OFF', { comment: send.comment, nodes: nodeIds.length });
    return { ...nobody, late: nodeIds };
  }
  const reason = excerpt(result.reason);
  const refuse = (some: readonly string[]): Reached => {
    around.dependencies.log('FP_NODE_REFUSED', {
      runId: around.turn.runId,
      nodeIds: some,
      reason: result.reason,
    });
    return { ...nobody, refused: some.map((nodeId) => ({ nodeId, reason })) };
  };
  if (result.kind === 'refused' || nodeIds.length === 1) return refuse(nodeIds);
  const { nodeId } = result;
  if (nodeId !== undefined) {
    const others = nodeIds.filter((each) => each !== nodeId);
    return together(refuse([nodeId]), await sendTo(others, send, around));
  }
  const middle = Math.ceil(nodeIds.length / 2);
  const first = await sendTo(nodeIds.slice(0, middle), send, around);
  return together(first, await sendTo(nodeIds.slice(middle), send, around));
}

function together(first: Reached, second: Reached): Reached {
  return {
    commands: [...first.commands, ...second.commands],
    refused: [...first.refused, ...second.refused],
    late: [...first.late, ...second.late],
  };
}

/** A throttled call was not taken, so it is made again; anything else in doubt is left to the state machine's retry. */
async function sendPatiently(
  nodeIds: readonly string[],
  send: Send,
  { turn, until, dependencies }: Around,
): Promise<
  Exclude<SendResult, { kind: 'throttled' }> | { readonly kind: 'late' } | { readonly kind: 'putOff' }
> {
  const ssm = dependencies.ssmFor(turn.scope);
  for (let attempt = 0; attempt < throttledAttempts; attempt += 1) {
    if (send.startBy !== null && dependencies.now() > send.startBy) return { kind: 'late' };
    if (dependencies.now() > until) return { kind: 'putOff' };
    const result = await sendCommand(ssm, {
      documentName: send.document === 'hooks' ? dependencies.config.hookDocumentName : patchDocument,
      nodeIds,
      parameters: send.parameters,
      comment: send.comment,
      deliveryTimeoutSeconds: send.deliveryTimeoutSeconds,
      logs: { bucket: dependencies.config.bucket, prefix: keys.logs(turn.runId, send.step) },
    });
    if (result.kind !== 'throttled') return result;
    await dependencies.sleep(dependencies.random() * Math.min(longestPause, firstPause * 2 ** attempt));
  }
  throw new CommandInDoubtError(
    `ssm:SendCommand "${send.comment}" was throttled ${throttledAttempts} times in a row`,
  );
}
