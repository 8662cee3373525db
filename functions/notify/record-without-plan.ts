import type { Ending, RunRecord } from '../../shared/domain/account.ts';
import { runIdOf } from '../../shared/domain/run-id.ts';
import type { Execution } from '../../shared/domain/run-turn.ts';
import type { Usage } from '../../shared/domain/usage.ts';

/** The record of a run that never came to a plan: a refused request, or AWS not answering. No node was touched. */
export function recordWithoutPlan(
  execution: Execution,
  ending: Ending,
  usage: Usage,
  now: number,
): RunRecord {
  return {
    runId: runIdOf(execution.name),
    policy: 'unknown',
    operation: 'Install',
    dryRun: false,
    seed: null,
    status: 'Failed',
    reason: ending.error ?? 'the run ended before it had a plan',
    snapshotId: null,
    startedAt: new Date(execution.startTime).toISOString(),
    endedAt: new Date(now).toISOString(),
    nodesInScope: 0,
    outcomes: {},
    waves: [],
    estimate: { seconds: 0, fitsWindow: null },
    nodes: [],
    usage,
    makespanSeconds: 0,
    lowerBoundSeconds: 0,
  };
}
