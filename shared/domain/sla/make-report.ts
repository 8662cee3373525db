import type { Policy } from '../policy.ts';
import { isComputable, windowsOf } from './calendar.ts';
import type { PatchForecast, PolicyForecast } from './forecast.ts';
import type { WindowTimes } from './prospect.ts';
import type { SlaReport } from './report.ts';
import { summaryOf } from './summary.ts';

/** A policy's place that nobody has looked at lately; null: never. Epoch milliseconds. */
export interface StaleLook {
  readonly policy: string;
  readonly accountId: string;
  readonly region: string;
  readonly lookedAt: number | null;
}

const day = 86_400_000;

/** Looked at for the longest gap: every month and both changes of the clocks. */
const year = 366 * day;

const urgentAtMost = 500;

/** The report of all policies at `now`. `anchors`: of the policies whose windows are rates, where one is known. */
export function makeReport(
  known: {
    readonly policies: Readonly<Record<string, Policy>>;
    readonly forecasts: readonly PolicyForecast[];
    readonly anchors: ReadonlyMap<string, number>;
    readonly staleLooks: readonly StaleLook[];
    readonly withoutPolicy: number;
    readonly csvKey: string;
  },
  now: number,
): SlaReport {
  return {
    version: 1,
    writtenAt: isoTime(now),
    overall: summaryOf(known.forecasts),
    policies: known.forecasts.map((forecast) => {
      const { policy, slaDays, timeZone, nextWindow } = forecast;
      const install = known.policies[policy]?.install;
      const gap = longestGapDays(install, { now, anchor: known.anchors.get(policy) });
      return {
        policy,
        slaDays,
        timeZone,
        nextWindow: nextWindow && windowTimes(nextWindow),
        longestGapDays: gap,
        areWindowsOftenEnough: gap === null ? null : gap <= slaDays,
        ...summaryOf([forecast]),
      };
    }),
    staleLooks: known.staleLooks.map((look) => ({
      ...look,
      lookedAt: look.lookedAt === null ? null : isoTime(look.lookedAt),
    })),
    withoutPolicy: known.withoutPolicy,
    urgent: known.forecasts
      .flatMap(({ policy, patches }) => patches.flatMap((patch) => urgentPatch(policy, patch)))
      .toSorted((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))
      .slice(0, urgentAtMost),
    csvKey: known.csvKey,
  };
}

/** To a tenth of a day: the hour by which clocks change is no gap. */
function longestGapDays(
  install: Policy['install'],
  at: { readonly now: number; readonly anchor: number | undefined },
): number | null {
  if (!install || !isComputable(install.schedule, at.anchor)) return null;
  const windows = windowsOf(install, { from: at.now, until: at.now + year, anchor: at.anchor });
  const gaps = windows.slice(1).map((window, index) => window.opensAt - (windows[index]?.opensAt ?? 0));
  if (gaps.length === 0) return null;
  return Math.round((gaps.reduce((most, gap) => Math.max(most, gap), 0) / day) * 10) / 10;
}

/** What has breached or will; none for what will be in time, or has no clock. */
function urgentPatch(policy: string, patch: PatchForecast): SlaReport['urgent'] {
  const { accountId, region, nodeId, patchId, title, severity, status, reason, windowsMissed } = patch;
  if (status === 'optedOut' || (status !== 'breached' && reason === null)) return [];
  return [
    {
      ...{ policy, accountId, region, nodeId, patchId, title, severity, status, reason, windowsMissed },
      firstSeenAt: isoTime(patch.firstSeenAt),
      dueAt: isoTime(patch.dueAt),
      expectedAt: patch.expectedAt === null ? null : isoTime(patch.expectedAt),
    },
  ];
}

function windowTimes({ opensAt, cutoffAt, closesAt }: WindowTimes) {
  return { opensAt: isoTime(opensAt), cutoffAt: isoTime(cutoffAt), closesAt: isoTime(closesAt) };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
