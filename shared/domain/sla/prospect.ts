/** A maintenance window's opening and closing, and when it stops starting nodes. Epoch milliseconds. */
export interface WindowTimes {
  readonly opensAt: number;
  readonly cutoffAt: number;
  readonly closesAt: number;
}

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
