import type { WindowTimes } from '../sla/prospect.ts';
import type { Catalogue, WindowText } from './catalogue.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** A moment as people of that zone write it, to the minute; without the zone's name. Epoch milliseconds. */
export function momentText(at: number, timeZone: string, words: Catalogue): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  const weekday = words.weekdays[new Date(date).getUTCDay()] ?? '';
  return words.moment(date, weekday, `${part('hour')}:${part('minute')}`);
}

/** From `now` to `at`, cut to whole hours, from two days on to whole days: a promise is not rounded up. */
export function distanceText(at: number, now: number, words: Catalogue): string {
  const distance = Math.abs(at - now);
  const isPast = at < now;
  return distance >= 2 * day
    ? words.distance(Math.floor(distance / day), 'days', isPast)
    : words.distance(Math.floor(distance / hour), 'hours', isPast);
}

/** When an install window opens and closes, or that it is open. */
export function windowLine(
  window: WindowTimes,
  about: { readonly timeZone: string; readonly now: number },
  words: Catalogue,
): string {
  const { timeZone, now } = about;
  const text: WindowText = {
    opens: momentText(window.opensAt, timeZone, words),
    cutoff: momentText(window.cutoffAt, timeZone, words),
    closes: momentText(window.closesAt, timeZone, words),
    timeZone,
    distance: distanceText(window.opensAt, now, words),
  };
  const isOpen = window.opensAt <= now && now < window.closesAt;
  return isOpen ? words.windowOpenNow(text) : words.window(text);
}
