import type { Life } from '../../../local/life/life.ts';
import { live } from '../../../local/life/life.ts';
import type { PolicyFile } from '../../../shared/domain/policy.ts';
import { readPolicyFile } from '../../../shared/domain/policy-file.ts';

export const hour = 3_600_000;
export const day = 24 * hour;
export const slaDays = 7;
export const windowHours = 6;
/** Between two looks of the clock; deployed it is one, which only costs more time here. */
export const lookHours = 6;

/** The Wednesdays of a life, 13:00 UTC: its windows by the calendar on the wall, not by any code. */
export const windowsOpenAt = ['2026-01-07', '2026-01-14', '2026-01-21', '2026-01-28'].map((date) =>
  Date.parse(`${date}T13:00:00Z`),
);

/** One policy with a weekly window, whose cutoff is an hour before its end. */
export const policies: PolicyFile = readPolicyFile(
  {
    version: 1,
    policies: {
      web: {
        patchGroup: 'web',
        targetTags: { Environment: ['prd'] },
        baselines: ['AMAZON_LINUX_2023', 'UBUNTU', 'WINDOWS'].map((operatingSystem) => ({
          operatingSystem,
          rules: [{ approveAfterDays: 1 }],
        })),
        scan: { schedule: 'rate(12 hours)', timeZone: 'UTC' },
        install: {
          schedule: 'cron(0 13 ? * WED *)',
          timeZone: 'UTC',
          durationHours: windowHours,
          cutoffHours: 1,
        },
        rollout: { maxConcurrency: '50%', maxErrors: '50%' },
        slaDays,
      },
    },
  },
  'test',
);

/** So many days of fourteen nodes, five of which are odd. */
export function liveWith(seed: number, days: number): Promise<Life> {
  return live({ seed, nodes: 14, days, policies, lookSchedule: `rate(${lookHours} hours)` });
}
