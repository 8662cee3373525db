import { readPolicyFile } from '../../../shared/domain/policy-file.ts';
import { amazonLinux } from '../../infra/policies.ts';

function readWith(schedule: string) {
  const install = { schedule, timeZone: 'Asia/Tokyo', durationHours: 4, cutoffHours: 1 };
  const policies = { web: { patchGroup: 'web', baselines: [amazonLinux], install } };
  return () => readPolicyFile({ version: 1, policies }, 'fleet.yml');
}

describe('a schedule in fleet.yml', () => {
  test.each(['cron(0 22 ? * SAT#2 *)', 'rate(8 hours)', 'at(2026-01-10T22:00:00)'])(
    'may be %s',
    (schedule) => {
      expect(readWith(schedule)).not.toThrow();
    },
  );

  test.each([
    ['cron(0 25 ? * SAT *)', 'allowed as hours: 0-23 with , - * /; found 25'],
    ['rate(1 hours)', 'allowed: rate(1 minute), rate(5 hours), rate(25 days) and the like'],
    ['at(2026-02-30T22:00:00)', 'allowed: at(2026-01-10T22:00:00), a date and time'],
    ['daily', 'allowed: a Maintenance Window schedule: cron(...), rate(...) or at(...)'],
  ])('%s is refused once, with its path, its value and what is allowed', (schedule, allowed) => {
    expect(readWith(schedule)).toThrow(
      `fleet.yml is refused:\n  - policies.web.install.schedule: "${schedule}" is refused; ${allowed}`,
    );
  });
});
