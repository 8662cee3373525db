import type { PolicyFile } from '../../shared/domain/policy.ts';
import { readPolicyFile } from '../../shared/domain/policy-file.ts';

/** What a policy may say, as `fleet.yml` would. */
export type PolicyContent = Readonly<Record<string, unknown>>;

export const amazonLinux = { operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] };
export const scan = { schedule: 'rate(8 hours)', timeZone: 'Asia/Tokyo' };

/** A weekly window on this day, `SAT` for one. */
export function install(day = 'SAT', changes: PolicyContent = {}) {
  return {
    schedule: `cron(0 22 ? * ${day} *)`,
    timeZone: 'Asia/Tokyo',
    durationHours: 4,
    cutoffHours: 1,
    ...changes,
  };
}

/** Policies by name, each with a patch group of its own name and what else is given. */
export function policiesOf(contents: Readonly<Record<string, PolicyContent>>): PolicyFile['policies'] {
  const policies = Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [
      name,
      { patchGroup: name, baselines: [amazonLinux], ...content },
    ]),
  );
  return readPolicyFile({ version: 1, policies }, 'fleet.yml').policies;
}
