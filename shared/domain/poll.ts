import { excerpt } from './excerpt.ts';
import { hasAnswered, type StepStatus, stepStatusOf } from './step.ts';
import type { PatchCounts } from './truth.ts';
import type { InvocationAnswer, OpenCommand } from './turn.ts';

/** Answers that one turn carries: with 200 the payload stays below half of what Step Functions takes. */
export const answersPerTurn = 200;
/** SSM shows a command only after a while; a command that is not among the executing ones is looked at after this. */
const visibleAfter = 10_000;
/** After so long, a command without any invocation has been lost by SSM. */
const noRecordAfter = 10 * 60_000;
/** How long a patch state may come after its command's end, and a terminal status after SSM's own expiry. */
const grace = 120_000;
/** A node is asked after once its command takes longer than this and three times the earliest end. */
const pingNotBefore = 10 * 60_000;
const pingEvery = 150_000;

/** True if something new can be read of a command. `completed` is SSM's count; undefined if it no longer executes. */
export function hasMoved(command: OpenCommand, completed: number | undefined, now: number): boolean {
  if (now > command.expiresAt + grace) return true;
  if (completed === undefined) return now - command.sentAt > visibleAfter;
  return completed > command.accepted - command.awaiting.length;
}

/** One row of a command, in this product's terms. `endedAt` in ms, null where SSM does not say. */
export interface Row {
  readonly nodeId: string;
  readonly statusDetails: string;
  readonly endedAt: number | null;
  readonly output: string;
}

/** What a command's rows say of the nodes that are awaited: each of them at most once, and only what is final. */
export function answersIn(command: OpenCommand, rows: readonly Row[], now: number): InvocationAnswer[] {
  const byNode = new Map(rows.map((row) => [row.nodeId, row]));
  return command.awaiting.flatMap((nodeId): InvocationAnswer[] => {
    const row = byNode.get(nodeId);
    const status = (row && stepStatusOf(row.statusDetails)) ?? statusWithoutAnswer(command, rows, now);
    if (status === undefined) return [];
    // The steps of other platforms have ended at once: their times say nothing of a node that has not answered.
    const reported = hasAnswered(status) ? (row?.endedAt ?? now) : now;
    const endedAt = Math.min(now, Math.max(command.sentAt, reported));
    const detail = row && status !== 'Success' ? excerptOf(row, status) : '';
    return [{ sequence: command.sequence, nodeId, status, endedAt, ...(detail ? { detail } : {}) }];
  });
}

function statusWithoutAnswer(
  command: OpenCommand,
  rows: readonly Row[],
  now: number,
): StepStatus | undefined {
  if (now > command.expiresAt + grace) return 'Undelivered';
  return rows.length === 0 && now - command.sentAt > noRecordAfter ? 'NoRecord' : undefined;
}

/** So much of an output SSM lists; more is cut off, and the last line is then any line. */
const outputListed = 2_500;

/** SSM's own word where it says more than ours, and the last line that the node wrote. */
function excerptOf(row: Row, status: StepStatus): string {
  const isWhole = row.output.length < outputListed;
  const lastLine = isWhole ? (row.output.trim().split('\n').at(-1)?.trim() ?? '') : '';
  const word = row.statusDetails === status ? '' : row.statusDetails;
  return excerpt([word, lastLine].filter(Boolean).join(': '));
}

/** A patch operation as SSM has it on record. Times in ms. */
export interface OperationRecord {
  readonly operation: string;
  readonly snapshotId: string | null;
  readonly endedAt: number;
  readonly counts: PatchCounts;
}

/**
 * True if the record is this command's: the last operation may be any other's. The run's SnapshotId tells; the time
 * only where there is none, because it is the node's own clock.
 */
export function isOwnOperation(
  found: OperationRecord | undefined,
  command: OpenCommand,
  snapshotId: string,
): found is OperationRecord {
  if (!found || found.operation !== command.readsPatchState) return false;
  if (found.snapshotId) return found.snapshotId.toLowerCase() === snapshotId.toLowerCase();
  return found.endedAt >= command.sentAt;
}

/** True while a node's answer is kept back, because its patch state may still come. Measured by our clock, not the node's. */
export function waitsForPatchState(command: OpenCommand, answer: InvocationAnswer, now: number): boolean {
  if (command.readsPatchState === null || answer.status !== 'Success') return false;
  return now - (command.heldSince[answer.nodeId] ?? now) < grace;
}

/** The nodes to ask after: those whose commands are overdue. Empty until the last asking is some minutes old. */
export function overdueNodes(open: readonly OpenCommand[], pingedAt: number, now: number): string[] {
  if (now - pingedAt < pingEvery) return [];
  const overdue = open.filter(
    (command) => now > command.sentAt + Math.max(pingNotBefore, 3 * (command.earliestAt - command.sentAt)),
  );
  return overdue.flatMap((command) => command.awaiting);
}
