import type { Policy } from '../policy.ts';
import { isComputable, nextWindowOf, type WindowTimes } from './calendar.ts';

export type { WindowTimes } from './calendar.ts';

/**
 * The next window that will install. `none`: the policy has no install window. `unknown`: it has one whose openings
 * cannot be computed, a rate counted from a moment that nobody has told us.
 */
export type InstallProspect =
  | {
      readonly kind: 'window';
      readonly window: WindowTimes;
      /** The IANA zone in which people of this policy think. */
      readonly timeZone: string;
      /** When what was found has to be installed, epoch milliseconds. */
      readonly dueAt: number;
      readonly isInTime: boolean;
    }
  | { readonly kind: 'none' | 'unknown'; readonly timeZone: string; readonly dueAt: number };

const day = 86_400_000;

/**
 * What becomes of something that was found at `foundAt`: the next window that can still start nodes, and whether it
 * closes before the policy's days are over. `anchor` is any opening of the policy's window, which only a rate needs.
 * Epoch milliseconds.
 */
export function prospectOf(
  policy: Pick<Policy, 'install' | 'scan' | 'slaDays'>,
  at: { readonly foundAt: number; readonly now: number; readonly anchor?: number | undefined },
): InstallProspect {
  const timeZone = timeZoneOf(policy);
  const dueAt = dueAtOf(at.foundAt, policy.slaDays);
  if (!policy.install) return { kind: 'none', timeZone, dueAt };
  if (!isComputable(policy.install.schedule, at.anchor)) return { kind: 'unknown', timeZone, dueAt };
  const window = nextWindowOf(policy.install, at.now, at.anchor);
  if (!window) return { kind: 'none', timeZone, dueAt };
  return { kind: 'window', window, timeZone, dueAt, isInTime: window.closesAt <= dueAt };
}

/** The zone of the policy's windows, in which its people think. */
export function timeZoneOf({ install, scan }: Pick<Policy, 'install' | 'scan'>): string {
  return install?.timeZone ?? scan?.timeZone ?? 'UTC';
}

/** When a patch that was first seen then has to be installed. */
export function dueAtOf(firstSeenAt: number, slaDays: number): number {
  return firstSeenAt + slaDays * day;
}
