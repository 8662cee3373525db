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

interface Pending {
  readonly timer: Timer;
  readonly callback: () => void;
  readonly sequence: number;
  due: number;
}

class ClockTimer implements Timer {
  readonly id: number;
  private readonly restart: (timer: Timer) => void;

  constructor(id: number, restart: (timer: Timer) => void) {
    this.id = id;
    this.restart = restart;
  }

  ref(): Timer {
    return this;
  }

  unref(): Timer {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  refresh(): Timer {
    this.restart(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }
}

/**
 * Discrete-event time: it jumps to the next timer once nothing is held and every promise has settled.
 * Timers fire one at a time, by due time and then by age, so a run is a function of its seed alone.
 */
export class VirtualClock implements Clock {
  private time: number;
  private sequence = 0;
  private readonly pending = new Map<number, Pending>();
  private readonly holds = new Map<string, { lifted: number }>();
  private isPumping = false;

  constructor(startsAt: number) {
    this.time = startsAt;
  }

  now(): number {
    return this.time;
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    this.sequence += 1;
    const timer = new ClockTimer(this.sequence, (self) => {
      const entry = this.pending.get(self.id);
      if (entry) entry.due = this.time + delay;
    });
    const delay = Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0;
    this.pending.set(timer.id, { timer, callback, sequence: this.sequence, due: this.time + delay });
    this.pump();
    return timer;
  }

  clearTimeout(timer: Timer | number | undefined): void {
    if (timer !== undefined) this.pending.delete(Number(timer));
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.setTimeout(resolve, milliseconds);
    });
  }

  hold(): Hold {
    this.sequence += 1;
    const id = String(this.sequence);
    this.holds.set(id, { lifted: 0 });
    return {
      id,
      release: () => {
        if (this.holds.delete(id)) this.pump();
      },
    };
  }

  async sleepInHold(holdId: string | undefined, milliseconds: number): Promise<void> {
    const hold = holdId === undefined ? undefined : this.holds.get(holdId);
    if (!hold) return this.sleep(milliseconds);
    hold.lifted += 1;
    try {
      await this.sleep(milliseconds);
    } finally {
      hold.lifted -= 1;
    }
  }

  private isHeld(): boolean {
    for (const hold of this.holds.values()) if (hold.lifted === 0) return true;
    return false;
  }

  /** Two turns of the event loop without a hold mean that every promise chain has run to its next wait. */
  private pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    let quietTurns = 0;
    const turn = (): void => {
      if (this.isHeld() || this.pending.size === 0) {
        this.isPumping = false;
        return;
      }
      quietTurns += 1;
      if (quietTurns > 2) {
        quietTurns = 0;
        this.fireNext();
      }
      setImmediate(turn);
    };
    setImmediate(turn);
  }

  private fireNext(): void {
    let next: Pending | undefined;
    for (const entry of this.pending.values()) {
      if (!next || entry.due < next.due || (entry.due === next.due && entry.sequence < next.sequence)) next = entry;
    }
    if (!next) return;
    this.pending.delete(next.timer.id);
    this.time = Math.max(this.time, next.due);
    next.callback();
  }
}

/** Wall time multiplied: at speed 60 a minute of simulated time passes in a second. */
export class ScaledClock implements Clock {
  private readonly startsAt: number;
  private readonly startedAt: number;
  private readonly speed: number;
  private sequence = 0;
  private readonly handles = new Map<number, NodeJS.Timeout>();

  constructor(startsAt: number, speed: number) {
    this.startsAt = startsAt;
    this.startedAt = Date.now();
    this.speed = speed;
  }

  now(): number {
    return this.startsAt + (Date.now() - this.startedAt) * this.speed;
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    this.sequence += 1;
    const id = this.sequence;
    const start = (): void => {
      const handle = setTimeout(() => {
        this.handles.delete(id);
        callback();
      }, milliseconds / this.speed);
      this.handles.set(id, handle);
    };
    start();
    return new ClockTimer(id, () => {
      this.clearTimeout(id);
      start();
    });
  }

  clearTimeout(timer: Timer | number | undefined): void {
    if (timer === undefined) return;
    clearTimeout(this.handles.get(Number(timer)));
    this.handles.delete(Number(timer));
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.setTimeout(resolve, milliseconds);
    });
  }

  hold(): Hold {
    return { id: '', release: () => undefined };
  }

  sleepInHold(_holdId: string | undefined, milliseconds: number): Promise<void> {
    return this.sleep(milliseconds);
  }
}
