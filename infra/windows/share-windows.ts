import { createHash } from 'node:crypto';
import type { PolicyFile } from '../../shared/domain/policy.ts';

/** A maintenance window, and the policies that have a task in it. Hours. */
export interface SharedWindow {
  readonly kind: 'Scan' | 'Install';
  /** Eight hexadecimal digits that stay as long as the times do, whoever comes and goes. */
  readonly key: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly offsetDays: number;
  readonly durationHours: number;
  readonly cutoffHours: number;
  readonly policies: readonly string[];
}

/**
 * A scan's window only starts Run Command, which goes on by itself: the shortest that there is, so that it is closed
 * again before the next of a frequent schedule and takes the place of one execution no longer than it must.
 */
const scanHours = { durationHours: 1, cutoffHours: 0 };

/** The windows of all policies: those with the same times share one, for an account and Region holds few of them. */
export function shareWindows(policies: PolicyFile['policies']): SharedWindow[] {
  const windows = new Map<string, SharedWindow>();
  for (const [name, { scan, install }] of Object.entries(policies)) {
    if (scan) join(windows, name, { kind: 'Scan', ...scan, ...scanHours, offsetDays: 0 });
    if (install) join(windows, name, { kind: 'Install', ...install, offsetDays: install.offsetDays ?? 0 });
  }
  return [...windows.values()];
}

function join(
  windows: Map<string, SharedWindow>,
  policy: string,
  times: Omit<SharedWindow, 'key' | 'policies'>,
): void {
  const { kind, schedule, timeZone, offsetDays, durationHours, cutoffHours } = times;
  const identity = [kind, schedule, timeZone, offsetDays, durationHours, cutoffHours].join('\n');
  const shared = windows.get(identity);
  windows.set(identity, {
    kind,
    key: createHash('sha256').update(identity).digest('hex').slice(0, 8),
    schedule,
    timeZone,
    offsetDays,
    durationHours,
    cutoffHours,
    policies: [...(shared?.policies ?? []), policy],
  });
}
