import { type BatchState, isInFlight } from './batch.ts';

/**
 * Step Functions ends an execution at 25,000 events. A batch that is alone in its wave hands over early: that keeps
 * histories readable. One of several would then wait for the others with nodes in flight: it first goes on, then
 * starts no more nodes, and hands over when none is in flight, or when it must.
 */
const leg = { alone: 4_000, shared: 16_000, atMost: 21_000 } as const;

/** True while a batch begins no more nodes, because it will soon hand over. */
export function isDraining(state: BatchState): boolean {
  return state.sharesBudget && state.legEvents >= leg.shared;
}

/** True when a batch leaves the rest to a fresh execution. */
export function isLegOver(state: BatchState): boolean {
  if (!state.sharesBudget) return state.legEvents >= leg.alone;
  return state.legEvents >= leg.atMost || (isDraining(state) && !state.nodes.some(isInFlight));
}
