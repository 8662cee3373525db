import type { Store } from '../../shared/aws/store.ts';
import type { RunSettings } from '../../shared/domain/batch.ts';
import { makePlan } from '../../shared/domain/plan.ts';
import { policySchema, type Scope } from '../../shared/domain/policy.ts';
import { snapshotIdOf } from '../../shared/domain/run-id.ts';
import type { Send, Turn } from '../../shared/domain/turn.ts';
import { noAnswers } from '../../shared/domain/turn.ts';
import { noUsage } from '../../shared/domain/usage.ts';
import { startsAt } from '../local/aws/ssm/account-under-test.ts';
import { home } from '../support/embedded-account.ts';
import { writeBatch, writePlan } from '../support/written-run.ts';

export const runId = 'run-1';
export const execution = {
  id: `arn:aws:states:us-east-1:111122223333:execution:patch-fleet:${runId}`,
  name: runId,
  startTime: new Date(startsAt).toISOString(),
};
export const snapshotId = snapshotIdOf(execution.id, execution.startTime);

/** A batch's payload with nothing to do; say only what is different. */
export function turn(different: Partial<Turn> = {}): Turn {
  return {
    kind: 'turn',
    runId,
    batchId: 'w1-b1',
    scope: home,
    snapshotId,
    turn: 1,
    next: 'wait',
    waitSeconds: 15,
    pollSeconds: 15,
    quietPolls: 0,
    decidedAt: startsAt,
    sends: [],
    cancels: [],
    urgent: [],
    hasMoreToStart: false,
    open: [],
    pingedAt: startsAt,
    answers: noAnswers,
    events: 0,
    usage: noUsage,
    progress: { waiting: 0, inFlight: {}, ended: {} },
    ...different,
  };
}

/** A Scan with the run's SnapshotId, whose patch state is waited for. */
export function scanOf(nodeIds: readonly string[], different: Partial<Send> = {}): Send {
  return {
    sequence: 1,
    step: 'patch',
    document: 'patch',
    parameters: { Operation: ['Scan'], SnapshotId: [snapshotId] },
    comment: `${runId} w1-b1 patch 1`,
    deliveryTimeoutSeconds: 300,
    earliestSeconds: 5,
    expirySeconds: 7500,
    readsPatchState: 'Scan',
    startBy: null,
    nodeIds: [...nodeIds],
    ...different,
  };
}

/** A pre-hook, answered by its invocation alone. */
export function preHookOf(nodeIds: readonly string[], different: Partial<Send> = {}): Send {
  return scanOf(nodeIds, {
    step: 'preHook',
    document: 'hooks',
    parameters: { RunId: [runId], Policy: ['prd-web'], Step: ['preHook'], Operation: ['Install'] },
    comment: `${runId} w1-b1 preHook 1`,
    expirySeconds: 900,
    readsPatchState: null,
    ...different,
  });
}

export const settings: RunSettings = {
  runId,
  policy: 'prd-web',
  operation: 'Install',
  snapshotId,
  startedAt: startsAt,
  deadline: null,
  cutoffSeconds: 0,
  hooks: {
    linuxDirectory: '/etc/patch-hooks',
    windowsDirectory: 'C:\\ProgramData\\PatchHooks',
    required: false,
    timeoutSeconds: 600,
  },
  patch: {
    rebootOption: 'RebootIfNeeded',
    timeoutSeconds: 7200,
    connectionLostSeconds: 900,
    deliveryTimeoutSeconds: 300,
    verify: true,
  },
  language: 'en',
};

/** A run's plan and its untouched batches, of nodes that all are ready. */
export function plannedRun(
  nodeIds: readonly string[],
  different: {
    readonly rollout?: Readonly<Record<string, unknown>>;
    readonly settings?: Partial<RunSettings>;
    readonly scopes?: readonly Scope[];
    readonly dryRun?: boolean;
  } = {},
) {
  const policy = policySchema.parse({
    patchGroup: 'prd-web',
    baselines: [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] }],
    rollout: { maxConcurrency: '100%', maxErrors: '100%', ...different.rollout },
  });
  const scopes = different.scopes ?? [home];
  const candidates = nodeIds.map((nodeId, index) => ({
    nodeId,
    scope: scopes[index % scopes.length] ?? home,
    platformType: 'Linux' as const,
    before: null,
    scanSeconds: null,
    standing: 'ready' as const,
    remark: '',
  }));
  return makePlan(candidates, {
    policy,
    settings: { ...settings, ...different.settings },
    dryRun: different.dryRun ?? false,
  });
}

/** Writes a plan and its batches as ResolveTargets does. */
export async function writeRun(store: Store, run: ReturnType<typeof plannedRun>): Promise<void> {
  for (const batch of run.batches) await writeBatch(store, batch);
  await writePlan(store, run.plan);
}
