import { shareWindows } from '../../../infra/windows/share-windows.ts';
import { windowProblems } from '../../../infra/windows/window-limits.ts';
import { install, policiesOf, scan } from '../policies.ts';

const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

describe('windows', () => {
  test('[F27] are shared by policies with the same times', () => {
    const policies = policiesOf({
      'stg-web': { scan, install: install('WED') },
      'prd-web': { scan, install: install('SAT') },
      'prd-db': { scan, install: install('SAT') },
    });

    const windows = shareWindows(policies);

    expect(windows.map((window) => [window.kind, window.policies])).toEqual([
      ['Scan', ['stg-web', 'prd-web', 'prd-db']],
      ['Install', ['stg-web']],
      ['Install', ['prd-web', 'prd-db']],
    ]);
  });

  test.each([
    ['schedule', { schedule: 'cron(0 23 ? * SAT *)' }],
    ['time zone', { timeZone: 'UTC' }],
    ['offset', { offsetDays: 2 }],
    ['duration', { durationHours: 5 }],
    ['cutoff', { cutoffHours: 2 }],
  ])('are not shared by policies that differ by their %s', (_what, changes) => {
    const windows = shareWindows(
      policiesOf({ one: { install: install() }, two: { install: install('SAT', changes) } }),
    );

    expect(windows).toHaveLength(2);
    expect(new Set(windows.map((window) => window.key)).size).toBe(2);
  });

  test('keep their key when a policy joins them', () => {
    const [alone] = shareWindows(policiesOf({ one: { install: install() } }));
    const [together] = shareWindows(
      policiesOf({ another: { install: install() }, one: { install: install() } }),
    );

    expect(together?.key).toBe(alone?.key);
  });
});

describe('the limits of an account and Region', () => {
  const problemsOf = (contents: Parameters<typeof policiesOf>[0]) =>
    windowProblems(shareWindows(policiesOf(contents)));

  /** Installs of an hour, each at an hour of its own. */
  const apart = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_each, index) => [
        `policy-${index}`,
        {
          install: install('SAT', {
            schedule: `cron(0 ${index % 24} ? * ${days[Math.floor(index / 24)]} *)`,
            durationHours: 1,
            cutoffHours: 0,
          }),
        },
      ]),
    );

  test('[F27] take fifty windows, and refuse the fifty-first with the arithmetic', () => {
    expect(problemsOf(apart(50))).toEqual([]);
    expect(problemsOf({ ...apart(50), scanned: { scan } })).toEqual([
      expect.stringContaining('1 for scans + 50 for installs = 51; an account and Region holds 50'),
    ]);
  });

  /** As many windows that open together, told apart by their durations. */
  const together = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_each, index) => [
        `policy-${index}`,
        { install: install('SAT', { durationHours: index + 2 }) },
      ]),
    );

  test('[F27] run five at once, and refuse the sixth with its time and its company', () => {
    expect(problemsOf(together(5))).toEqual([]);

    const [problem] = problemsOf(together(6));

    expect(problem).toContain('6 windows are open together at 2027-01-02T13:00Z');
    expect(problem).toContain(
      'Install cron(0 22 ? * SAT *) Asia/Tokyo, 7 h (policy-5) = 6; an account and Region runs 5',
    );
  });

  test('count windows that overlap without opening together, and in other time zones', () => {
    const overlapping = Object.fromEntries(
      Array.from({ length: 6 }, (_each, index) => [
        `policy-${index}`,
        { install: install('SAT', { schedule: `cron(0 ${10 + index} ? * SAT *)`, durationHours: 6 }) },
      ]),
    );
    const oneElsewhere = {
      ...together(5),
      elsewhere: { install: install('SAT', { schedule: 'cron(0 13 ? * SAT *)', timeZone: 'UTC' }) },
    };

    expect(problemsOf(overlapping)).toHaveLength(1);
    expect(problemsOf(oneElsewhere)).toHaveLength(1);
  });

  test('let windows follow each other without a pause', () => {
    const following = Object.fromEntries(
      Array.from({ length: 12 }, (_each, index) => [
        `policy-${index}`,
        { install: install('SAT', { schedule: `cron(0 ${index * 2} ? * SAT *)`, durationHours: 2 }) },
      ]),
    );

    expect(problemsOf(following)).toEqual([]);
  });

  test('[F27] refuse six windows with a rate: all count from the deployment', () => {
    const rates = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_each, index) => [
          `policy-${index}`,
          { scan: { schedule: `rate(${index + 2} hours)`, timeZone: 'UTC' } },
        ]),
      );

    expect(problemsOf(rates(5))).toEqual([]);
    expect(problemsOf(rates(6))).toEqual([expect.stringContaining('6 windows with a rate open together')]);
  });
});
