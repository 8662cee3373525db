import { type Clock, createTimer, type Hold, type Timer } from '../../local/clock.ts';
import { TimerQueue } from '../../local/timer-queue.ts';

/** Something that processes wait for: they go on, in their order, in the instant in which it happens. */
export class Occasion {
  private waiting: (() => void)[] | undefined = [];

  get hasCome(): boolean {
    return this.waiting === undefined;
  }

  whenCome(callback: () => void): void {
    if (this.waiting) this.waiting.push(callback);
    else callback();
  }

  come(): void {
    const callbacks = this.waiting ?? [];
    this.waiting = undefined;
    for (const callback of callbacks) callback();
  }
}

/** Milliseconds to sleep, or what to wait for. */
export type Wait = number | Occasion;

/** Something that takes simulated time: a generator that yields its waits. */
export type Process<T> = Generator<Wait, T, undefined>;

const standingHold: Hold = { id: '', release: () => undefined };

/**
 * Discrete-event time for millions of calls: processes are generators, and a timer costs a heap operation, where the
 * virtual clock of a run with real bundles waits for turns of the event loop. Timers fire by due time, then by age.
 */
export class Simulation implements Clock {
  private time: number;
  private lastId = 0;
  private asyncWork = 0;
  private readonly timers = new TimerQueue();

  constructor(startsAt: number) {
    this.time = startsAt;
  }

  now(): number {
    return this.time;
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    this.lastId += 1;
    const id = this.lastId;
    let isFired = false;
    const arm = (): void =>
      this.timers.add(id, this.time + Math.max(0, milliseconds), () => {
        isFired = true;
        callback();
      });
    arm();
    return createTimer(id, () => {
      if (isFired || this.timers.has(id)) arm();
    });
  }

  clearTimeout(timer: Timer | number | undefined): void {
    if (timer !== undefined) this.timers.delete(Number(timer));
  }

  sleep(milliseconds: number): Promise<void> {
    return this.promiseOf(sleeping(milliseconds));
  }

  /** Nothing here works in real time. */
  hold(): Hold {
    return standingHold;
  }

  sleepInHold(_holdId: string | undefined, milliseconds: number): Promise<void> {
    return this.sleep(milliseconds);
  }

  /** Begins a process now. What it throws is thrown by `run`. */
  start<T>(process: Process<T>, onEnd: (result: T) => void = () => undefined): void {
    const { done, value } = process.next();
    if (done) onEnd(value);
    else if (typeof value === 'number') this.wake(process, { milliseconds: value, onEnd });
    else value.whenCome(() => this.start(process, onEnd));
  }

  /** A promise of a process's result, for asynchronous code: `run` lets it go on before time does. */
  promiseOf<T>(process: Process<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.start(settled(process), ({ result, error }) => {
        if (result) resolve(result.value);
        else reject(error);
      });
    });
  }

  /** Runs asynchronous code as a part of a process. It may wait for nothing but `promiseOf` and `sleep`. */
  *await<T>(work: () => Promise<T>): Process<T> {
    const end = new Occasion();
    const ended: { result?: { readonly value: T }; error?: unknown } = {};
    this.asyncWork += 1;
    work()
      .then((value) => {
        ended.result = { value };
      })
      .catch((error: unknown) => {
        ended.error = error;
      })
      .finally(() => {
        this.asyncWork -= 1;
        // By a timer, so that what goes wrong from here on goes wrong in `run`.
        this.setTimeout(() => end.come(), 0);
      });
    yield end;
    if (ended.result) return ended.result.value;
    throw ended.error;
  }

  /** Plays everything until nothing is left to happen, or until `isOver` says so. */
  async run(isOver: () => boolean = () => false): Promise<void> {
    await this.settle();
    while (!isOver()) {
      const next = this.timers.take();
      if (!next) return;
      this.time = Math.max(this.time, next.due);
      next.callback();
      if (this.asyncWork > 0) await this.settle();
    }
  }

  private wake<T>(
    process: Process<T>,
    { milliseconds, onEnd }: { readonly milliseconds: number; readonly onEnd: (result: T) => void },
  ): void {
    this.lastId += 1;
    this.timers.add(this.lastId, this.time + Math.max(0, milliseconds), () => this.start(process, onEnd));
  }

  /** A turn of the event loop: every promise chain has run to its next wait. */
  private settle(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

function* sleeping(milliseconds: number): Process<void> {
  yield milliseconds;
}

function* settled<T>(
  process: Process<T>,
): Process<{ readonly result?: { readonly value: T }; readonly error?: unknown }> {
  try {
    return { result: { value: yield* process } };
  } catch (error) {
    return { error };
  }
}
