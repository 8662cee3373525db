import * as z from 'zod';
import type { BatchState, RunSettings } from './batch.ts';
import { runSettingsSchema } from './batch.ts';
import { chunksOf } from './command.ts';
import { share, shareAtLeastOne } from './count-or-percent.ts';
import { dealPlaces, groupByScope, wavesOf } from './dealing.ts';
import { type Evidence, type Expected, expectedSeconds, waveSeconds } from './estimate.ts';
import { outcomeSchema } from './outcome.ts';
import type { Policy } from './policy.ts';
import { pollSecondsFor } from './poll-pace.ts';
import { batchIdSchema, positionOf } from './run-id.ts';
import { type Scope, scopeSchema } from './scope.ts';
import { noUsage } from './usage.ts';

/** Systems Manager's default quota of managed nodes in an account and Region: one batch can carry them all. */
const nodesPerBatch = 2400;

/** How a node stands by what AWS says of it. */
export type Standing = 'ready' | 'optedOut' | 'offline' | 'stopped' | 'unmanaged' | 'unsupported';

/** A node that the policy's tags name, and how it stands before the run. */
export interface Candidate extends Evidence {
  readonly nodeId: string;
  readonly scope: Scope;
  /** `locked`: another run works on it. */
  readonly standing: Standing | 'locked';
  /** Why it stands so, for people. */
  readonly remark: string;
}

const waveSchema = z.object({
  waveIndex: z.number().int().nonnegative(),
  nodes: z.number().int().nonnegative(),
  concurrency: z.number().int().positive(),
  maxErrors: z.number().int().nonnegative(),
  /** Batches at work at once: fewer than there are, if the concurrency is smaller than their number. */
  parallelBatches: z.number().int().positive(),
  batchIds: z.array(batchIdSchema),
});
export type Wave = z.infer<typeof waveSchema>;

/** The plan of a run as it lies in S3, its batches apart. */
export const planSchema = z.object({
  settings: runSettingsSchema,
  dryRun: z.boolean(),
  bakeSeconds: z.number().nonnegative(),
  waves: z.array(waveSchema),
  /** Nodes that carry the tags, and are left alone from the start. */
  leftOut: z.array(
    z.object({ nodeId: z.string(), scope: scopeSchema, outcome: outcomeSchema, reason: z.string() }),
  ),
  estimate: z.object({ seconds: z.number().nonnegative(), fitsWindow: z.boolean().nullable() }),
});
export type Plan = z.infer<typeof planSchema>;

interface Placed {
  readonly candidate: Candidate;
  readonly expected: Expected;
}

/** Deals the candidates to waves and batches. The same candidates make the same plan, so a retry changes nothing. */
export function makePlan(
  candidates: readonly Candidate[],
  run: { readonly policy: Policy; readonly settings: RunSettings; readonly dryRun: boolean },
): { readonly plan: Plan; readonly batches: readonly BatchState[] } {
  const { policy, settings, dryRun } = run;
  const reboots = settings.patch.rebootOption === 'RebootIfNeeded';
  const ready = candidates
    .filter((candidate) => candidate.standing === 'ready')
    .map((candidate) => ({
      candidate,
      expected: expectedSeconds(candidate, {
        operation: settings.operation,
        reboots,
        timeoutSeconds: settings.patch.timeoutSeconds,
      }),
      position: positionOf(candidate.nodeId),
    }))
    // A stable order that has nothing to do with names: the same canaries every month, of every kind.
    .toSorted((a, b) => a.position - b.position);
  const concurrency = shareAtLeastOne(policy.rollout.maxConcurrency, ready.length);
  const parts = wavesOf(ready, settings.operation === 'Scan' ? ['100%'] : policy.rollout.waves);
  const made = parts.map((nodes, waveIndex) =>
    makeWave(nodes, {
      ...run,
      waveIndex,
      concurrency,
      maxErrors: share(policy.rollout.maxErrors, nodes.length),
      fleetSize: ready.length,
    }),
  );
  const bakeSeconds = settings.operation === 'Scan' ? 0 : policy.rollout.bakeMinutes * 60;
  const seconds =
    parts.reduce(
      (sum, nodes) =>
        sum +
        waveSeconds(
          nodes.map((node) => node.expected.total),
          concurrency,
        ),
      0,
    ) +
    bakeSeconds * Math.max(0, parts.length - 1);
  return {
    plan: {
      settings,
      dryRun,
      bakeSeconds,
      waves: made.map((each) => each.wave),
      leftOut: candidates.flatMap(leftOutNode),
      estimate: {
        seconds,
        fitsWindow:
          settings.deadline === null ? null : settings.startedAt + seconds * 1000 <= settings.deadline,
      },
    },
    batches: made.flatMap((each) => each.batches),
  };
}

function makeWave(
  nodes: readonly Placed[],
  run: {
    readonly settings: RunSettings;
    readonly dryRun: boolean;
    readonly waveIndex: number;
    readonly concurrency: number;
    readonly maxErrors: number;
    /** Nodes of the whole run. */
    readonly fleetSize: number;
  },
): { readonly wave: Wave; readonly batches: readonly BatchState[] } {
  const { settings, waveIndex, concurrency, maxErrors, fleetSize } = run;
  const groups = [...groupByScope(nodes).values()].flatMap((group) => chunksOf(group, nodesPerBatch));
  const places = dealPlaces(
    groups.map((group) => group.length),
    concurrency,
  );
  const batches = groups.map(
    (group, index): BatchState => ({
      batchId: `w${waveIndex + 1}-b${index + 1}`,
      waveIndex,
      scope: group[0]?.candidate.scope ?? { accountId: '', region: '' },
      settings,
      concurrency: places[index] ?? 1,
      maxErrors,
      sharesBudget: groups.length > 1,
      pollSeconds: pollSecondsFor({
        meanSeconds: meanSeconds(group),
        inFlight: Math.min(group.length, places[index] ?? 1),
        fleetSize,
      }),
      status: run.dryRun ? 'done' : 'planned',
      turn: 0,
      legEvents: 0,
      nextSequence: 1,
      halt: null,
      open: [],
      urgentPending: [],
      urgentSentAt: null,
      urgentMessages: 0,
      usage: noUsage,
      nodes: group
        // The longest first: what starts last must not be what takes longest.
        .toSorted((a, b) => b.expected.total - a.expected.total)
        .map(({ candidate, expected }) => ({
          nodeId: candidate.nodeId,
          expected,
          before: candidate.before,
          after: null,
          steps: [],
          outcome: run.dryRun ? 'WouldPatch' : null,
          reason: run.dryRun ? `in wave ${waveIndex + 1}, about ${Math.ceil(expected.total / 60)} min` : '',
        })),
    }),
  );
  const wave: Wave = {
    waveIndex,
    nodes: nodes.length,
    concurrency,
    maxErrors,
    parallelBatches: Math.max(1, Math.min(batches.length, concurrency)),
    batchIds: batches.map((batch) => batch.batchId),
  };
  return { wave, batches };
}

function meanSeconds(nodes: readonly Placed[]): number {
  return nodes.reduce((sum, node) => sum + node.expected.total, 0) / Math.max(1, nodes.length);
}

function leftOutNode(candidate: Candidate): Plan['leftOut'] {
  const { nodeId, scope, remark } = candidate;
  switch (candidate.standing) {
    case 'ready':
      return [];
    case 'optedOut':
      return [{ nodeId, scope, outcome: 'OptedOut', reason: remark }];
    case 'offline':
      return [{ nodeId, scope, outcome: 'Unreachable', reason: remark }];
    case 'stopped':
      return [{ nodeId, scope, outcome: 'Stopped', reason: remark }];
    case 'unsupported':
    case 'locked':
      return [{ nodeId, scope, outcome: 'NotReached', reason: remark }];
    case 'unmanaged':
      return [{ nodeId, scope, outcome: 'Unmanaged', reason: remark }];
  }
}
