import type { RunRecord } from '../domain/account.ts';
import type { Ending } from '../domain/close-batch.ts';
import { excerpt } from '../domain/excerpt.ts';
import { runIdOf } from '../domain/run-id.ts';
import type { Execution } from '../domain/run-turn.ts';
import type { Usage } from '../domain/usage.ts';

/**
 * The record of a run that never came to a plan: a refused request, or AWS not answering. No node was touched.
 * `request` is what the run was asked for, as it came: it may be anything.
 */
export function recordWithoutPlan(
  run: { readonly execution: Execution; readonly request: unknown; readonly ending: Ending },
  usage: Usage,
  now: number,
): RunRecord {
  const { execution, request, ending } = run;
  return {
    runId: runIdOf(execution.name),
    policy: policyOf(request),
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

/** Never empty: SNS refuses a message with an empty attribute. */
function policyOf(request: unknown): string {
  const named =
    typeof request === 'object' && request !== null && 'policy' in request ? request.policy : undefined;
  return (typeof named === 'string' ? excerpt(named) : '') || 'unknown';
}
