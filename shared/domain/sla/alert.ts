import type { PatchSeverity } from '../ledger/severity.ts';
import type { WindowTimes } from './prospect.ts';

/**
 * Why a patch will not be installed in time:
 * `NoWindow` no window is to come, as where a policy installs by hand only; `Unsupported` nothing of ours installs on
 * the node's system; `WindowTooLate` the next window comes after the due time; `WindowFull` the rollout does not reach
 * the node in time; `KeepsFailing` as many windows have passed over the node as are left; `NodeAway` the node does not
 * answer, or is stopped; `NeedsReboot` installed, and nothing of ours will reboot it; `CalendarUnknown` the next
 * opening cannot be computed.
 */
export const forecastReasons = [
  'NoWindow',
  'Unsupported',
  'WindowTooLate',
  'WindowFull',
  'KeepsFailing',
  'NodeAway',
  'NeedsReboot',
  'CalendarUnknown',
] as const;
export type ForecastReason = (typeof forecastReasons)[number];

/** One patch of one node that will breach, or has. */
export interface OverduePatch {
  readonly nodeId: string;
  readonly accountId: string;
  readonly region: string;
  readonly patchId: string;
  readonly title: string;
  readonly severity: PatchSeverity;
  readonly firstSeenAt: number;
  readonly dueAt: number;
  /** Why it will not be installed in time, or was not; null for a breach if nobody has looked since its window. */
  readonly reason: ForecastReason | null;
  /** Install windows that have passed since it was first seen. */
  readonly windowsMissed: number;
}

/** What one message about the clock tells: one policy, one kind. */
export interface SlaAlert {
  readonly kind: 'sla-forecast' | 'sla-breach';
  readonly policy: string;
  readonly slaDays: number;
  readonly timeZone: string;
  /** Told for the first time now, the earliest due first. */
  readonly patches: readonly OverduePatch[];
  readonly nextWindow: WindowTimes | null;
  /** All open patches of the policy now, for proportion. */
  readonly counts: { readonly onTime: number; readonly dueSoon: number; readonly breached: number };
  readonly now: number;
}
