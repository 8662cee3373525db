import { cronOf, parseExpression, patternOf } from './expression.ts';

/** A maintenance window's opening and closing, and when it stops starting nodes. Epoch milliseconds. */
export interface WindowTimes {
  readonly opensAt: number;
  readonly cutoffAt: number;
  readonly closesAt: number;
}

/** When a maintenance window opens. Systems Manager's own expression, in an IANA zone. */
interface OpeningSchedule {
  readonly schedule: string;
  readonly timeZone: string;
  /** Days after the date of a cron expression. */
  readonly offsetDays?: number | undefined;
}

/** When a maintenance window opens, and for how long. */
export interface WindowSchedule extends OpeningSchedule {
  readonly durationHours: number;
  readonly cutoffHours: number;
}

/** Epoch milliseconds. A rate counts from its `anchor`, any of its openings; without one it has none to tell. */
export interface CalendarRange {
  readonly from: number;
  readonly until: number;
  readonly anchor?: number | undefined;
}

const hour = 3_600_000;
const day = 24 * hour;

/** Enough for a year of two openings a day. Who needs more asks again. */
const openingsAtMost = 1000;

/** Further than any year that a window is looked for in: a 29th of February is at most eight years away. */
const searched = 8 * 366 * day;

/** Zones are ahead of UTC, and behind it, by less than a day. */
const zoneSpan = day;

/** Openings at or after `from`, before `until`, at most 1,000. Throws RangeError for what is no schedule. */
export function openingsOf(schedule: OpeningSchedule, range: CalendarRange): number[] {
  const found: number[] = [];
  for (const opensAt of eachOpening(schedule, range)) {
    found.push(opensAt);
    if (found.length === openingsAtMost) break;
  }
  return found;
}

/** All windows that open in the range, in order: none lasts less than an hour, so that a year has no more than hours. */
export function windowsOf(window: WindowSchedule, range: CalendarRange): WindowTimes[] {
  return Array.from(eachOpening(window, range), (opensAt) => timesOf(window, opensAt));
}

/** The first window that can still start nodes at `now`: it may be open already. Null if there is none any more. */
export function nextWindowOf(
  window: WindowSchedule,
  now: number,
  anchor: number | undefined,
): WindowTimes | null {
  const range = { from: now - window.durationHours * hour, until: now + searched, anchor };
  for (const opensAt of eachOpening(window, range)) {
    const times = timesOf(window, opensAt);
    if (times.cutoffAt > now) return times;
  }
  return null;
}

/** True if the openings can be computed: those of a rate only if one of them is known. */
export function isComputable(schedule: string, anchor: number | undefined): boolean {
  return anchor !== undefined || parseExpression(schedule).kind !== 'rate';
}

function timesOf({ durationHours, cutoffHours }: WindowSchedule, opensAt: number): WindowTimes {
  const closesAt = opensAt + durationHours * hour;
  return { opensAt, cutoffAt: closesAt - cutoffHours * hour, closesAt };
}

function eachOpening(
  { schedule, timeZone, offsetDays = 0 }: OpeningSchedule,
  range: CalendarRange,
): Iterable<number> {
  const expression = parseExpression(schedule);
  if (expression.kind === 'rate') return multiples(expression.everyMilliseconds, range);
  if (offsetDays === 0) return matches({ pattern: expression.pattern, timeZone }, range);
  return shifted({ pattern: expression.pattern, timeZone, offsetDays }, range);
}

function* multiples(every: number, { from, until, anchor }: CalendarRange): Generator<number> {
  if (anchor === undefined) return;
  const first = anchor + Math.ceil((from - anchor) / every) * every;
  for (let opensAt = first; opensAt < until; opensAt += every) yield opensAt;
}

function* matches(
  { pattern, timeZone }: { readonly pattern: string; readonly timeZone: string },
  { from, until }: CalendarRange,
): Generator<number> {
  const cron = cronOf(pattern, timeZone);
  // croner looks for what comes after a moment.
  let next = cron.nextRun(new Date(from - 1));
  while (next && next.getTime() < until) {
    yield next.getTime();
    next = cron.nextRun(next);
  }
}

/**
 * The same time of day, so many calendar days later. Not by croner's `dayOffset`: that adds 24 hours a day, which is
 * another time of day once the clocks have changed in between.
 */
function* shifted(
  rule: { readonly pattern: string; readonly timeZone: string; readonly offsetDays: number },
  range: CalendarRange,
): Generator<number> {
  const offset = rule.offsetDays * day;
  const wallClocks = {
    from: range.from - offset - zoneSpan,
    until: range.until - offset + zoneSpan,
  };
  for (const wallClock of matches({ pattern: rule.pattern, timeZone: 'UTC' }, wallClocks)) {
    const moment = { pattern: patternOf(wallClock + offset), timeZone: rule.timeZone };
    yield* matches(moment, range);
  }
}
