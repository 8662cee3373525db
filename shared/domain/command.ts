import type { NodeState, RunSettings, StepRecord } from './batch.ts';
import type { hookPatchResults } from './hook-contract.ts';
import { lastSendOf } from './last-start.ts';
import { commentOf } from './run-id.ts';
import type { Step, StepStatus } from './step.ts';
import type { OpenCommand, Send, Sent } from './turn.ts';

/** SendCommand takes so many InstanceIds. Source: API SendCommand. */
export const nodesPerCommand = 50;

/** A hook or a scan can end at once, but not before SSM has delivered it. */
const deliverySeconds = 5;

/** A node that was silent until it was given up: its post-hook is owed and goes out, and is not waited for much longer. */
export const deliverySecondsToSilent = 60;

/** A node's step that is to be sent, with what its command depends on. */
export interface DueStep {
  readonly node: NodeState;
  readonly step: Step;
}

/** Groups the steps that are due into commands: same document, same parameters, at most 50 nodes each. */
export function commandsFor(
  due: readonly DueStep[],
  batch: { readonly batchId: string; readonly settings: RunSettings; readonly nextSequence: number },
): Send[] {
  const groups = new Map<string, DueStep[]>();
  for (const each of due) {
    const key = each.step === 'postHook' ? `${each.step} ${patchResultOf(each.node)}` : each.step;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const chunks = [...groups.values()].flatMap((group) => chunksOf(group, nodesPerCommand));
  return chunks.map((chunk, index) => commandFor(chunk, { ...batch, sequence: batch.nextSequence + index }));
}

function commandFor(
  chunk: readonly DueStep[],
  batch: { readonly batchId: string; readonly settings: RunSettings; readonly sequence: number },
): Send {
  const { settings, batchId, sequence } = batch;
  const step = chunk[0]?.step ?? 'preHook';
  const isHook = step === 'preHook' || step === 'postHook';
  const deliveryTimeoutSeconds = deliveryTimeoutOf(step, chunk, settings);
  const executionSeconds = isHook ? settings.hooks.timeoutSeconds : settings.patch.timeoutSeconds;
  return {
    sequence,
    step,
    document: isHook ? 'hooks' : 'patch',
    parameters: isHook ? hookParameters(step, chunk, settings) : patchParameters(step, settings),
    comment: commentOf({ runId: settings.runId, batchId, step, sequence }),
    deliveryTimeoutSeconds,
    earliestSeconds: isHook ? deliverySeconds : earliestPatchSeconds(step, chunk),
    expirySeconds: deliveryTimeoutSeconds + executionSeconds,
    readsPatchState: patchStateAfter(step, settings),
    startBy: startByOf(step, chunk, settings),
    nodeIds: chunk.map((each) => each.node.nodeId),
  };
}

function deliveryTimeoutOf(step: Step, chunk: readonly DueStep[], settings: RunSettings): number {
  const { deliveryTimeoutSeconds } = settings.patch;
  const isSilent = step === 'postHook' && chunk.every(({ node }) => node.steps.some(isConnectionLost));
  return isSilent ? Math.min(deliveryTimeoutSeconds, deliverySecondsToSilent) : deliveryTimeoutSeconds;
}

function isConnectionLost({ step, status }: StepRecord): boolean {
  return step === 'patch' && status === 'ConnectionLost';
}

/** Half of what the estimate says: an answer that comes early must not wait for the estimate. */
function earliestPatchSeconds(step: Step, chunk: readonly DueStep[]): number {
  const estimates = chunk.map(({ node }) => (step === 'verify' ? node.expected.verify : node.expected.patch));
  return Math.max(deliverySeconds, Math.floor(Math.min(...estimates) / 2));
}

/** The earliest of its nodes: whoever has more time is decided about anew, and sent to by another command. */
function startByOf(step: Step, chunk: readonly DueStep[], settings: RunSettings): number | null {
  const moments = chunk.map(({ node }) => lastSendOf(step, node, settings)).filter((each) => each !== null);
  return moments.length > 0 ? Math.floor(Math.min(...moments)) : null;
}

/** The truth of a node is read after its last patch operation: after `verify`, or after `patch` if that is the last. */
function patchStateAfter(step: Step, settings: RunSettings): Send['readsPatchState'] {
  if (step === 'verify') return 'Scan';
  if (step !== 'patch') return null;
  if (settings.operation === 'Scan') return 'Scan';
  return settings.patch.verify ? null : 'Install';
}

function hookParameters(step: Step, chunk: readonly DueStep[], settings: RunSettings): Send['parameters'] {
  const first = chunk[0];
  return {
    RunId: [settings.runId],
    Policy: [settings.policy],
    Step: [step],
    Operation: [settings.operation],
    LinuxDirectory: [settings.hooks.linuxDirectory],
    WindowsDirectory: [settings.hooks.windowsDirectory],
    Required: [String(settings.hooks.required)],
    TimeoutSeconds: [String(settings.hooks.timeoutSeconds)],
    ...(step === 'postHook' && first ? { PatchResult: [patchResultOf(first.node)] } : {}),
  };
}

/** AWS-RunPatchBaseline. `verify` is a Scan with the run's SnapshotId: an Install does not report what is missing. */
function patchParameters(step: Step, settings: RunSettings): Send['parameters'] {
  const operation = step === 'verify' ? 'Scan' : settings.operation;
  return {
    Operation: [operation],
    SnapshotId: [settings.snapshotId],
    RebootOption: [operation === 'Scan' ? 'NoReboot' : settings.patch.rebootOption],
    StepTimeoutSeconds: [String(settings.patch.timeoutSeconds)],
  };
}

/** What the post-hook is told of the patch: the words that the hook document allows. */
export function patchResultOf(node: NodeState): (typeof hookPatchResults)[number] {
  const status: StepStatus | null | undefined = node.steps.find((record) => record.step === 'patch')?.status;
  switch (status) {
    case 'Success':
      return 'Success';
    case 'TimedOut':
      return 'TimedOut';
    case 'Failed':
    case 'Cancelled':
      return 'Failed';
    case 'Undelivered':
    case 'ConnectionLost':
    case 'NoRecord':
      return 'Unreachable';
    default:
      return 'NotRun';
  }
}

/** What the poll has to know of a command that SSM has taken. */
export function openCommandOf(send: Send, command: Sent['commands'][number]): OpenCommand {
  return {
    sequence: send.sequence,
    commandId: command.commandId,
    sentAt: command.sentAt,
    earliestAt: command.sentAt + send.earliestSeconds * 1000,
    // Ours is a sum of what we asked for; SSM's own word counts where it is later.
    expiresAt: Math.max(command.sentAt + send.expirySeconds * 1000, command.expiresAt ?? 0),
    readsPatchState: send.readsPatchState,
    heldSince: {},
    accepted: command.nodeIds.length,
    awaiting: [...command.nodeIds],
  };
}

/** Consecutive pieces of at most `size` items. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
