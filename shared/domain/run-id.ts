import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Step } from './step.ts';

const longestRunId = 60;

/** A run's id and a batch's, where they come in a payload: they become parts of keys. */
export const runIdSchema = z.string().regex(/^[A-Za-z0-9_.-]{1,60}$/, 'allowed: the id of a run');
export const batchIdSchema = z.string().regex(/^w\d{1,4}-b\d{1,6}$/, 'allowed: the id of a batch');

/**
 * The id of a run: the execution's name, safe in S3 keys, command comments and the hook document's `RunId`.
 * A name that is too long or holds other characters keeps its beginning and gets a digest, so that two stay two.
 */
export function runIdOf(executionName: string): string {
  // A name that begins with a dot could be `..`, which is a way up and no name where keys are taken for paths.
  if (executionName.length <= longestRunId && /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(executionName)) {
    return executionName;
  }
  const readable = executionName.replaceAll(/[^A-Za-z0-9_.-]/g, '-').slice(0, longestRunId - 11);
  return `${readable}-${digestOf(executionName).slice(0, 10)}`;
}

/**
 * One SnapshotId for the whole run: derived from the execution, so that a retried plan asks for the same patches.
 * A UUID, as AWS-RunPatchBaseline's `SnapshotId` demands.
 */
export function snapshotIdOf(executionArn: string, startedAt: string): string {
  const hex = digestOf(`${executionArn}\n${startedAt}`);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** EventBridge and Step Functions write the same start with other fractions of a second. */
const startTolerance = 60_000;

/** An execution's name may come again after 90 days: true if both starts (ms) are those of one execution. */
export function isSameStart(one: number, other: number): boolean {
  return Math.abs(one - other) < startTolerance;
}

/** A number in [0, 1) that belongs to a text: the stable order in which nodes are dealt to waves. */
export function positionOf(text: string): number {
  return Number.parseInt(digestOf(text).slice(0, 12), 16) / 2 ** 48;
}

/** What a command's comment says: the only key by which a command can be found again. At most 100 characters. */
export function commentOf(command: {
  readonly runId: string;
  readonly batchId: string;
  readonly step: Step;
  readonly sequence: number;
}): string {
  return `${command.runId} ${command.batchId} ${command.step} ${command.sequence}`;
}

/** The step that a run's command carries, by its comment; undefined for a command that is not of that run. */
export function stepOfComment(comment: string, runId: string): string | undefined {
  const [run, , step, sequence] = comment.split(' ');
  return run === runId && sequence !== undefined ? step : undefined;
}

/** SHA-256, in hexadecimal. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
