import { nextWindowOf, openingsOf, windowsOf } from '../../../../shared/domain/sla/calendar.ts';

const hour = 3_600_000;

/** The openings of a schedule from a day of 2027 on, as many as the answer that is expected. */
function openings(
  schedule: string,
  options: {
    readonly timeZone?: string;
    readonly from?: string;
    readonly until?: string;
    readonly offsetDays?: number;
    readonly anchor?: number;
  } = {},
): string[] {
  const { timeZone = 'UTC', from = '2027-01-01T00:00:00Z', until = '2028-01-01T00:00:00Z' } = options;
  const range = { from: Date.parse(from), until: Date.parse(until), anchor: options.anchor };
  return openingsOf({ schedule, timeZone, offsetDays: options.offsetDays }, range).map((at) =>
    new Date(at).toISOString().slice(0, 16),
  );
}

/** The days of January 2027, which begins on a Friday, on which a schedule opens. */
function daysOfJanuary(schedule: string): number[] {
  return openings(schedule, { until: '2027-02-01T00:00:00Z' }).map((at) => Number(at.slice(8, 10)));
}

describe("Systems Manager's documented examples", () => {
  test.each([
    // 02:00 on the third Thursday of every month.
    ['cron(0 2 ? * THU#3 *)', ['2027-01-21T02:00', '2027-02-18T02:00', '2027-03-18T02:00']],
    // 10:15 every day.
    ['cron(15 10 ? * * *)', ['2027-01-01T10:15', '2027-01-02T10:15', '2027-01-03T10:15']],
    // 10:15 from Monday to Friday: the first of January 2027 is a Friday.
    ['cron(15 10 ? * MON-FRI *)', ['2027-01-01T10:15', '2027-01-04T10:15', '2027-01-05T10:15']],
    // 02:00 on the last day of every month.
    ['cron(0 2 L * ? *)', ['2027-01-31T02:00', '2027-02-28T02:00', '2027-03-31T02:00']],
    // 10:15 on the last Friday of every month.
    ['cron(15 10 ? * 6L *)', ['2027-01-29T10:15', '2027-02-26T10:15', '2027-03-26T10:15']],
    ['cron(0 10 * * ? *)', ['2027-01-01T10:00', '2027-01-02T10:00']],
    ['cron(0 18 ? * MON-FRI *)', ['2027-01-01T18:00', '2027-01-04T18:00']],
    ['cron(0 8 1 * ? *)', ['2027-01-01T08:00', '2027-02-01T08:00', '2027-03-01T08:00']],
    ['cron(0/15 * * * ? *)', ['2027-01-01T00:00', '2027-01-01T00:15', '2027-01-01T00:30']],
    ['cron(0/10 * ? * MON-FRI *)', ['2027-01-01T00:00', '2027-01-01T00:10']],
    ['cron(0 0/12 * * ? *)', ['2027-01-01T00:00', '2027-01-01T12:00', '2027-01-02T00:00']],
    ['cron(15 13 ? * MON *)', ['2027-01-04T13:15', '2027-01-11T13:15']],
    ['cron(30 09 ? * * *)', ['2027-01-01T09:30', '2027-01-02T09:30']],
  ])('%s opens when the page says', (schedule, expected) => {
    expect(openings(schedule).slice(0, expected.length)).toEqual(expected);
  });

  test('cron(0/5 8-17 ? * MON-FRI *) opens from 08:00 to 17:55', () => {
    const friday = openings('cron(0/5 8-17 ? * MON-FRI *)', { until: '2027-01-03T00:00:00Z' });

    expect([friday.length, friday[0], friday.at(-1)]).toEqual([120, '2027-01-01T08:00', '2027-01-01T17:55']);
  });

  test('cron(30 23 ? * TUE#3 *) with an offset of 2 opens on the Thursday at 23:30', () => {
    expect(openings('cron(30 23 ? * TUE#3 *)', { offsetDays: 2 }).slice(0, 3)).toEqual([
      '2027-01-21T23:30',
      '2027-02-18T23:30',
      '2027-03-18T23:30',
    ]);
  });

  test('cron(0 16 ? * TUE *) in America/Los_Angeles is four in the afternoon there, in winter and in summer', () => {
    const timeZone = 'America/Los_Angeles';

    expect(openings('cron(0 16 ? * TUE *)', { timeZone })[0]).toBe('2027-01-06T00:00');
    expect(openings('cron(0 16 ? * TUE *)', { timeZone, from: '2027-07-05T00:00:00Z' })[0]).toBe(
      '2027-07-06T23:00',
    );
  });

  test('at(2019-07-07T13:15:30) opens once, in its zone', () => {
    const once = { schedule: 'at(2019-07-07T13:15:30)', timeZone: 'America/Los_Angeles' };

    expect(openingsOf(once, { from: 0, until: Date.parse('2030-01-01T00:00:00Z') })).toEqual([
      Date.parse('2019-07-07T20:15:30Z'),
    ]);
  });
});

describe('a cron expression', () => {
  test.each([
    ['cron(0 2 ? * SUN#2 *)', [10]],
    ['cron(0 2 ? * 1#2 *)', [10]],
    ['cron(0 2 ? * FRI#5 *)', [29]],
    ['cron(0 2 ? * THU#5 *)', []],
    ['cron(0 2 ? * FRIL *)', [29]],
    ['cron(0 2 ? * L *)', [2, 9, 16, 23, 30]],
    ['cron(0 2 ? * 7 *)', [2, 9, 16, 23, 30]],
    ['cron(0 2 ? * sun *)', [3, 10, 17, 24, 31]],
    ['cron(0 2 ? * MON-WED *)', [4, 5, 6, 11, 12, 13, 18, 19, 20, 25, 26, 27]],
    ['cron(0 2 ? * SAT,SUN *)', [2, 3, 9, 10, 16, 17, 23, 24, 30, 31]],
    ['cron(0 2 LW * ? *)', [29]],
    ['cron(0 2 16W * ? *)', [15]],
    ['cron(0 2 17W * ? *)', [18]],
    ['cron(0 2 2W * ? *)', [1]],
    ['cron(0 2 31W * ? *)', [29]],
    ['cron(0 2 1,15 JAN,MAR ? *)', [1, 15]],
    ['cron(0 2 1/10 * ? *)', [1, 11, 21, 31]],
    ['cron(0 2 10-20/5 * ? *)', [10, 15, 20]],
    ['cron(0 2 1 2 ? *)', []],
    ['cron(0 2 1 * ? 2026)', []],
    ['cron(0 2 1 * ? 2026-2028)', [1]],
    ['cron(0 2 1 * ? 2025/2)', [1]],
  ])('%s opens in January 2027 on %j', (schedule, days) => {
    expect(daysOfJanuary(schedule)).toEqual(days);
  });

  test('never moves a first Saturday or Sunday into the month before', () => {
    expect(openings('cron(0 2 1W MAY ? *)')).toEqual(['2027-05-03T02:00']);
  });

  test('opens on a 29th of February, in leap years', () => {
    expect(openings('cron(0 2 29 2 ? *)', { until: '2033-01-01T00:00:00Z' })).toEqual([
      '2028-02-29T02:00',
      '2032-02-29T02:00',
    ]);
  });

  test('is asked for a range that begins at an opening, and ends before the next', () => {
    const range = { from: '2027-01-02T02:00:00Z', until: '2027-01-09T02:00:00Z' };

    expect(openings('cron(0 2 ? * SAT *)', range)).toEqual(['2027-01-02T02:00']);
    expect(openings('cron(0 2 ? * SAT *)', { ...range, from: '2027-01-02T02:00:00.001Z' })).toEqual([]);
  });

  test('answers with a thousand openings at most', () => {
    expect(openings('cron(0 * * * ? *)')).toHaveLength(1000);
  });

  test.each([
    ['cron(0 2 * * ?)', 'six fields'],
    ['cron(0 0 2 * * ? *)', 'six fields'],
    ['cron(60 2 * * ? *)', 'minutes: 0-59'],
    ['cron(? 2 * * ? *)', 'minutes: 0-59'],
    ['cron(0 24 * * ? *)', 'hours: 0-23'],
    ['cron(0 5-2 * * ? *)', '5-2'],
    ['cron(0/0 2 * * ? *)', 'stepping'],
    ['cron(0 2 32 * ? *)', 'day of month: 1-31'],
    ['cron(0 2 0 * ? *)', 'day of month: 1-31'],
    ['cron(0 2 L-3 * ? *)', 'L-3'],
    ['cron(0 2 1 13 ? *)', 'month: 1-12'],
    ['cron(0 2 1 FOO ? *)', 'FOO'],
    ['cron(0 2 ? * 8 *)', 'day of week: 1-7'],
    ['cron(0 2 ? * 0 *)', 'day of week: 1-7'],
    ['cron(0 2 ? * SUN#6 *)', 'SUN#6'],
    ['cron(0 2 ? * SUN#1,SUN#3 *)', 'SUN#1,SUN#3'],
    ['cron(0 2 ? * +MON *)', '+MON'],
    ['cron(0 2 1 * ? 1969)', 'year: 1970-2199'],
    ['cron(0 2 1 * MON *)', '? in one of'],
    ['cron(0 2 ? * ? *)', '? in one of'],
    ['rate(1 hours)', 'rate(5 hours)'],
    ['rate(5 hour)', 'rate(5 hours)'],
    ['rate(0 hours)', 'rate(5 hours)'],
    ['rate(2 weeks)', 'rate(5 hours)'],
    ['at(2027-02-30T02:00:00)', 'at(2026-01-10T22:00:00)'],
    ['at(tomorrow)', 'at(2026-01-10T22:00:00)'],
    ['every day', 'cron(...), rate(...) or at(...)'],
  ])('%s is refused, named, and told what is allowed: %s', (schedule, allowed) => {
    const act = () => openings(schedule);

    expect(act).toThrow(RangeError);
    expect(act).toThrow(`${schedule} is refused`);
    expect(act).toThrow(allowed);
  });
});

describe('the clocks of a time zone', () => {
  const newYork = 'America/New_York';

  test('half past two is three o’clock in the night in which it is skipped', () => {
    const night = { timeZone: newYork, from: '2027-03-14T00:00:00Z', until: '2027-03-15T12:00:00Z' };

    expect(openings('cron(30 2 * * ? *)', night)).toEqual(['2027-03-14T07:00', '2027-03-15T06:30']);
    expect(openings('cron(30 2,14 * * ? *)', night)[0]).toBe('2027-03-14T07:00');
  });

  test('half past one opens once in the night in which it comes twice', () => {
    const night = { timeZone: newYork, from: '2027-11-07T00:00:00Z', until: '2027-11-08T12:00:00Z' };

    expect(openings('cron(30 1 * * ? *)', night)).toEqual(['2027-11-07T05:30', '2027-11-08T06:30']);
  });

  test('an offset counts days of the calendar, also over the night in which the clocks change', () => {
    // Saturday, 13 March, 22:00 is 03:00 UTC; the Sunday's 22:00 is 02:00 UTC.
    const saturdays = { timeZone: newYork, from: '2027-03-12T00:00:00Z', until: '2027-03-20T00:00:00Z' };

    expect(openings('cron(0 22 ? * SAT *)', saturdays)).toEqual(['2027-03-14T03:00']);
    expect(openings('cron(0 22 ? * SAT *)', { ...saturdays, offsetDays: 1 })).toEqual(['2027-03-15T02:00']);
  });

  test('an offset goes over the end of a month, and keeps the range', () => {
    const shifted = { offsetDays: 3 } as const;

    expect(openings('cron(0 2 31 JAN ? *)', shifted)).toEqual(['2027-02-03T02:00']);
    expect(openings('cron(0 2 31 JAN ? *)', { ...shifted, until: '2027-02-03T02:00:00Z' })).toEqual([]);
    expect(openings('cron(0 2 30 DEC ? *)', { ...shifted, until: '2027-01-03T00:00:00Z' })).toEqual([
      '2027-01-02T02:00',
    ]);
  });

  test('the second Saturday of January 2026 at ten in Tokyo is 13:00 UTC', () => {
    const january = { timeZone: 'Asia/Tokyo', from: '2026-01-04T00:00:00Z', until: '2026-01-11T00:00:00Z' };

    expect(openings('cron(0 22 ? * SAT#2 *)', january)).toEqual(['2026-01-10T13:00']);
    expect(openings('cron(0 22 ? * SAT *)', january)).toEqual(['2026-01-10T13:00']);
  });
});

describe('a rate', () => {
  const anchor = Date.parse('2027-01-10T03:00:00Z');

  test('counts from its anchor, forwards and backwards', () => {
    expect(
      openings('rate(8 hours)', { anchor, from: '2027-01-09T12:00:00Z', until: '2027-01-10T19:00:00Z' }),
    ).toEqual(['2027-01-09T19:00', '2027-01-10T03:00', '2027-01-10T11:00']);
    expect(openings('rate(25 days)', { anchor, from: '2027-01-11T00:00:00Z' })[0]).toBe('2027-02-04T03:00');
    expect(openings('rate(30 minutes)', { anchor, until: '2027-01-01T01:00:00Z' })).toHaveLength(2);
  });

  test('without an anchor has no openings to tell', () => {
    expect(openings('rate(7 days)')).toEqual([]);
  });
});

describe('windows', () => {
  const weekly = {
    schedule: 'cron(0 22 ? * SAT *)',
    timeZone: 'Asia/Tokyo',
    durationHours: 8,
    cutoffHours: 1,
  };
  const opensAt = Date.parse('2026-01-10T13:00:00Z');

  test('tell when they close, and when they start nothing more', () => {
    const [window] = windowsOf(weekly, { from: opensAt, until: opensAt + 1 });

    expect(window).toEqual({ opensAt, cutoffAt: opensAt + 7 * hour, closesAt: opensAt + 8 * hour });
  });

  test.each([
    ['before it opens', -1, 0],
    ['while it is open', 6, 0],
    ['from its cutoff on', 7, 168],
  ])('the next that can start nodes, asked %s', (_when, hours, expected) => {
    expect(nextWindowOf(weekly, opensAt + hours * hour, undefined)?.opensAt).toBe(opensAt + expected * hour);
  });

  test('are none after the only one', () => {
    const once = { ...weekly, schedule: 'at(2026-01-10T22:00:00)' };

    expect(nextWindowOf(once, opensAt, undefined)?.opensAt).toBe(opensAt);
    expect(nextWindowOf(once, opensAt + 7 * hour, undefined)).toBeNull();
  });
});
