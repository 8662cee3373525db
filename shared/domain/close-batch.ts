import type { NodeAccount } from './account.ts';
import { type BatchState, type NodeState, stepUnderWay } from './batch.ts';
import type { Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';

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

/** The last wave that was at work, -1 for none, and how the run ended. */
export interface RunEnd {
  readonly reached: number;
  readonly ending: Ending;
}

/** The account of a batch: each of its nodes gets one outcome, also those that nobody will hear of any more. */
export function accountsOfBatch(batch: BatchState, end: RunEnd): NodeAccount[] {
  return batch.nodes.map((node) => ({
    nodeId: node.nodeId,
    scope: { accountId: batch.scope.accountId, region: batch.scope.region },
    wave: batch.waveIndex + 1,
    batch: batch.batchId,
    ...closing(node, batch, end),
    steps: node.steps.map((record) => ({
      step: record.step,
      commandId: record.commandId,
      status: record.status ?? 'InProgress',
      startedAt: new Date(record.startedAt).toISOString(),
      endedAt: record.endedAt === null ? null : new Date(record.endedAt).toISOString(),
      ...(record.detail ? { detail: record.detail } : {}),
    })),
  }));
}

/** The account of the nodes that were in no wave. */
export function accountsOfLeftOut(plan: Plan): NodeAccount[] {
  return plan.leftOut.map(({ nodeId, scope, outcome, reason }) => ({
    nodeId,
    scope: { accountId: scope.accountId, region: scope.region },
    wave: null,
    batch: null,
    outcome,
    reason,
    steps: [],
  }));
}

function closing(
  node: NodeState,
  batch: BatchState,
  { reached, ending }: RunEnd,
): { readonly outcome: Outcome; readonly reason: string } {
  if (node.outcome !== null) return { outcome: node.outcome, reason: node.reason };
  if (batch.waveIndex > reached) {
    return {
      outcome: 'NotReached',
      reason: ending.error ?? ending.reason ?? 'the run ended before its wave',
    };
  }
  const step = stepUnderWay(node)?.step;
  return {
    outcome: 'Unknown',
    reason: step ? `its batch died during ${step}` : 'its batch died before it started',
  };
}
