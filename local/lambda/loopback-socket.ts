import { EventEmitter } from 'node:events';
import type { Clock, Timer } from '../clock.ts';

/** What a LoopbackRequest shows as its socket: connected at once, and idle in simulated time. */
export class LoopbackSocket extends EventEmitter {
  readonly connecting = false;
  readonly remoteAddress = '127.0.0.1';
  readonly remoteFamily = 'IPv4';
  destroyed = false;
  private readonly clock: Clock;
  private readonly onDestroy: () => void;
  private idle: Timer | undefined;

  constructor(clock: Clock, onDestroy: () => void) {
    super();
    this.clock = clock;
    this.onDestroy = onDestroy;
  }

  /** 0 ends the waiting. The callback is told once; whether anything is destroyed is its affair, as in Node.js. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    this.clock.clearTimeout(this.idle);
    this.idle = undefined;
    if (callback) this.once('timeout', callback);
    if (milliseconds > 0 && !this.destroyed) {
      this.idle = this.clock.setTimeout(() => this.emit('timeout'), milliseconds);
    }
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroy(): this {
    if (this.destroyed) return this;
    this.end();
    this.onDestroy();
    return this;
  }

  /** The exchange is over. */
  end(): void {
    this.destroyed = true;
    this.clock.clearTimeout(this.idle);
  }
}
