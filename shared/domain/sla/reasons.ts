import type { ForecastReason } from './alert.ts';
import { isAway, type NodeCase } from './node-cases.ts';
import type { WindowTimes } from './prospect.ts';
import type { Reach } from './reaches.ts';

/** One open patch, with all that its reason depends on. Epoch milliseconds. */
export interface PatchCase {
  readonly node: Pick<NodeCase, 'standing'>;
  readonly isPendingReboot: boolean;
  readonly firstSeenAt: number;
  readonly dueAt: number;
  /** Windows in a row that passed over the patch or its node: as many to come are not counted on. */
  readonly missed: number;
  /** When the windows to come reach the node, if it were patched by the first. */
  readonly reaches: readonly Reach[];
  /** What the node takes of a window if nobody is before it. */
  readonly seconds: number;
}

/** What the reasons of all patches of a policy depend on. */
export interface Outlook {
  readonly now: number;
  /** `unknown`: a rate of which no opening is known. */
  readonly calendar: 'none' | 'unknown' | 'known';
  readonly rebootsNodes: boolean;
  /** Those that are not closed yet, the next one however far it is; and those that are, in order. */
  readonly coming: readonly WindowTimes[];
  readonly past: readonly WindowTimes[];
}

/** Why a patch that is not yet due will not be installed in time; null if it will. The first that holds. */
export function foretoldReason(patch: PatchCase, outlook: Outlook): ForecastReason | null {
  const certain = reasonWithoutTimes(patch, outlook);
  if (certain) return certain;
  if (outlook.coming.length === 0) return 'NoWindow';
  const left = windowsInTime(patch, outlook);
  const isLost = isAway(patch.node) && left.length <= 1 && isTooSoonToWait(left[0], outlook.now);
  if (isLost && !mayBeRebooting(patch.node, outlook)) return 'NodeAway';
  if (isPendingForGood(patch, outlook)) return 'NeedsReboot';
  if (isInTime(patch, patch.missed)) return null;
  if (isLost) return 'NodeAway';
  if (isInTime(patch, 0)) return 'KeepsFailing';
  return left.length > 0 ? 'WindowFull' : 'WindowTooLate';
}

/** Why a patch was not installed in time; null if nobody has looked since the window that should have done it. */
export function breachReason(patch: PatchCase, outlook: Outlook): ForecastReason | null {
  const certain = reasonWithoutTimes(patch, outlook);
  if (certain) return certain;
  if (isAway(patch.node)) return 'NodeAway';
  if (isPendingForGood(patch, outlook)) return 'NeedsReboot';
  if (patch.missed > 0) return 'KeepsFailing';
  const isBetween = ({ opensAt }: WindowTimes) => opensAt > patch.firstSeenAt && opensAt < patch.dueAt;
  if (outlook.past.some(isBetween)) return null;
  return outlook.coming.some(isBetween) ? 'WindowFull' : 'WindowTooLate';
}

function reasonWithoutTimes({ node }: PatchCase, { calendar }: Outlook): ForecastReason | null {
  if (node.standing === 'unsupported') return 'Unsupported';
  if (calendar === 'none') return 'NoWindow';
  return calendar === 'unknown' ? 'CalendarUnknown' : null;
}

/** Within two days, as for what is due soon. */
const notice = 48 * 3_600_000;

/**
 * Whether to take a node that is away now as away for this window. Until then it may come back by itself: nobody is
 * woken days ahead for a node that reboots, or that is stopped every night. True for no window.
 */
export function isTooSoonToWait(window: WindowTimes | undefined, now: number): boolean {
  return window === undefined || window.opensAt - now <= notice;
}

/** In an open window nodes go offline because they are being patched: nobody is woken for that. */
export function mayBeRebooting(
  { standing }: Pick<NodeCase, 'standing'>,
  { coming, now }: Pick<Outlook, 'coming' | 'now'>,
): boolean {
  return standing === 'offline' && coming.some((window) => window.opensAt <= now);
}

function isPendingForGood(patch: PatchCase, outlook: Outlook): boolean {
  return patch.isPendingReboot && !outlook.rebootsNodes;
}

/** When the rollout will be done with a patch, if the windows miss it so often before; undefined if none is. */
export function expectedReach(
  patch: Pick<PatchCase, 'reaches' | 'firstSeenAt'>,
  missed: number,
): Reach | undefined {
  // A window that is open already may have passed the node before the patch was there to be installed.
  return patch.reaches.filter((reach) => reach.startsAt >= patch.firstSeenAt)[missed];
}

function isInTime(patch: PatchCase, missed: number): boolean {
  const reach = expectedReach(patch, missed);
  return reach !== undefined && reach.endsAt <= patch.dueAt;
}

/** Windows that would be done with the node before the patch is due, if the node were the first of its rollout. */
function windowsInTime({ seconds, dueAt }: PatchCase, { coming, now }: Outlook): WindowTimes[] {
  return coming.filter(({ opensAt, cutoffAt, closesAt }) => {
    const startsAt = Math.max(opensAt, now);
    return startsAt <= cutoffAt && startsAt + seconds * 1000 <= Math.min(dueAt, closesAt);
  });
}
