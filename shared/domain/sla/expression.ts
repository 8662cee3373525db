import { Cron } from 'croner';

/** A schedule, read. `pattern` is croner's: seconds, minutes, hours, day of month, month, day of week, year. */
export type Expression =
  | { readonly kind: 'cron' | 'at'; readonly pattern: string }
  | { readonly kind: 'rate'; readonly everyMilliseconds: number };

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** What may stand in it, numbers and names apart. */
  readonly form: RegExp;
  readonly allowed: string;
}

const item = String.raw`(?:\*|\w+(?:-\w+)?)(?:/\d+)?`;
const list = `${item}(?:,${item})*`;
const plain = new RegExp(`^${list}$`);

/**
 * Bounds and wildcards of Systems Manager's six fields. Checked here because croner takes more: an eighth day of the
 * week, `?` anywhere, `+`. Source: user guide, "Reference: Cron and rate expressions for Systems Manager".
 */
const fields: readonly Field[] = [
  { name: 'minutes', least: 0, most: 59, form: plain, allowed: '0-59 with , - * /' },
  { name: 'hours', least: 0, most: 23, form: plain, allowed: '0-23 with , - * /' },
  {
    name: 'day of month',
    least: 1,
    most: 31,
    form: new RegExp(String.raw`^(?:\?|L|LW|\d+W|${list})$`),
    allowed: '1-31 with , - * / or ? L LW 15W',
  },
  { name: 'month', least: 1, most: 12, form: plain, allowed: '1-12 or JAN-DEC with , - * /' },
  {
    name: 'day of week',
    least: 1,
    most: 7,
    form: new RegExp(String.raw`^(?:\?|L|\w+L|\w+#[1-5]|${list})$`),
    allowed: '1-7 (1 is Sunday) or SUN-SAT with , - * / or ? L 6L SUN#2',
  },
  { name: 'year', least: 1970, most: 2199, form: plain, allowed: '1970-2199 with , - * /' },
];

const units = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * How croner has to read a pattern: 1 is Sunday; a start such as `5/10` goes on to the end of its field; and a time
 * that the clocks skip or repeat is met once, also where there is a list of hours. What Systems Manager does in such a
 * night is not documented.
 */
const reading = {
  mode: '7-part',
  alternativeWeekdays: true,
  sloppyRanges: true,
  fixedTimeRule: 'no-wildcard',
} as const;

/** Never scheduled: it has nothing to call, and only tells times. */
export function cronOf(pattern: string, timeZone: string): Cron {
  return new Cron(pattern, { ...reading, timezone: timeZone });
}

/** Throws RangeError that names the expression and what is allowed. */
export function parseExpression(expression: string): Expression {
  const read = readExpression(expression);
  if ('problem' in read) throw new RangeError(`schedule: ${expression} is refused; ${read.problem}`);
  return read;
}

/** What is wrong with a schedule, as `allowed: ...`; null if it is one. */
export function expressionProblem(expression: string): string | null {
  const read = readExpression(expression);
  return 'problem' in read ? read.problem : null;
}

type Read = Expression | { readonly problem: string };

function readExpression(expression: string): Read {
  const [kind, content = ''] = /^(cron|rate|at)\((.+)\)$/.exec(expression)?.slice(1) ?? [];
  switch (kind) {
    case 'cron':
      return readCron(content);
    case 'rate':
      return readRate(content);
    case 'at':
      return readAt(content);
    default:
      return { problem: 'allowed: cron(...), rate(...) or at(...)' };
  }
}

function readCron(content: string): Read {
  const parts = content.trim().toUpperCase().split(/\s+/);
  if (parts.length !== fields.length) {
    return {
      problem: `allowed: six fields, ${fields.map((field) => field.name).join(', ')}; found ${parts.length}`,
    };
  }
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? '';
    if (!isWithin(field, part))
      return { problem: `allowed as ${field.name}: ${field.allowed}; found ${part}` };
  }
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = parts;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    return { problem: 'allowed: ? in one of day of month and day of week, and a value in the other' };
  }
  // The last day of the week, which croner does not know by itself.
  const weekday = dayOfWeek === 'L' ? 'SAT' : dayOfWeek;
  return readPattern('cron', ['0', minutes, hours, dayOfMonth, month, weekday, year].join(' '));
}

/** The steps are left to croner. */
function isWithin({ form, least, most }: Field, part: string): boolean {
  const numbers = part.replaceAll(/[/#]\d+/g, '').match(/\d+/g) ?? [];
  return form.test(part) && numbers.every((number) => Number(number) >= least && Number(number) <= most);
}

/** `rate(1 hour)`, `rate(2 hours)`: Systems Manager refuses `rate(2 hour)`. */
function readRate(content: string): Read {
  const [value = '', unit, plural] = /^(\d+)\s+(minute|hour|day)(s?)$/.exec(content.trim())?.slice(1) ?? [];
  const isUnit = unit === 'minute' || unit === 'hour' || unit === 'day';
  const count = Number(value);
  if (!isUnit || count < 1 || count > 1 !== (plural === 's')) {
    return { problem: 'allowed: rate(1 minute), rate(5 hours), rate(25 days) and the like' };
  }
  return { kind: 'rate', everyMilliseconds: count * units[unit] };
}

function readAt(content: string): Read {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(content)?.slice(1).map(Number) ?? [];
  const time = Date.parse(`${content}Z`);
  // A thirtieth of February becomes a day of March, or none.
  const isDate = parts.length === 6 && new Date(time).toISOString().startsWith(content);
  return isDate
    ? readPattern('at', patternOf(time))
    : { problem: 'allowed: at(2026-01-10T22:00:00), a date and time' };
}

/** The pattern of one moment, given as if its wall clock were UTC's. */
export function patternOf(wallClock: number): string {
  const date = new Date(wallClock);
  const time = [date.getUTCSeconds(), date.getUTCMinutes(), date.getUTCHours()];
  return [...time, date.getUTCDate(), date.getUTCMonth() + 1, '?', date.getUTCFullYear()].join(' ');
}

function readPattern(kind: 'cron' | 'at', pattern: string): Read {
  try {
    cronOf(pattern, 'UTC');
    return { kind, pattern };
  } catch (error) {
    return {
      problem: `allowed: what can be read; ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
