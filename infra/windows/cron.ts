/** A schedule of six fields, as Systems Manager writes it. `isOn` is asked with a calendar date, month from 1. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly isOn: (day: CalendarDay) => boolean;
}

export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Reads `cron(minutes hours day-of-month month day-of-week year)`. The year is read over: windows of other years may
 * meet as well as those of one. Throws RangeError for what Systems Manager would not take.
 * Source: Systems Manager user guide, "Reference: Cron and rate expressions for Systems Manager".
 */
export function parseCron(expression: string): Cron {
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/) ?? [];
  const [minutes, hours, dayOfMonth, month, dayOfWeek] = fields;
  if (fields.length !== 6 || !minutes || !hours || !dayOfMonth || !month || !dayOfWeek) {
    throw new RangeError(`schedule: ${expression} is refused; allowed: cron(...) with six fields`);
  }
  const at = (field: string, least: number, names: readonly string[]) => ({
    expression,
    field,
    least,
    names,
  });
  const monthSet = new Set(numbersIn(at(month, 1, months), 12));
  const onDayOfMonth = dayOfMonthTest(at(dayOfMonth, 1, []));
  const onDayOfWeek = dayOfWeekTest(at(dayOfWeek, 1, weekdays));
  return {
    minutes: numbersIn(at(minutes, 0, []), 59),
    hours: numbersIn(at(hours, 0, []), 23),
    isOn: (day) => monthSet.has(day.month) && onDayOfMonth(day) && onDayOfWeek(day),
  };
}

interface Field {
  readonly expression: string;
  readonly field: string;
  readonly least: number;
  readonly names: readonly string[];
}

function numbersIn(at: Field, most: number): number[] {
  const found = at.field.split(',').flatMap((part) => {
    const [range = '', stepText] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    const [from, to] = rangeOf(range, at, { most, isOpen: stepText !== undefined });
    if (!(step >= 1) || !(from >= at.least) || !(to <= most) || to < from) throw refused(at);
    return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_each, index) => from + index * step);
  });
  return [...new Set(found)].toSorted((a, b) => a - b);
}

function rangeOf(
  range: string,
  at: Field,
  end: { readonly most: number; readonly isOpen: boolean },
): readonly [number, number] {
  if (range === '*' || range === '?') return [at.least, end.most];
  const [first = '', last] = range.split('-');
  const from = numberOf(first, at);
  return [from, last === undefined ? (end.isOpen ? end.most : from) : numberOf(last, at)];
}

function numberOf(text: string, at: Field): number {
  const named = at.names.indexOf(text.toUpperCase());
  if (named >= 0) return named + at.least;
  if (/^\d+$/.test(text)) return Number(text);
  throw refused(at);
}

function refused(at: Field): RangeError {
  return new RangeError(`schedule: ${at.expression} is refused at "${at.field}"`);
}

/** Also `L`, `LW`, and `15W`: the last day, the last weekday, and the weekday nearest to the 15th. */
function dayOfMonthTest(at: Field): Cron['isOn'] {
  const nearest = /^(\d+)W$/.exec(at.field)?.[1];
  if (at.field === 'L') return (day) => day.day === lastDay(day);
  if (at.field === 'LW') return (day) => day.day === nearestWeekday(day, lastDay(day));
  if (nearest) return (day) => day.day === nearestWeekday(day, Number(nearest));
  const days = new Set(numbersIn(at, 31));
  return (day) => days.has(day.day);
}

/** Also `SUN#2` and `6L`: the second Sunday, and the last Friday of the month. */
function dayOfWeekTest(at: Field): Cron['isOn'] {
  const [numbered, ordinal] = /^(\w+)#([1-5])$/.exec(at.field)?.slice(1) ?? [];
  const last = /^(\w+)L$/.exec(at.field)?.[1];
  if (numbered && ordinal) {
    const weekday = numberOf(numbered, at);
    return (day) => weekdayOf(day) === weekday && Math.ceil(day.day / 7) === Number(ordinal);
  }
  if (last) {
    const weekday = numberOf(last, at);
    return (day) => weekdayOf(day) === weekday && day.day + 7 > lastDay(day);
  }
  const days = new Set(numbersIn(at, 7));
  return (day) => days.has(weekdayOf(day));
}

/** 1 is Sunday. */
function weekdayOf({ year, month, day }: CalendarDay): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

function lastDay({ year, month }: CalendarDay): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** A Saturday gives way to the Friday before it, a Sunday to the Monday after it, without leaving the month. */
function nearestWeekday(day: CalendarDay, wanted: number): number {
  const end = lastDay(day);
  const target = Math.min(wanted, end);
  const weekday = weekdayOf({ ...day, day: target });
  if (weekday === 7) return target === 1 ? 3 : target - 1;
  if (weekday === 1) return target === end ? target - 2 : target + 1;
  return target;
}
