import { type SendResult, type SentCommand, sendCommand } from '../../shared/aws/run-command.ts';
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
  readonly dependencies: Dependencies;
}

/**
 * Sends one Send to all who can take it: what was sent before is adopted, a node that SSM refuses stands alone, and
 * nothing begins after `startBy`.
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
 * One bad node fails the whole call, and SSM does not say which: the list is halved until it stands alone.
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
  if (result.kind === 'refused' || nodeIds.length === 1) {
    const { reason } = result;
    around.dependencies.log('FP_NODE_REFUSED', { runId: around.turn.runId, nodeIds, reason });
    return { ...nobody, refused: nodeIds.map((nodeId) => ({ nodeId, reason })) };
  }
  const middle = Math.ceil(nodeIds.length / 2);
  const first = await sendTo(nodeIds.slice(0, middle), send, around);
  const second = await sendTo(nodeIds.slice(middle), send, around);
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
  { turn, dependencies }: Around,
): Promise<Exclude<SendResult, { kind: 'throttled' }> | { readonly kind: 'late' }> {
  const ssm = dependencies.ssmFor(turn.scope);
  for (let attempt = 0; attempt < throttledAttempts; attempt += 1) {
    if (send.startBy !== null && dependencies.now() > send.startBy) return { kind: 'late' };
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
