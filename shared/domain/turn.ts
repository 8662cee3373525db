import * as z from 'zod';
import { momentSchema } from './moment.ts';
import { outcomeSchema } from './outcome.ts';
import { batchIdSchema, runIdSchema } from './run-id.ts';
import { scopeSchema } from './scope.ts';
import { stepSchema, stepStatusSchema } from './step.ts';
import { patchCountsSchema } from './truth.ts';
import { usageSchema } from './usage.ts';

const count = z.number().int().nonnegative();

/** One SendCommand to be made: at most 50 nodes, and a comment by which it is found again. */
export const sendSchema = z.object({
  sequence: count,
  step: stepSchema,
  document: z.enum(['hooks', 'patch']),
  parameters: z.record(z.string(), z.array(z.string())),
  comment: z.string().max(100),
  deliveryTimeoutSeconds: z.number().int().min(30),
  /** When the earliest of its nodes may have finished, and when SSM itself gives all of them up; after the send. */
  earliestSeconds: z.number().nonnegative(),
  expirySeconds: z.number().positive(),
  readsPatchState: z.enum(['Scan', 'Install']).nullable(),
  /** Not sent after this; null for what has to go out whatever the time. Missing in what an earlier version decided. */
  startBy: momentSchema.nullable().default(null),
  nodeIds: z.array(z.string()).min(1).max(50),
});
export type Send = z.infer<typeof sendSchema>;

/** One CancelCommand to be made, for nodes that we have given up. */
export const cancelSchema = z.object({ commandId: z.string(), nodeIds: z.array(z.string()).min(1).max(50) });
export type Cancel = z.infer<typeof cancelSchema>;

/** A command that SSM took, and the nodes of which no terminal answer has come. */
export const openCommandSchema = z.object({
  sequence: count,
  commandId: z.string(),
  sentAt: momentSchema,
  earliestAt: momentSchema,
  expiresAt: momentSchema,
  /** The operation whose patch state has to be there before an answer counts; null for hooks. */
  readsPatchState: z.enum(['Scan', 'Install']).nullable(),
  /** By node: since when its answer is kept back for its patch state. A neighbour's wait says nothing of its own. */
  heldSince: z.record(z.string(), momentSchema),
  /** Nodes that SSM accepted for this command, ended or not, less those that we gave up. */
  accepted: count,
  awaiting: z.array(z.string()),
});
export type OpenCommand = z.infer<typeof openCommandSchema>;

/** What became of one Send: one command, or several if nodes had to be left out. */
export const sentSchema = z.object({
  sequence: count,
  commands: z.array(
    z.object({
      commandId: z.string(),
      sentAt: momentSchema,
      /** When SSM gives up what has not ended; null where it does not say. */
      expiresAt: momentSchema.nullable(),
      nodeIds: z.array(z.string()),
    }),
  ),
  /** Nodes that SSM does not accept, with the beginning of what it said. */
  refused: z.array(z.object({ nodeId: z.string(), reason: z.string() })),
  /** Nodes that it was too late for: nothing was sent to them. Missing in what an earlier version sent. */
  late: z.array(z.string()).optional(),
});
export type Sent = z.infer<typeof sentSchema>;

export const invocationAnswerSchema = z.object({
  sequence: count,
  nodeId: z.string(),
  status: stepStatusSchema,
  endedAt: momentSchema,
  detail: z.string().optional(),
});
export type InvocationAnswer = z.infer<typeof invocationAnswerSchema>;

/** What can wait for no digest, because a person has to go there now. */
export const urgentSchema = z.object({ nodeId: z.string().nullable(), what: z.string(), reason: z.string() });
export type Urgent = z.infer<typeof urgentSchema>;

export const pingAnswerSchema = z.object({
  nodeId: z.string(),
  isOnline: z.boolean(),
  lastPingAt: momentSchema,
});
export type PingAnswer = z.infer<typeof pingAnswerSchema>;

/** What a decision of a batch sets going, besides the state that it leads to. */
export const decidedSchema = z.object({
  decidedAt: momentSchema,
  sends: z.array(sendSchema),
  cancels: z.array(cancelSchema),
  urgent: z.array(urgentSchema),
  /** True while nodes wait that this turn had room for, but not the payload. */
  hasMoreToStart: z.boolean(),
  waitSeconds: z.number().int().nonnegative(),
});
export type Decided = z.infer<typeof decidedSchema>;

/** What the fleet said since the last decision. */
export const answersSchema = z.object({
  sent: z.array(sentSchema),
  invocations: z.array(invocationAnswerSchema),
  patchStates: z.array(z.object({ nodeId: z.string(), counts: patchCountsSchema })),
  pings: z.array(pingAnswerSchema),
});
export type Answers = z.infer<typeof answersSchema>;

export const noAnswers: Answers = { sent: [], invocations: [], patchStates: [], pings: [] };

/** How far a batch is: nodes by what they are at. Nothing is decided by it; it is there to be looked at. */
export const progressSchema = z.object({
  waiting: count,
  inFlight: z.partialRecord(stepSchema, count),
  ended: z.partialRecord(outcomeSchema, count),
});
export type Progress = z.infer<typeof progressSchema>;

/** The payload that goes round in a batch's execution: what the next state needs, and never the nodes' histories. */
export const turnSchema = z.object({
  kind: z.literal('turn'),
  runId: runIdSchema,
  batchId: batchIdSchema,
  scope: scopeSchema,
  snapshotId: z.string(),
  turn: count,
  next: z.enum(['send', 'alert', 'wait', 'evaluate', 'done']),
  pollSeconds: z.number().positive(),
  /** Polls in a row that found nothing new. */
  quietPolls: count,
  ...decidedSchema.shape,
  open: z.array(openCommandSchema),
  pingedAt: momentSchema,
  answers: answersSchema,
  /** History events since the last decision. */
  events: count,
  /** What handlers have counted since the last decision. */
  usage: usageSchema,
  progress: progressSchema,
});
export type Turn = z.infer<typeof turnSchema>;

/** What a batch's execution starts with: where the batch lies, not what is in it. */
export const batchItemSchema = z.object({
  kind: z.literal('start'),
  runId: runIdSchema,
  batchId: batchIdSchema,
  turn: count,
});
export type BatchItem = z.infer<typeof batchItemSchema>;
