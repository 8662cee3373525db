import * as z from 'zod';
import type { RunSettings } from './batch.ts';
import { momentSchema } from './moment.ts';
import type { Candidate } from './plan.ts';
import { runIdSchema } from './run-id.ts';

/** What a run holds in one account and Region. A list, because a run's id may be any name, `__proto__` too. */
const holdingSchema = z.object({
  runId: runIdSchema,
  policy: z.string(),
  /** From then on it counts for nothing. */
  expiresAt: momentSchema,
  nodeIds: z.array(z.string()),
});
export type Holding = z.infer<typeof holdingSchema>;

/** Who works on which nodes of one account and Region; a node is held by one run at most. */
export const lockRegistrySchema = z.object({ version: z.literal(1), runs: z.array(holdingSchema) });
export type LockRegistry = z.infer<typeof lockRegistrySchema>;

export const emptyRegistry: LockRegistry = { version: 1, runs: [] };

/** An account and Region. The role by which we get there does not matter to a node. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** Where a run has taken nodes, or was about to, and whether they were released: what was released is not taken again. */
export const lockNoteSchema = z.object({
  version: z.literal(1),
  startedAt: momentSchema,
  isReleased: z.boolean(),
  places: z.array(z.object({ accountId: z.string(), region: z.string() })),
});
export type LockNote = z.infer<typeof lockNoteSchema>;

export function lockNoteOf(
  { startedAt }: Pick<RunSettings, 'startedAt'>,
  places: readonly Place[],
  isReleased: boolean,
): LockNote {
  return { version: 1, startedAt, isReleased, places: [...places] };
}

/** The state machine's TimeoutSeconds: no execution lives longer. A test compares the two. */
export const executionSeconds = 259_200;

/** When nothing of a run can be at work any more, whatever happened to it. Epoch milliseconds. */
export function lockExpiryOf(settings: Pick<RunSettings, 'startedAt' | 'hooks' | 'patch'>): number {
  return settings.startedAt + (executionSeconds + longestCommandSeconds(settings)) * 1000;
}

function longestCommandSeconds({ hooks, patch }: Pick<RunSettings, 'hooks' | 'patch'>): number {
  return patch.deliveryTimeoutSeconds + Math.max(hooks.timeoutSeconds, patch.timeoutSeconds);
}

/**
 * Takes what no other run holds. What the run has taken before it keeps: a late answer to an earlier attempt must not
 * find its nodes given away. `now` in ms. Answers with who holds the rest, by node.
 */
export function takeNodes(
  registry: LockRegistry,
  wanted: Holding,
  now: number,
): { readonly registry: LockRegistry; readonly heldBy: ReadonlyMap<string, Holding> } {
  const current = registry.runs.filter((held) => held.expiresAt > now);
  const others = current.filter((held) => held.runId !== wanted.runId);
  const held = new Map(others.flatMap((other) => other.nodeIds.map((nodeId) => [nodeId, other] as const)));
  const before = current.find(({ runId }) => runId === wanted.runId)?.nodeIds ?? [];
  const nodeIds = [...new Set([...before, ...wanted.nodeIds.filter((nodeId) => !held.has(nodeId))])];
  const own = nodeIds.length > 0 ? [{ ...wanted, nodeIds }] : [];
  return {
    registry: { version: 1, runs: [...others, ...own] },
    heldBy: new Map([...held].filter(([nodeId]) => wanted.nodeIds.includes(nodeId))),
  };
}

/**
 * Gives a run's nodes back, but for those that may still be worked on: they all stay until the latest of the
 * moments that are said for them. Nothing is taken, and no time is made longer: a second release changes nothing.
 */
export function releaseNodes(
  registry: LockRegistry,
  release: { readonly runId: string; readonly until: ReadonlyMap<string, number> },
  now: number,
): LockRegistry {
  const own = registry.runs.find(({ runId }) => runId === release.runId);
  if (!own) return registry;
  const kept = own.nodeIds.filter((nodeId) => (release.until.get(nodeId) ?? 0) > now);
  const expiresAt = Math.min(
    own.expiresAt,
    Math.max(...kept.map((nodeId) => release.until.get(nodeId) ?? 0)),
  );
  const left = kept.length > 0 ? [{ ...own, expiresAt, nodeIds: kept }] : [];
  return {
    version: 1,
    runs: registry.runs.flatMap((held) => (held === own ? left : held.expiresAt > now ? [held] : [])),
  };
}

/** A candidate that another run holds is none of this run's. */
export function lockedCandidate(candidate: Candidate, holder: Holding): Candidate {
  return {
    ...candidate,
    standing: 'locked',
    remark: `locked by run ${holder.runId} of policy ${holder.policy}`,
  };
}
