import { nodesPerCommand } from './command.ts';
import { excerpt } from './excerpt.ts';
import { hasAnswered, type StepStatus, stepStatusOf } from './step.ts';
import type { PatchCounts } from './truth.ts';
import type { InvocationAnswer, OpenCommand } from './turn.ts';

/** Answers that one turn carries: with 200 the payload stays below half of what Step Functions takes. */
export const answersPerTurn = 200;
/** And what the last command may bring beyond. */
const mostAnswers = answersPerTurn + nodesPerCommand;
/** SSM shows a command only after a while; a command that is not among the executing ones is looked at after this. */
const visibleAfter = 10_000;
/** After so long, a command without any invocation has been lost by SSM. */
const noRecordAfter = 10 * 60_000;
/** How long a patch state may come after its command's end, and a terminal status after SSM's own expiry. */
const grace = 120_000;
/** A node is asked after once its command takes longer than this and three times the earliest end. */
const pingNotBefore = 10 * 60_000;
const pingEvery = 60_000;

/** SSM's count of ended nodes of each command that still executes, by its id; what is not there no longer does. */
export type CompletedCounts = ReadonlyMap<string, number>;

/**
 * How many of the awaited nodes have ended by SSM's own count; of a command that no longer executes, all of them. Zero
 * means that nothing new can be read of it.
 */
export function movedNodes(command: OpenCommand, completed: CompletedCounts, now: number): number {
  if (now > command.expiresAt + grace) return command.awaiting.length;
  const count = completed.get(command.commandId);
  if (count === undefined) return now - command.sentAt > visibleAfter ? command.awaiting.length : 0;
  return Math.max(0, count - (command.accepted - command.awaiting.length));
}

/** Commands sent so shortly before are read together; a hook or a scan has mostly ended by then. */
const recentFor = 5 * 60_000;
const rowsPerPage = 50;

/** How the answers of commands that moved are read in the fewest calls. */
export interface Reading {
  /** Together, by one listing of all that was invoked since then; null where that would not be cheaper. */
  readonly recent: {
    readonly since: number;
    readonly commands: readonly OpenCommand[];
    /** With more pages than this, reading one command after the other would have been as cheap. */
    readonly pagesAtMost: number;
  } | null;
  /** One call each. */
  readonly singly: readonly OpenCommand[];
}

/**
 * Nodes end their steps one by one, so most commands that moved have one or two new answers. SSM lists the invocations
 * of one command, or of all since a time: the youngest commands are read by the second, where its pages are fewer than
 * the commands. Invocations that have ended since, or that are others', are in those pages too: as many again is the guess.
 */
export function readingOf(moved: readonly OpenCommand[], open: readonly OpenCommand[], now: number): Reading {
  const recent = moved
    .filter((command) => now - command.sentAt < recentFor && now <= command.expiresAt)
    .toSorted((a, b) => b.sentAt - a.sentAt);
  const saved = recent.map((command, index) => {
    const rows = open
      .filter((each) => each.sentAt >= command.sentAt)
      .reduce((sum, each) => sum + each.accepted, 0);
    return index + 1 - Math.ceil((2 * rows) / rowsPerPage);
  });
  const most = Math.max(0, ...saved);
  const together = most > 0 ? recent.slice(0, saved.lastIndexOf(most) + 1) : [];
  const oldest = together.at(-1);
  if (!oldest) return { recent: null, singly: moved };
  const chosen = new Set(together);
  return {
    recent: { since: oldest.sentAt, commands: together, pagesAtMost: together.length - 1 },
    singly: moved.filter((command) => !chosen.has(command)),
  };
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
  return found.snapshotId ? isOfSnapshot(found, snapshotId) : found.endedAt >= command.sentAt;
}

/** True if the record was made with that SnapshotId: no other run has it. */
export function isOfSnapshot(found: OperationRecord, snapshotId: string): boolean {
  return found.snapshotId?.toLowerCase() === snapshotId.toLowerCase();
}

/** A Scan's own patch state is its answer: the report is the last thing that a Scan does. */
export function answerOfState(
  command: OpenCommand,
  state: OperationRecord & { readonly nodeId: string },
  now: number,
): InvocationAnswer {
  const endedAt = Math.min(now, Math.max(command.sentAt, state.endedAt));
  return { sequence: command.sequence, nodeId: state.nodeId, status: 'Success', endedAt };
}

/** True while a node's answer is kept back, because its patch state may still come. Measured by our clock, not the node's. */
export function waitsForPatchState(command: OpenCommand, answer: InvocationAnswer, now: number): boolean {
  if (command.readsPatchState === null || answer.status !== 'Success') return false;
  return now - (command.heldSince[answer.nodeId] ?? now) < grace;
}

/** The nodes to ask after: those whose commands are overdue. Empty until the last asking is a minute old. */
export function overdueNodes(open: readonly OpenCommand[], pingedAt: number, now: number): string[] {
  if (now - pingedAt < pingEvery) return [];
  const overdue = open.filter(
    (command) => now > command.sentAt + Math.max(pingNotBefore, 3 * (command.earliestAt - command.sentAt)),
  );
  return overdue.flatMap((command) => command.awaiting);
}

/**
 * Of the answers that were found, those that a turn holds: SSM's counts, by which commands are chosen to be read, may be
 * older than what is then read of them. What is left out is read again in the next turn. Only final answers take room.
 */
export function asManyAsATurnHolds(
  found: ReadonlyMap<OpenCommand, readonly InvocationAnswer[]>,
  isFinal: (command: OpenCommand, answer: InvocationAnswer) => boolean,
): Map<OpenCommand, readonly InvocationAnswer[]> {
  let room = mostAnswers;
  const isHeld = (command: OpenCommand, answer: InvocationAnswer): boolean => {
    if (!isFinal(command, answer)) return true;
    room -= 1;
    return room >= 0;
  };
  return new Map(
    [...found].map(([command, answers]) => [command, answers.filter((answer) => isHeld(command, answer))]),
  );
}
