import type { RunRecord, RunSummary } from './account.ts';
import type { BatchState } from './batch.ts';
import type { RunEnd } from './close-batch.ts';
import { lowerBoundSeconds } from './lower-bound.ts';
import { NodeTally } from './node-tally.ts';
import { classOf, type Outcome, outcomes } from './outcome.ts';
import type { Plan } from './plan.ts';
import type { Usage } from './usage.ts';

/** What the end of a run needs of a batch besides its nodes. */
export type ClosedBatch = Pick<BatchState, 'batchId' | 'waveIndex' | 'status' | 'halt'>;

/** The summary of a run whose account is closed. `now` in ms: when that was. */
export function closedSummary(run: {
  readonly plan: Plan;
  readonly end: RunEnd;
  readonly batches: readonly ClosedBatch[];
  readonly tally: NodeTally;
  readonly usage: Usage;
  readonly now: number;
}): RunSummary {
  const { plan, tally, usage, now } = run;
  const { settings } = plan;
  const lastEnd = Math.max(tally.lastEnd, settings.startedAt);
  return {
    runId: settings.runId,
    policy: settings.policy,
    operation: settings.operation,
    dryRun: plan.dryRun,
    seed: null,
    ...verdict(run),
    snapshotId: settings.snapshotId,
    startedAt: new Date(settings.startedAt).toISOString(),
    endedAt: new Date(now).toISOString(),
    nodesInScope: tally.nodesInScope,
    outcomes: tally.outcomes,
    waves: plan.waves.map((wave) => ({
      wave: wave.waveIndex + 1,
      nodes: wave.nodes,
      batches: wave.batchIds,
    })),
    estimate: plan.estimate,
    usage,
    makespanSeconds: (lastEnd - settings.startedAt) / 1000,
    lowerBoundSeconds: lowerBoundSeconds(plan, tally.work),
    ...tally.attention(),
  };
}

/** The summary that a whole record has. */
export function summaryOf({ nodes, ...rest }: RunRecord): RunSummary {
  const tally = new NodeTally();
  for (const node of nodes) tally.add(node);
  return { ...rest, ...tally.attention() };
}

/** What of a summary is in the record: the rest is made from its nodes. */
export function recordHead(summary: RunSummary): Omit<RunRecord, 'nodes'> {
  const { touched, owingPostHooks, handsNeeded, owedPostHooks, troubles, unheard, ...head } = summary;
  return head;
}

function verdict(run: {
  readonly end: RunEnd;
  readonly batches: readonly ClosedBatch[];
  readonly tally: NodeTally;
}): Pick<RunRecord, 'status' | 'reason'> {
  const { batches, tally } = run;
  const { reached, ending } = run.end;
  const { error, reason } = ending;
  if (error !== null) return { status: 'Failed', reason: error };
  const died = batches.filter((batch) => batch.waveIndex <= reached && batch.status !== 'done');
  if (died.length > 0) {
    return { status: 'Failed', reason: `batches died: ${died.map((batch) => batch.batchId).join(', ')}` };
  }
  const halt = batches.find((batch) => batch.halt !== null)?.halt ?? (ending.isHalted ? reason : null);
  if (halt) return { status: 'Halted', reason: halt };
  if (hasAchieved(tally.outcomes)) return { status: 'Succeeded', reason: reason ?? 'all waves are done' };
  const { nodesInScope, first } = tally;
  if (nodesInScope === 0) return { status: 'Succeeded', reason: 'no node carries the tags of the policy' };
  if (!first) return { status: 'Succeeded', reason: 'there was nothing to do' };
  return {
    status: 'Failed',
    reason: `no node of ${nodesInScope} ended well; the first: ${first.outcome}, ${first.reason}`,
  };
}

function hasAchieved(counts: Readonly<Partial<Record<Outcome, number>>>): boolean {
  return outcomes.some((outcome) => counts[outcome] !== undefined && classOf(outcome) === 'achieved');
}
