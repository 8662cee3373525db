import { windowsOf } from '../../shared/domain/sla/calendar.ts';
import type { SharedWindow } from './share-windows.ts';

/** Per account and Region. Source: AWS General Reference, "Systems Manager endpoints and quotas". */
const windowsAtMost = 50;
const executionsAtMost = 5;

/**
 * Two years, one of them a leap year: every monthly pattern of weekdays meets every other. Not today: a package of the
 * same file is the same file.
 */
const lookedAt = { from: Date.UTC(2027, 0, 1), until: Date.UTC(2029, 0, 1) };

/** Why the windows do not fit into an account and Region, with the arithmetic; empty if they do. */
export function windowProblems(windows: readonly SharedWindow[]): string[] {
  return [...countProblems(windows), ...rateProblems(windows), ...overlapProblems(windows)];
}

function countProblems(windows: readonly SharedWindow[]): string[] {
  if (windows.length <= windowsAtMost) return [];
  const scans = windows.filter((window) => window.kind === 'Scan').length;
  return [
    `maintenance windows: ${scans} for scans + ${windows.length - scans} for installs = ${windows.length}; an account and Region holds ${windowsAtMost}. Policies with the same schedule, time zone, offset, duration and cutoff share a window: give more of them the same`,
  ];
}

/** Windows of a rate all count from the deployment, so that they meet then and at every common multiple. */
function rateProblems(windows: readonly SharedWindow[]): string[] {
  const rates = windows.filter((window) => window.schedule.startsWith('rate('));
  if (rates.length <= executionsAtMost) return [];
  return [`${rates.length} windows with a rate open together, from the deployment on: ${tooMany(rates)}`];
}

/**
 * The moment at which too many windows of cron or at are open together. Whatever is open runs: its end is not
 * foreseen. A rate has no openings here: it counts from the moment in which its window is made.
 */
function overlapProblems(windows: readonly SharedWindow[]): string[] {
  const changes = windows
    .flatMap((window) =>
      windowsOf(window, lookedAt).flatMap(({ opensAt, closesAt }) => [
        { at: opensAt, window, isOpening: true },
        { at: closesAt, window, isOpening: false },
      ]),
    )
    .toSorted((a, b) => a.at - b.at || Number(a.isOpening) - Number(b.isOpening));
  const open = new Map<SharedWindow, number>();
  for (const { at, window, isOpening } of changes) {
    const count = (open.get(window) ?? 0) + (isOpening ? 1 : -1);
    if (count > 0) open.set(window, count);
    else open.delete(window);
    if (open.size > executionsAtMost) {
      const when = new Date(at).toISOString().slice(0, 16);
      return [`${open.size} windows are open together at ${when}Z, for one: ${tooMany([...open.keys()])}`];
    }
  }
  return [];
}

function tooMany(windows: readonly SharedWindow[]): string {
  const each = windows.map(
    (window) =>
      `${window.kind} ${window.schedule} ${window.timeZone}, ${window.durationHours} h (${window.policies.join(', ')})`,
  );
  return `${each.join(' + ')} = ${windows.length}; an account and Region runs ${executionsAtMost} at once. Let policies share their times, or move some`;
}
