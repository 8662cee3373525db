/** What a line of the timeline is about. */
export type TimelineKind =
  | 'released'
  | 'node'
  | 'scan'
  | 'findings'
  | 'run'
  | 'clock'
  | 'message'
  | 'trouble';

/** Something worth a line. `at` is epoch milliseconds of simulated time. */
export interface TimelineEntry {
  readonly at: number;
  readonly kind: TimelineKind;
  readonly text: string;
}

/** The wall clock of a zone, to the minute. */
export function wallClock(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((each) => each.type === type)?.value ?? '';
  return `${part('weekday')} ${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

/** One line, in its columns. */
export function timelineLine({ at, kind, text }: TimelineEntry, timeZone: string): string {
  return `${wallClock(at, timeZone)}  ${kind.padEnd(8)}  ${text}`;
}

/** "1 patch", "2 patches". */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
