import * as z from 'zod';
import { operationSchema } from './operation.ts';
import { outcomeSchema } from './outcome.ts';
import { stepSchema } from './step.ts';
import { usageSchema } from './usage.ts';

const isoTime = z.iso.datetime();

export const nodeAccountSchema = z
  .strictObject({
    nodeId: z.string().meta({
      description: 'The managed node: i- for EC2, mi- for a hybrid node.',
      examples: ['i-0123456789abcdef0', 'mi-0123456789abcdef0'],
    }),
    scope: z.strictObject({ accountId: z.string(), region: z.string() }).describe('Where the node lives.'),
    wave: z
      .number()
      .int()
      .positive()
      .nullable()
      .describe('1 is the first; null for a node that was left out of the plan.'),
    batch: z
      .string()
      .nullable()
      .meta({ description: 'The batch in its wave, or null.', examples: ['w1-b1'] }),
    outcome: outcomeSchema.describe('The one word with which the node ended the run.'),
    reason: z.string().describe('Why, for people; empty where the outcome says it all.'),
    steps: z.array(
      z.strictObject({
        step: stepSchema,
        commandId: z.string().nullable().describe("Run Command's id; null for a step that was never sent."),
        status: z.string().describe('How the step ended; InProgress if nobody was there to hear of its end.'),
        startedAt: isoTime,
        endedAt: isoTime.nullable(),
        detail: z.string().optional().describe('For people: what the node wrote, or why it was given up.'),
      }),
    ),
  })
  .describe('One node of the closed account.');
export type NodeAccount = z.infer<typeof nodeAccountSchema>;

/** What a run leaves behind: `run.json`. Its published JSON Schema is generated from this. */
export const runRecordSchema = z.strictObject({
  runId: z.string().describe("The execution's name, made safe for keys and comments."),
  policy: z.string(),
  operation: operationSchema,
  dryRun: z.boolean().describe('True: no node was touched.'),
  seed: z.number().int().nullable().describe("The embedded fleet's seed; null for a run on AWS."),
  status: z.enum(['Succeeded', 'Halted', 'Failed']),
  reason: z.string().describe('Why the run ended as it did, in a sentence.'),
  snapshotId: z
    .string()
    .nullable()
    .describe('The SnapshotId of every patch command; null for a run without a plan.'),
  startedAt: isoTime,
  endedAt: isoTime.describe('When the account was closed.'),
  nodesInScope: z.number().int().nonnegative().describe('What the outcomes sum to.'),
  outcomes: z.partialRecord(outcomeSchema, z.number().int().positive()).describe('Nodes by outcome.'),
  waves: z.array(
    z.strictObject({
      wave: z.number().int().positive().describe('1 is the first.'),
      nodes: z.number().int().nonnegative(),
      batches: z.array(z.string()),
    }),
  ),
  estimate: z
    .strictObject({ seconds: z.number(), fitsWindow: z.boolean().nullable() })
    .describe('What the plan expected; fitsWindow is null without a window.'),
  nodes: z.array(nodeAccountSchema).describe('Every node in scope, each once.'),
  usage: usageSchema.strict().describe('What the run has cost, as its handlers counted it.'),
  makespanSeconds: z.number().nonnegative().describe('From the start to the last end of a step.'),
  lowerBoundSeconds: z
    .number()
    .nonnegative()
    .describe('What the best scheduler imaginable would have needed for the same nodes.'),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

const count = z.number().int().nonnegative();
const listedSchema = z.strictObject({
  count,
  nodes: z.array(nodeAccountSchema.pick({ nodeId: true, outcome: true, reason: true })),
});
export type Listed = z.infer<typeof listedSchema>;

/** A node whose last step was never heard of to end, and that step: something may still be done to it. */
const unheardSchema = z.object({
  nodeId: z.string(),
  scope: z.object({ accountId: z.string(), region: z.string() }),
  step: z.object({ step: stepSchema, commandId: z.string().nullable(), startedAt: isoTime }),
});
export type Unheard = z.infer<typeof unheardSchema>;

/** What people are told of a run, and what it is decided by: a record of 100,000 nodes is not read for it. `summary.json`. */
export const runSummarySchema = runRecordSchema.omit({ nodes: true }).extend({
  /** Nodes that a step was sent to. */
  touched: count,
  /** Nodes whose pre-hook succeeded and whose post-hook did not, whatever else became of them. */
  owingPostHooks: count,
  /** Each node once, where it hurts most; the first of each list. */
  handsNeeded: listedSchema,
  owedPostHooks: listedSchema,
  troubles: listedSchema,
  unheard: z.array(unheardSchema),
});
export type RunSummary = z.infer<typeof runSummarySchema>;
