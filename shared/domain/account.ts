import * as z from 'zod';
import { type BatchState, type NodeState, stepUnderWay } from './batch.ts';
import { lowerBoundSeconds } from './lower-bound.ts';
import { operationSchema } from './operation.ts';
import { classOf, type Outcome, outcomeSchema } from './outcome.ts';
import type { Plan } from './plan.ts';
import { stepSchema } from './step.ts';
import { type Usage, usageSchema } from './usage.ts';

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

/** How the run ended, as the state machine knows it. */
export interface Ending {
  /** The wave that the run had come to; null if it never came to one. */
  readonly waveIndex: number | null;
  /** What `afterWave` said, or nothing. */
  readonly isHalted: boolean;
  readonly reason: string | null;
  /** A fault that no state could deal with. */
  readonly error: string | null;
}

/** Closes the account: every node of the plan gets one outcome, also those that nobody will hear of any more. */
export function closeAccount(
  plan: Plan,
  batches: readonly BatchState[],
  ending: Ending,
): { readonly nodes: readonly NodeAccount[]; readonly status: RunRecord['status']; readonly reason: string } {
  const reached = Math.max(
    ending.waveIndex ?? -1,
    ...batches.filter((batch) => batch.turn > 0).map((batch) => batch.waveIndex),
  );
  const nodes = [
    ...batches.flatMap((batch) => batch.nodes.map((node) => accountOf(node, batch, { reached, ending }))),
    ...plan.leftOut.map(
      (node): NodeAccount => ({
        nodeId: node.nodeId,
        scope: { accountId: node.scope.accountId, region: node.scope.region },
        wave: null,
        batch: null,
        outcome: node.outcome,
        reason: node.reason,
        steps: [],
      }),
    ),
  ];
  return { nodes, ...verdict(nodes, batches, { reached, ending }) };
}

function accountOf(
  node: NodeState,
  batch: BatchState,
  run: { readonly reached: number; readonly ending: Ending },
): NodeAccount {
  return {
    nodeId: node.nodeId,
    scope: { accountId: batch.scope.accountId, region: batch.scope.region },
    wave: batch.waveIndex + 1,
    batch: batch.batchId,
    ...closing(node, batch, run),
    steps: node.steps.map((record) => ({
      step: record.step,
      commandId: record.commandId,
      status: record.status ?? 'InProgress',
      startedAt: new Date(record.startedAt).toISOString(),
      endedAt: record.endedAt === null ? null : new Date(record.endedAt).toISOString(),
      ...(record.detail ? { detail: record.detail } : {}),
    })),
  };
}

function closing(
  node: NodeState,
  batch: BatchState,
  run: { readonly reached: number; readonly ending: Ending },
): { readonly outcome: Outcome; readonly reason: string } {
  if (node.outcome !== null) return { outcome: node.outcome, reason: node.reason };
  if (batch.waveIndex > run.reached) {
    return {
      outcome: 'NotReached',
      reason: run.ending.error ?? run.ending.reason ?? 'the run ended before its wave',
    };
  }
  const step = stepUnderWay(node)?.step;
  return {
    outcome: 'Unknown',
    reason: step ? `its batch died during ${step}` : 'its batch died before it started',
  };
}

function verdict(
  nodes: readonly NodeAccount[],
  batches: readonly BatchState[],
  run: { readonly reached: number; readonly ending: Ending },
): { readonly status: RunRecord['status']; readonly reason: string } {
  const { error, reason } = run.ending;
  if (error !== null) return { status: 'Failed', reason: error };
  const died = batches.filter((batch) => batch.waveIndex <= run.reached && batch.status !== 'done');
  if (died.length > 0) {
    return { status: 'Failed', reason: `batches died: ${died.map((batch) => batch.batchId).join(', ')}` };
  }
  const halt = batches.find((batch) => batch.halt !== null)?.halt ?? (run.ending.isHalted ? reason : null);
  if (halt) return { status: 'Halted', reason: halt };
  const hasAchieved = nodes.some((node) => classOf(node.outcome) === 'achieved');
  if (hasAchieved) return { status: 'Succeeded', reason: reason ?? 'all waves are done' };
  if (nodes.length === 0) return { status: 'Succeeded', reason: 'no node carries the tags of the policy' };
  const hadWork = nodes.some((node) => node.outcome !== 'OptedOut' && node.outcome !== 'Stopped');
  if (!hadWork) return { status: 'Succeeded', reason: 'there was nothing to do' };
  const why = nodes.find((node) => node.outcome !== 'OptedOut' && node.outcome !== 'Stopped');
  return {
    status: 'Failed',
    reason: `no node of ${nodes.length} ended well; the first: ${why?.outcome}, ${why?.reason}`,
  };
}

/** The record of a run whose account is closed. `now` in ms: when the account was closed. */
export function runRecordOf(run: {
  readonly plan: Plan;
  readonly batches: readonly BatchState[];
  readonly ending: Ending;
  readonly usage: Usage;
  readonly now: number;
}): RunRecord {
  const { plan, ending, now } = run;
  const { settings } = plan;
  const account = closeAccount(plan, run.batches, ending);
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const node of account.nodes) outcomes[node.outcome] = (outcomes[node.outcome] ?? 0) + 1;
  const ends = account.nodes.flatMap((node) =>
    node.steps.map((step) => Date.parse(step.endedAt ?? step.startedAt)),
  );
  const lastEnd = ends.reduce((latest, end) => Math.max(latest, end), settings.startedAt);
  return {
    runId: settings.runId,
    policy: settings.policy,
    operation: settings.operation,
    dryRun: plan.dryRun,
    seed: null,
    status: account.status,
    reason: account.reason,
    snapshotId: settings.snapshotId,
    startedAt: new Date(settings.startedAt).toISOString(),
    endedAt: new Date(now).toISOString(),
    nodesInScope: account.nodes.length,
    outcomes,
    waves: plan.waves.map((wave) => ({
      wave: wave.waveIndex + 1,
      nodes: wave.nodes,
      batches: wave.batchIds,
    })),
    estimate: plan.estimate,
    nodes: [...account.nodes],
    usage: run.usage,
    makespanSeconds: (lastEnd - settings.startedAt) / 1000,
    lowerBoundSeconds: lowerBoundSeconds(plan, account.nodes),
  };
}
