import type { BatchState, NodeState, RunSettings, StepRecord } from '../../shared/domain/batch.ts';
import type { Heard } from '../../shared/domain/decide.ts';
import type { Candidate, Plan } from '../../shared/domain/plan.ts';
import { type Policy, policySchema } from '../../shared/domain/policy.ts';
import type { Step, StepStatus } from '../../shared/domain/step.ts';
import type { PatchCounts } from '../../shared/domain/truth.ts';
import { type Answers, noAnswers, type OpenCommand } from '../../shared/domain/turn.ts';
import { noUsage } from '../../shared/domain/usage.ts';

/** When the runs of these tests begin, in ms; `minute` and `hour` are ms too. */
export const startedAt = Date.parse('2026-01-10T22:00:00Z');
export const minute = 60_000;
export const hour = 60 * minute;

export const home = { accountId: '111122223333', region: 'ap-northeast-1' } as const;
export const spoke = { accountId: '444455556666', region: 'ap-northeast-1' } as const;

/** The n-th node of a test: EC2's form, never a real id. */
export function nodeIdOf(index: number): string {
  return `i-0123456789abc${index.toString(16).padStart(4, '0')}`;
}

export const compliant: PatchCounts = { installed: 40, missing: 0, failed: 0, rejected: 0, pendingReboot: 0 };
export const lacking: PatchCounts = { ...compliant, installed: 37, missing: 3 };
export const awaitingReboot: PatchCounts = { ...compliant, pendingReboot: 2 };

export function settingsOf(overrides: Partial<RunSettings> = {}): RunSettings {
  return {
    runId: 'prd-web-1',
    policy: 'prd-web',
    operation: 'Install',
    snapshotId: '2c30da02-1b26-5265-b090-03f0bb341028',
    startedAt,
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
    ...overrides,
  };
}

/** Settings of a policy that differs in how AWS-RunPatchBaseline is run. */
export function settingsWithPatch(patch: Partial<RunSettings['patch']>): RunSettings {
  const settings = settingsOf();
  return { ...settings, patch: { ...settings.patch, ...patch } };
}

/** A step that has ended; with status null, one that is under way. */
export function stepOf(step: Step, status: StepStatus | null, rest: Partial<StepRecord> = {}): StepRecord {
  return {
    step,
    sequence: 1,
    commandId: 'c0000000-0000-4000-8000-000000000001',
    status,
    startedAt,
    endedAt: status === null ? null : startedAt + minute,
    ...rest,
  };
}

/** A node that no command has gone to yet: about half an hour of patching, a minute of verifying. */
export function waitingNode(index = 1, rest: Partial<NodeState> = {}): NodeState {
  return {
    nodeId: nodeIdOf(index),
    expected: { patch: 1800, verify: 60, total: 1980 },
    before: lacking,
    after: null,
    steps: [],
    outcome: null,
    reason: '',
    ...rest,
  };
}

/** A node after the steps named, in their order: `nodeAfter({ preHook: 'Success', patch: null })` is being patched. */
export function nodeAfter(
  ended: Partial<Record<Step, StepStatus | null>>,
  rest: Partial<NodeState> = {},
): NodeState {
  const order = ['preHook', 'patch', 'postHook', 'verify'] as const;
  const steps = order.flatMap((step) => {
    const status = ended[step];
    return status === undefined ? [] : [stepOf(step, status)];
  });
  return waitingNode(1, { steps, ...rest });
}

/** A batch that runs, with room for all of its nodes and without any tolerance for errors. */
export function runningBatch(nodes: readonly NodeState[], rest: Partial<BatchState> = {}): BatchState {
  return {
    batchId: 'w1-b1',
    waveIndex: 0,
    scope: home,
    settings: settingsOf(),
    concurrency: Math.max(1, nodes.length),
    maxErrors: 0,
    sharesBudget: false,
    pollSeconds: 15,
    status: 'running',
    turn: 0,
    legEvents: 0,
    nextSequence: 1,
    halt: null,
    open: [],
    urgentPending: [],
    urgentSentAt: null,
    urgentMessages: 0,
    usage: noUsage,
    nodes: [...nodes],
    ...rest,
  };
}

export function openCommand(rest: Partial<OpenCommand> = {}): OpenCommand {
  return {
    sequence: 1,
    commandId: 'c0000000-0000-4000-8000-000000000001',
    sentAt: startedAt,
    earliestAt: startedAt + 5_000,
    expiresAt: startedAt + 15 * minute,
    readsPatchState: null,
    heldSince: {},
    accepted: 1,
    awaiting: [nodeIdOf(1)],
    ...rest,
  };
}

/** Commands that still wait for whoever is under way, whatever the step's number. */
const everybodyAwaited = Array.from({ length: 12 }, (_, sequence) =>
  openCommand({ sequence, awaiting: Array.from({ length: 100 }, (__, index) => nodeIdOf(index)) }),
);

/** What a turn has heard: nothing, unless it is named. */
export function heard(answers: Partial<Answers> = {}, rest: Partial<Omit<Heard, 'answers'>> = {}): Heard {
  return {
    answers: { ...noAnswers, ...answers },
    open: everybodyAwaited,
    errorsElsewhere: 0,
    events: 0,
    usage: noUsage,
    ...rest,
  };
}

/** A policy as the file would give it, with all its defaults. */
export function policyOf(rest: Readonly<Record<string, unknown>> = {}): Policy {
  return policySchema.parse({ ...barePolicy, ...rest });
}

/** The least that a policy has to say. */
export const barePolicy = {
  patchGroup: 'prd-web',
  baselines: [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 31 }] }],
} as const;

export function readyCandidate(index: number, rest: Partial<Candidate> = {}): Candidate {
  return {
    nodeId: nodeIdOf(index),
    scope: home,
    platformType: 'Linux',
    before: lacking,
    scanSeconds: 30,
    standing: 'ready',
    remark: '',
    ...rest,
  };
}

/** As many ready candidates as are wanted, of this scope. */
export function readyCandidates(count: number, scope: Candidate['scope'] = home, from = 1): Candidate[] {
  return Array.from({ length: count }, (_, index) => readyCandidate(from + index, { scope }));
}

/** A plan of one wave of one batch, `w1-b1`, unless waves are given. */
export function planWith(rest: Partial<Plan> = {}): Plan {
  return {
    settings: settingsOf(),
    dryRun: false,
    bakeSeconds: 0,
    waves: [waveOf(0)],
    leftOut: [],
    estimate: { seconds: 1980, fitsWindow: null },
    ...rest,
  };
}

export function waveOf(waveIndex: number, rest: Partial<Plan['waves'][number]> = {}): Plan['waves'][number] {
  return {
    waveIndex,
    nodes: 1,
    concurrency: 1,
    maxErrors: 0,
    parallelBatches: 1,
    batchIds: [`w${waveIndex + 1}-b1`],
    ...rest,
  };
}
