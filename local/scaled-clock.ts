import { type Clock, createTimer, type Hold, type Timer } from './clock.ts';

/** The longest that Node.js itself waits: anything longer would fire at once. */
const longestWaitMilliseconds = 2 ** 31 - 1;

/** Wall time multiplied: at speed 60 a minute of simulated time passes in a second. */
export class ScaledClock implements Clock {
  private readonly startsAt: number;
  private readonly startedAt: number;
  private readonly speed: number;
  private lastId = 0;
  private readonly handles = new Map<number, NodeJS.Timeout>();

  constructor(startsAt: number, speed: number) {
    this.startsAt = startsAt;
    this.startedAt = Date.now();
    this.speed = speed;
  }

  now(): number {
    return Math.floor(this.startsAt + (Date.now() - this.startedAt) * this.speed);
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    this.lastId += 1;
    const id = this.lastId;
    let isFired = false;
    const fire = (): void => {
      isFired = true;
      callback();
    };
    this.wait(id, fire, milliseconds / this.speed);
    return createTimer(id, () => {
      if (isFired || this.handles.has(id)) this.wait(id, fire, milliseconds / this.speed);
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

  private wait(id: number, fire: () => void, realMilliseconds: number): void {
    this.clearTimeout(id);
    const now = Math.min(realMilliseconds, longestWaitMilliseconds);
    const rest = realMilliseconds - now;
    const handle = setTimeout(() => {
      this.handles.delete(id);
      if (rest > 0) this.wait(id, fire, rest);
      else fire();
    }, now);
    this.handles.set(id, handle);
  }
}
