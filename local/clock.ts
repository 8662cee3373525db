import { TimerQueue } from './timer-queue.ts';

/** A timer of an embedded clock. It looks enough like Node's `Timeout` for libraries that unref or refresh it. */
export interface Timer {
  readonly id: number;
  ref(): Timer;
  unref(): Timer;
  hasRef(): boolean;
  refresh(): Timer;
  [Symbol.toPrimitive](): number;
}

/** Real work under way (a socket, a file) for which virtual time has to stand still. */
export interface Hold {
  readonly id: string;
  release(): void;
}

/** The one source of time on a laptop. Times are epoch milliseconds of simulated time. */
export interface Clock {
  now(): number;
  setTimeout(callback: () => void, milliseconds: number): Timer;
  clearTimeout(timer: Timer | number | undefined): void;
  sleep(milliseconds: number): Promise<void>;
  /** Virtual time stands still until the hold is released. On a scaled clock this does nothing. */
  hold(): Hold;
  /** Sleeps with the named hold lifted: a server's latency is simulated time, its client's wait is not work. */
  sleepInHold(holdId: string | undefined, milliseconds: number): Promise<void>;
}

/** A timer of that id; `refresh` calls `restart`. */
export function createTimer(id: number, restart: () => void): Timer {
  const timer: Timer = {
    id,
    ref: () => timer,
    unref: () => timer,
    hasRef: () => true,
    refresh: () => {
      restart();
      return timer;
    },
    [Symbol.toPrimitive]: () => id,
  };
  return timer;
}

/**
 * Discrete-event time: it jumps to the next timer once nothing is held and every promise has settled.
 * Timers fire one at a time, by due time and then by age, so a run is a function of its seed alone.
 */
export class VirtualClock implements Clock {
  private time: number;
  private lastId = 0;
  private activeHolds = 0;
  private quietTurns = 0;
  private isPumping = false;
  private readonly timers = new TimerQueue();
  private readonly holds = new Map<string, { lifted: number }>();

  constructor(startsAt: number) {
    this.time = startsAt;
  }

  now(): number {
    return this.time;
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    const delay = Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0;
    const id = this.nextId();
    let isFired = false;
    const arm = (): void => {
      this.timers.add(id, this.time + delay, () => {
        isFired = true;
        callback();
      });
      this.pump();
    };
    arm();
    // As in Node.js: refresh() starts a waiting or fired timer again, and never one that was cleared.
    return createTimer(id, () => {
      if (isFired || this.timers.has(id)) arm();
    });
  }

  clearTimeout(timer: Timer | number | undefined): void {
    if (timer !== undefined) this.timers.delete(Number(timer));
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.setTimeout(resolve, milliseconds);
    });
  }

  hold(): Hold {
    const id = String(this.nextId());
    const hold = { lifted: 0 };
    this.holds.set(id, hold);
    this.activeHolds += 1;
    const release = (): void => {
      if (!this.holds.delete(id)) return;
      if (hold.lifted === 0) this.activeHolds -= 1;
      this.pump();
    };
    return { id, release };
  }

  sleepInHold(holdId: string | undefined, milliseconds: number): Promise<void> {
    const hold = holdId === undefined ? undefined : this.holds.get(holdId);
    if (holdId === undefined || !hold) return this.sleep(milliseconds);
    hold.lifted += 1;
    if (hold.lifted === 1) this.activeHolds -= 1;
    return new Promise((resolve) => {
      this.setTimeout(() => {
        hold.lifted -= 1;
        if (hold.lifted === 0 && this.holds.has(holdId)) this.activeHolds += 1;
        resolve();
      }, milliseconds);
    });
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Two turns of the event loop without a hold mean that every promise chain has run to its next wait. */
  private pump(): void {
    this.quietTurns = 0;
    if (this.isPumping) return;
    this.isPumping = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    if (this.activeHolds > 0 || this.timers.size === 0) {
      this.isPumping = false;
      return;
    }
    setImmediate(() => this.turn());
    this.quietTurns += 1;
    if (this.quietTurns > 2) this.fireNext();
  }

  private fireNext(): void {
    this.quietTurns = 0;
    const next = this.timers.take();
    if (!next) return;
    this.time = Math.max(this.time, next.due);
    next.callback();
  }
}
