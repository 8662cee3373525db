/** Waits until a call may be made. */
export type Pace = () => Promise<void>;

/**
 * Spaces calls evenly, so that quotas are kept by design and not by being throttled. AWS publishes no rates for
 * Run Command: how many calls a second is a setting. `now` in ms, of a clock that nobody sets back: a pace by the clock on
 * the wall would stand still for as long as that was set back.
 */
export function makePace(
  callsPerSecond: number,
  time: { readonly now: () => number; readonly sleep: (milliseconds: number) => Promise<void> },
): Pace {
  const spacing = 1000 / callsPerSecond;
  let nextAt = 0;
  return async () => {
    const now = time.now();
    const at = Math.max(now, nextAt);
    nextAt = at + spacing;
    if (at > now) await time.sleep(at - now);
  };
}
