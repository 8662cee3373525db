import * as z from 'zod';
import { momentSchema } from './moment.ts';
import { operationSchema } from './operation.ts';
import { outcomeSchema } from './outcome.ts';
import { batchIdSchema, runIdSchema } from './run-id.ts';
import { scopeSchema } from './scope.ts';
import { stepSchema, stepStatusSchema } from './step.ts';
import { patchCountsSchema } from './truth.ts';
import { openCommandSchema, type Progress, urgentSchema } from './turn.ts';
import { usageSchema } from './usage.ts';

const seconds = z.number().nonnegative();
/** SSM takes no shorter one. Source: API SendCommand, TimeoutSeconds. */
const timeout = z.number().int().min(30);
const count = z.number().int().nonnegative();

/** What every batch of a run goes by; made once, when the run is planned. */
export const runSettingsSchema = z.object({
  runId: runIdSchema,
  policy: z.string(),
  operation: operationSchema,
  snapshotId: z.uuid(),
  startedAt: momentSchema,
  /** When the window closes; null for a run without one. */
  deadline: momentSchema.nullable(),
  cutoffSeconds: seconds,
  hooks: z.object({
    linuxDirectory: z.string(),
    windowsDirectory: z.string(),
    required: z.boolean(),
    timeoutSeconds: timeout,
  }),
  patch: z.object({
    rebootOption: z.enum(['RebootIfNeeded', 'NoReboot']),
    timeoutSeconds: timeout,
    connectionLostSeconds: seconds,
    deliveryTimeoutSeconds: timeout,
    verify: z.boolean(),
  }),
  language: z.enum(['en', 'ja']),
  /** Missing in plans that an earlier version has made. */
  chat: z.boolean().optional(),
});
export type RunSettings = z.infer<typeof runSettingsSchema>;

/**
 * A run without a window ends all the same: after so long it starts nothing more. The SnapshotId lives three days,
 * and so does the execution; the rest of them is for what is in flight.
 */
export const longestRunMilliseconds = 48 * 3_600_000;

/** When the run's time is up: with its window, or with its own limit. Epoch milliseconds. */
export function deadlineOf(settings: Pick<RunSettings, 'deadline' | 'startedAt'>): number {
  return Math.min(settings.deadline ?? Number.POSITIVE_INFINITY, settings.startedAt + longestRunMilliseconds);
}

export const stepRecordSchema = z.object({
  step: stepSchema,
  /** The batch's number for the command that carries this step. */
  sequence: count,
  commandId: z.string().nullable(),
  /** Null while the step is under way. */
  status: stepStatusSchema.nullable(),
  startedAt: momentSchema,
  endedAt: momentSchema.nullable(),
  /** For people only: what the node wrote, or why we gave up. */
  detail: z.string().optional(),
});
export type StepRecord = z.infer<typeof stepRecordSchema>;

export const nodeStateSchema = z.object({
  nodeId: z.string(),
  /** Estimates; seconds. */
  expected: z.object({ patch: seconds, verify: seconds, total: seconds }),
  /** What the last patch operation before this run had found; null if there was none. */
  before: patchCountsSchema.nullable(),
  /** What this run's own operation found; null until it is known. */
  after: patchCountsSchema.nullable(),
  steps: z.array(stepRecordSchema),
  outcome: outcomeSchema.nullable(),
  reason: z.string(),
});
export type NodeState = z.infer<typeof nodeStateSchema>;

/** A batch as it lies in S3 between two turns: the nodes of one wave in one scope, and all that is known of them. */
export const batchStateSchema = z.object({
  batchId: batchIdSchema,
  waveIndex: count,
  scope: scopeSchema,
  settings: runSettingsSchema,
  /** Nodes in flight at once, and errors of the whole wave after which nothing new starts. */
  concurrency: z.number().int().positive(),
  maxErrors: count,
  /** True if the wave has other batches, whose errors count too. */
  sharesBudget: z.boolean(),
  pollSeconds: z.number().positive(),
  status: z.enum(['planned', 'running', 'handedOver', 'done']),
  turn: count,
  /** History events that the present execution has used, by the budget of Step Functions. */
  legEvents: count,
  nextSequence: count,
  /** Why no further node starts; null while nodes may start. */
  halt: z.string().nullable(),
  /** Commands of which answers are still awaited. */
  open: z.array(openCommandSchema),
  urgentPending: z.array(urgentSchema),
  /** When the last urgent message went out, and how many there were: each pause is longer than the one before. */
  urgentSentAt: momentSchema.nullable(),
  urgentMessages: count,
  usage: usageSchema,
  nodes: z.array(nodeStateSchema),
});
export type BatchState = z.infer<typeof batchStateSchema>;

/** The step that a node is in; null before its first and after its last. */
export function stepUnderWay(node: NodeState): StepRecord | null {
  const last = node.steps.at(-1);
  return last && last.status === null ? last : null;
}

/** True from a node's first command to its outcome. */
export function isInFlight(node: NodeState): boolean {
  return node.outcome === null && node.steps.length > 0;
}

/** How far a batch is. */
export function progressOf(nodes: readonly NodeState[]): Progress {
  const progress: Progress = { waiting: 0, inFlight: {}, ended: {} };
  for (const node of nodes) {
    const step = node.steps.at(-1)?.step;
    if (node.outcome !== null) progress.ended[node.outcome] = (progress.ended[node.outcome] ?? 0) + 1;
    else if (step) progress.inFlight[step] = (progress.inFlight[step] ?? 0) + 1;
    else progress.waiting += 1;
  }
  return progress;
}
