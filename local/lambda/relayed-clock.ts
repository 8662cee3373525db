import type { Clock } from '../clock.ts';

/** A clock that is whichever clock `current` answers with at the moment. */
export function relayedClock(current: () => Clock): Clock {
  return {
    now: () => current().now(),
    setTimeout: (callback, milliseconds) => current().setTimeout(callback, milliseconds),
    clearTimeout: (timer) => current().clearTimeout(timer),
    sleep: (milliseconds) => current().sleep(milliseconds),
    hold: () => current().hold(),
    sleepInHold: (holdId, milliseconds) => current().sleepInHold(holdId, milliseconds),
  };
}
