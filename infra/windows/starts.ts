import { type CalendarDay, parseCron } from './cron.ts';

const day = 86_400_000;

/** Two years, one of them a leap year: every monthly pattern of weekdays meets every other. Not today: a package of the same file is the same file. */
const firstDay = Date.UTC(2027, 0, 1);
const daysLookedAt = 731;

/**
 * When a schedule of cron or at opens, in ms, over two years. A rate has no such times: it counts from the moment in
 * which the window is made. On the days on which clocks change an opening may be an hour off.
 */
export function startsOf(window: {
  readonly schedule: string;
  readonly timeZone: string;
  readonly offsetDays: number;
}): number[] {
  const once = /^at\((.+)\)$/.exec(window.schedule)?.[1];
  if (once) return [Date.parse(`${once}Z`) - zoneOffset(window.timeZone, Date.parse(`${once}Z`))];
  if (window.schedule.startsWith('rate(')) return [];
  const cron = parseCron(window.schedule);
  const starts: number[] = [];
  for (let midnight = firstDay; midnight < firstDay + daysLookedAt * day; midnight += day) {
    if (!cron.isOn(calendarDay(midnight))) continue;
    const opensOn = midnight + window.offsetDays * day;
    const offset = zoneOffset(window.timeZone, opensOn + day / 2);
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) starts.push(opensOn + (hour * 60 + minute) * 60_000 - offset);
    }
  }
  return starts;
}

function calendarDay(time: number): CalendarDay {
  const date = new Date(time);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** How far a zone's clocks are ahead of UTC at a time, in ms. */
function zoneOffset(timeZone: string, at: number): number {
  const parts = new Map(
    formatterFor(timeZone)
      .formatToParts(at)
      .map((part) => [part.type, Number(part.value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return local - Math.floor(at / 60_000) * 60_000;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const formatter =
    formatters.get(timeZone) ??
    new Intl.DateTimeFormat('en', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  formatters.set(timeZone, formatter);
  return formatter;
}
