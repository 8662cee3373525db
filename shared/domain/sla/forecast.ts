import type { OpenEntry } from '../ledger/ledger.ts';
import type { Policy } from '../policy.ts';
import type { OverduePatch } from './alert.ts';
import { isComputable, nextWindowOf, windowsOf } from './calendar.ts';
import { type CountMissed, missedAmong, missedByNode } from './missed-windows.ts';
import { isAway, type NodeCase, nodeCasesOf, type PlaceLedger } from './node-cases.ts';
import { dueAtOf, timeZoneOf, type WindowTimes } from './prospect.ts';
import { type ExpectedNode, type Reach, reachesOf, secondsOf } from './reaches.ts';
import {
  breachReason,
  expectedReach,
  foretoldReason,
  isTooSoonToWait,
  mayBeRebooting,
  type Outlook,
  type PatchCase,
} from './reasons.ts';

/** `dueSoon`: within 48 hours. The patches of a node that has opted out have no clock that anybody watches. */
export const slaStatuses = ['onTime', 'dueSoon', 'breached', 'optedOut'] as const;
export type SlaStatus = (typeof slaStatuses)[number];

/** One open patch of one node, and what will become of it. Without a reason it will be installed in time. */
export interface PatchForecast extends OverduePatch {
  readonly entry: OpenEntry;
  readonly standing: NodeCase['standing'];
  readonly status: SlaStatus;
  /** When the rollout is expected to be done with it; null if no window that is foreseen is. */
  readonly expectedAt: number | null;
}

/** A policy's open patches at `now`, the earliest due first. Epoch milliseconds. */
export interface PolicyForecast {
  readonly policy: string;
  readonly slaDays: number;
  readonly timeZone: string;
  readonly nextWindow: WindowTimes | null;
  readonly patches: readonly PatchForecast[];
  /** All its nodes, those without open patches too. */
  readonly nodes: { readonly total: number; readonly optedOut: number; readonly away: number };
  readonly now: number;
}

interface At {
  readonly now: number;
  /** Any opening of the policy's window, which only a rate needs. */
  readonly anchor?: number | undefined;
}

const hour = 3_600_000;
const day = 24 * hour;
const soon = 48 * hour;

/** How far windows are looked for beyond what is due: so that people are told when instead. */
const lookedAhead = 35 * day;

/**
 * For each open patch of a policy's nodes: by when it is due, when the windows to come will have reached it, and why
 * it will breach, or has.
 */
export function forecastOf(
  named: { readonly name: string; readonly policy: Policy },
  places: readonly PlaceLedger[],
  at: At,
): PolicyForecast {
  const { name, policy } = named;
  const nodes = nodeCasesOf(name, places);
  const outlook = outlookOf(policy, nodes, at);
  const countMissed = missedAmong(outlook.past);
  const reaches = reachesOf(
    nodes.map((node) => expectedNode(node, { outlook, countMissed })),
    policy,
    outlook.coming,
  );
  const known = { policy, outlook, countMissed };
  return {
    policy: name,
    slaDays: policy.slaDays,
    timeZone: timeZoneOf(policy),
    nextWindow:
      policy.install && outlook.calendar === 'known' ? nextWindowOf(policy.install, at.now, at.anchor) : null,
    patches: nodes
      .flatMap((node) => patchesOf(node, reaches.get(node.key) ?? [], known))
      .toSorted((a, b) => a.dueAt - b.dueAt || compare(a.nodeId, b.nodeId) || compare(a.patchId, b.patchId)),
    nodes: {
      total: nodes.length,
      optedOut: nodes.filter((node) => node.standing === 'optedOut').length,
      away: nodes.filter(isAway).length,
    },
    now: at.now,
  };
}

function outlookOf(policy: Policy, nodes: readonly NodeCase[], { now, anchor }: At): Outlook {
  const { install, slaDays } = policy;
  const rebootsNodes = policy.patch.rebootOption === 'RebootIfNeeded';
  const unknown = { now, rebootsNodes, coming: [], past: [] };
  if (!install) return { ...unknown, calendar: 'none' };
  if (!isComputable(install.schedule, anchor)) return { ...unknown, calendar: 'unknown' };
  const firstSeen = nodes.flatMap((node) => node.entries.map((entry) => entry.firstSeenAt));
  const oldest = firstSeen.reduce((least, each) => Math.min(least, each), now);
  const open = now - install.durationHours * hour;
  const until = now + slaDays * day + lookedAhead;
  const coming = windowsOf(install, { from: open, until, anchor }).filter((window) => window.closesAt > now);
  const next = nextWindowOf(install, now, anchor);
  return {
    now,
    rebootsNodes,
    calendar: 'known',
    coming: coming.length > 0 || next === null ? coming : [next],
    past: windowsOf(install, { from: oldest, until: now, anchor }).filter((window) => window.closesAt <= now),
  };
}

/** As the runs to come will find it. An unsupported node, or one that has opted out, takes no time of theirs. */
function expectedNode(
  node: NodeCase,
  { outlook, countMissed }: { readonly outlook: Outlook; readonly countMissed: CountMissed },
): ExpectedNode {
  const misses = node.entries.map((entry) => missesOf(node, entry, countMissed));
  const missing = missingOn(node);
  return {
    key: node.key,
    nodeId: node.nodeId,
    platformType: node.platformType,
    missing,
    isAway: isAway(node) && !mayBeRebooting(node, outlook) && isTooSoonToWait(outlook.coming[0], outlook.now),
    takesPart: node.standing !== 'optedOut' && node.standing !== 'unsupported',
    newestAt: node.entries.reduce((newest, entry) => Math.max(newest, entry.firstSeenAt), 0),
    windowsNeeded: misses.reduce((most, each) => Math.max(most, each + 1), 0),
  };
}

function missingOn({ entries, lastScanAt }: NodeCase): number | null {
  if (lastScanAt === null && entries.length === 0) return null;
  return entries.filter((entry) => entry.state !== 'InstalledPendingReboot').length;
}

/** A node that keeps failing will fail with a new patch too, and a patch that keeps failing on a node that does not. */
function missesOf(node: NodeCase, entry: OpenEntry, countMissed: CountMissed): number {
  return Math.max(missedByNode(node, countMissed), countMissed(entry.firstSeenAt, node.lastScanAt));
}

function patchesOf(
  node: NodeCase,
  reaches: readonly Reach[],
  known: { readonly policy: Policy; readonly outlook: Outlook; readonly countMissed: CountMissed },
): PatchForecast[] {
  const { policy, outlook, countMissed } = known;
  const { accountId, region, nodeId, standing } = node;
  const seconds = secondsOf({ platformType: node.platformType, missing: missingOn(node) }, policy);
  return node.entries.map((entry) => {
    const { patchId, title, severity, firstSeenAt } = entry;
    const dueAt = dueAtOf(firstSeenAt, policy.slaDays);
    const missed = missesOf(node, entry, countMissed);
    const isPendingReboot = entry.state === 'InstalledPendingReboot';
    const patch = { node, isPendingReboot, firstSeenAt, dueAt, missed, reaches, seconds };
    const status = statusOf(patch, outlook.now);
    const reach = expectedReach(patch, missed);
    return {
      ...{ entry, nodeId, accountId, region, patchId, title, severity, firstSeenAt, dueAt, standing, status },
      reason: reasonOf(patch, status, outlook),
      windowsMissed: countMissed(firstSeenAt, node.lastScanAt),
      expectedAt: reach ? Math.max(reach.endsAt, outlook.now) : null,
    };
  });
}

function statusOf({ node, dueAt }: PatchCase, now: number): SlaStatus {
  if (node.standing === 'optedOut') return 'optedOut';
  if (now >= dueAt) return 'breached';
  return dueAt - now <= soon ? 'dueSoon' : 'onTime';
}

function reasonOf(patch: PatchCase, status: SlaStatus, outlook: Outlook) {
  if (status === 'optedOut') return null;
  return status === 'breached' ? breachReason(patch, outlook) : foretoldReason(patch, outlook);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
