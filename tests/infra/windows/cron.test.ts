import { parseCron } from '../../../infra/windows/cron.ts';
import { startsOf } from '../../../infra/windows/starts.ts';

/** The days of January 2027, which begins on a Friday, on which a schedule opens. */
function daysIn(expression: string): number[] {
  const { isOn } = parseCron(expression);
  return Array.from({ length: 31 }, (_each, index) => index + 1).filter((day) =>
    isOn({ year: 2027, month: 1, day }),
  );
}

describe('a cron expression', () => {
  test.each([
    ['cron(0 2 ? * SUN#2 *)', [10]],
    ['cron(0 2 ? * 6L *)', [29]],
    ['cron(0 2 ? * MON-WED *)', [4, 5, 6, 11, 12, 13, 18, 19, 20, 25, 26, 27]],
    ['cron(0 2 L * ? *)', [31]],
    ['cron(0 2 LW * ? *)', [29]],
    ['cron(0 2 16W * ? *)', [15]],
    ['cron(0 2 17W * ? *)', [18]],
    ['cron(0 2 2W * ? *)', [1]],
    ['cron(0 2 1,15 JAN,MAR ? *)', [1, 15]],
    ['cron(0 2 1/10 * ? *)', [1, 11, 21, 31]],
    ['cron(0 2 1 2 ? *)', []],
  ])('%s opens on the days that Systems Manager means', (expression, days) => {
    expect(daysIn(expression)).toEqual(days);
  });

  test('reads minutes and hours as lists, ranges and steps', () => {
    const { minutes, hours } = parseCron('cron(0/20 6,14-16 * * ? *)');

    expect([minutes, hours]).toEqual([
      [0, 20, 40],
      [6, 14, 15, 16],
    ]);
  });

  test.each([
    'cron(0 2 * * ?)',
    'cron(60 2 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 2 ? * FOO *)',
    'cron(0 5-2 * * ? *)',
    'cron(0/0 2 * * ? *)',
  ])('%s is refused, and named', (expression) => {
    expect(() => parseCron(expression)).toThrow(expression);
  });
});

describe('the times at which a window opens', () => {
  const at = (schedule: string, timeZone: string, offsetDays = 0) =>
    startsOf({ schedule, timeZone, offsetDays }).map((time) => new Date(time).toISOString());

  test("are those of its time zone's clocks", () => {
    expect(at('cron(30 22 1 JAN ? *)', 'Asia/Tokyo')[0]).toBe('2027-01-01T13:30:00.000Z');
    expect(at('cron(0 2 1 JUL ? *)', 'America/New_York')[0]).toBe('2027-07-01T06:00:00.000Z');
    expect(at('cron(0 2 1 DEC ? *)', 'America/New_York')[0]).toBe('2027-12-01T07:00:00.000Z');
  });

  test('are moved by the offset, over the end of a month too', () => {
    expect(at('cron(0 2 31 JAN ? *)', 'UTC', 3)[0]).toBe('2027-02-03T02:00:00.000Z');
  });

  test('are none for a rate, and one for at', () => {
    expect(at('rate(8 hours)', 'UTC')).toEqual([]);
    expect(at('at(2026-12-01T20:00:00)', 'Asia/Tokyo')).toEqual(['2026-12-01T11:00:00.000Z']);
  });
});
