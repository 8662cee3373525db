import type { Clock, Timer } from '../clock.ts';
import { hexDigits, type Random } from '../random.ts';
import { overrideMembers, realm } from './evaluate.ts';

type Callback = (...values: readonly unknown[]) => unknown;

/** The timer functions of Node.js on an embedded clock. */
export interface EmbeddedTimers {
  readonly globals: {
    readonly setTimeout: (callback: Callback, milliseconds?: number, ...values: readonly unknown[]) => Timer;
    readonly clearTimeout: (timer: Timer | number | undefined) => void;
    readonly setInterval: (callback: Callback, milliseconds?: number, ...values: readonly unknown[]) => Timer;
    readonly clearInterval: (timer: Timer | number | undefined) => void;
  };
  /** Clears every timer that was set through these functions. */
  readonly clearAll: () => void;
  /** Clears them, and no timer set from now on ever fires. */
  readonly stop: () => void;
}

/** Timers on the clock. What a callback throws goes to `onError`, for on the clock it would hit a stranger. */
export function createTimers(clock: Clock, onError: (error: unknown) => void): EmbeddedTimers {
  const pending = new Set<number>();
  let isStopped = false;
  const start = (callback: () => void, milliseconds: number | undefined, isInterval: boolean): Timer => {
    const timer = clock.setTimeout(
      () => {
        if (isInterval) timer.refresh();
        else pending.delete(timer.id);
        try {
          callback();
        } catch (error) {
          onError(error);
        }
      },
      Math.max(1, Number(milliseconds ?? 1) || 1),
    );
    if (isStopped) clock.clearTimeout(timer);
    else pending.add(timer.id);
    return timer;
  };
  const clear = (timer: Timer | number | undefined): void => {
    if (timer === undefined || timer === null) return;
    pending.delete(Number(timer));
    clock.clearTimeout(timer);
  };
  const clearAll = (): void => {
    for (const id of pending) clock.clearTimeout(id);
    pending.clear();
  };
  return {
    globals: {
      setTimeout: (callback, milliseconds, ...values) =>
        start(() => callback(...values), milliseconds, false),
      setInterval: (callback, milliseconds, ...values) =>
        start(() => callback(...values), milliseconds, true),
      clearTimeout: clear,
      clearInterval: clear,
    },
    clearAll,
    stop: () => {
      isStopped = true;
      clearAll();
    },
  };
}

/** `Date` whose present is the clock's. */
export function createDate(clock: Clock): unknown {
  // `Date.now` is whole milliseconds, whatever the clock counts in.
  return realm.dateClass(() => Math.floor(clock.now()));
}

/** `Math` whose `random` is the given one. */
export function createMath(random: () => number): unknown {
  return overrideMembers(realm.math, { random });
}

/** As much of `performance` as a handler may ask for: milliseconds since the environment's start. */
export function createPerformance(age: () => number): unknown {
  return { now: age };
}

/** A version 4 UUID from the given stream. */
export function seededUuid(random: Random): string {
  const digits = hexDigits(random, 32);
  const variant = (8 + random.integer(4)).toString(16);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`];
  return [...parts, `${variant}${digits.slice(17, 20)}`, digits.slice(20)].join('-');
}
