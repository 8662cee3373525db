import { expectedSeconds, type PlatformType } from '../estimate.ts';
import type { Policy } from '../policy.ts';
import { positionOf } from '../run-id.ts';
import type { WindowTimes } from './prospect.ts';
import { type RosterNode, rolloutTimes, type Stay } from './rollout-times.ts';

/** A node of the policy, as the next run will find it. */
export interface ExpectedNode {
  /** Tells it from every other, and its own id, by which runs order their nodes. */
  readonly key: string;
  readonly nodeId: string;
  readonly platformType: PlatformType;
  /** Patches to install; null if nothing is known of it. */
  readonly missing: number | null;
  /** True if it is not there for the next window: it is taken to be back for the one after. */
  readonly isAway: boolean;
  /** False for a node that runs leave alone. */
  readonly takesPart: boolean;
  /** Windows that have to reach it until it is taken to be patched; 0 for a node that lacks nothing. */
  readonly windowsNeeded: number;
  /** When the newest of its patches was first seen: a window that is open already may have passed it before. */
  readonly newestAt: number;
}

/** When a run is expected to start and end a node. Epoch milliseconds. */
export interface Reach {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** What a node takes of a run's time, all its steps counted. Seconds. */
export function secondsOf(node: Pick<ExpectedNode, 'platformType' | 'missing'>, policy: RunPolicy): number {
  const before =
    node.missing === null
      ? null
      : { installed: 0, missing: node.missing, failed: 0, rejected: 0, pendingReboot: 0 };
  const reboots = policy.patch.rebootOption === 'RebootIfNeeded';
  const evidence = { platformType: node.platformType, before, scanSeconds: null };
  return expectedSeconds(evidence, {
    operation: 'Install',
    reboots,
    timeoutSeconds: policy.patch.timeoutMinutes * 60,
  }).total;
}

type RunPolicy = Pick<Policy, 'patch' | 'rollout'>;

/**
 * When the windows to come reach each node, by its key, until it is taken to be patched. Every run takes all nodes in
 * the same order, as `makePlan` does; a node that has been patched takes less of the next window, so that the others
 * come further.
 */
export function reachesOf(
  nodes: readonly ExpectedNode[],
  policy: RunPolicy,
  windows: readonly WindowTimes[],
): Map<string, Reach[]> {
  const ordered = inPlanOrder(nodes.filter((node) => node.takesPart));
  const reaches = new Map<string, Reach[]>(
    ordered.filter((node) => node.windowsNeeded > 0).map((node) => [node.key, []]),
  );
  const waiting = new Set(ordered.filter((node) => reaches.has(node.key)));
  let stays = new Map<string, Stay>();
  let isChanged = true;
  for (const [index, window] of windows.entries()) {
    if (waiting.size === 0) break;
    if (isChanged || index === 1) {
      const roster = rosterOf(ordered, policy, { reaches, isFirst: index === 0 });
      stays = rolloutTimes(roster, { rollout: policy.rollout, ...spanOf(window) });
    }
    isChanged = false;
    for (const node of waiting) {
      const stay = stays.get(node.key);
      const reached = reaches.get(node.key);
      if (!stay || !reached) continue;
      reached.push({
        startsAt: window.opensAt + stay.startsAfter,
        endsAt: window.opensAt + stay.endsAfter,
      });
      if (!isPatched(node, reached)) continue;
      isChanged = true;
      waiting.delete(node);
    }
  }
  return reaches;
}

function inPlanOrder(nodes: readonly ExpectedNode[]): ExpectedNode[] {
  return nodes
    .map((node) => ({ node, position: positionOf(node.nodeId) }))
    .toSorted((a, b) => a.position - b.position)
    .map(({ node }) => node);
}

function isPatched({ windowsNeeded, newestAt }: ExpectedNode, reached: readonly Reach[]): boolean {
  return reached.filter((reach) => reach.startsAt >= newestAt).length >= windowsNeeded;
}

function spanOf({ opensAt, cutoffAt, closesAt }: WindowTimes) {
  return { cutoffAfter: cutoffAt - opensAt, closesAfter: closesAt - opensAt };
}

function rosterOf(
  nodes: readonly ExpectedNode[],
  policy: RunPolicy,
  run: { readonly reaches: ReadonlyMap<string, readonly Reach[]>; readonly isFirst: boolean },
): RosterNode[] {
  return nodes
    .filter((node) => !(run.isFirst && node.isAway))
    .map((node) => {
      const isDone = isPatched(node, run.reaches.get(node.key) ?? []) && node.missing !== null;
      const missing = isDone ? 0 : node.missing;
      return { key: node.key, seconds: secondsOf({ ...node, missing }, policy) };
    });
}
