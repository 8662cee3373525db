import type { FaultName, FaultRates } from './faults.ts';
import { Strikes } from './strikes.ts';

/** A fault that strikes for a while: nothing before it, nothing after. Minutes from the start of the clock. */
export interface Storm {
  readonly fault: FaultName;
  /** From 0 to 1, as of a fault that strikes all the time. */
  readonly rate: number;
  readonly fromMinute: number;
  readonly minutes: number;
}

export interface WeatherOptions {
  readonly rates?: FaultRates;
  readonly storms?: readonly Storm[];
  /** Epoch milliseconds: from when on storms count their minutes. */
  readonly startsAt?: number;
  readonly strikes?: Strikes;
}

/** How likely each fault is at a time, and how often each has struck. */
export class Weather {
  readonly strikes: Strikes;
  private readonly rates: FaultRates;
  private readonly storms: readonly Storm[];
  private readonly startsAt: number;

  constructor({ rates = {}, storms = [], startsAt = 0, strikes = new Strikes() }: WeatherOptions = {}) {
    this.rates = rates;
    this.storms = storms;
    this.startsAt = startsAt;
    this.strikes = strikes;
  }

  /** A probability. `now` is epoch milliseconds. */
  rateOf(fault: FaultName, now: number): number {
    let rate = this.rates[fault] ?? 0;
    for (const storm of this.storms) {
      const minute = (now - this.startsAt) / 60_000 - storm.fromMinute;
      if (storm.fault === fault && minute >= 0 && minute < storm.minutes) rate = Math.max(rate, storm.rate);
    }
    return rate;
  }

  /** Whether it can strike at all, now or later. */
  knows(fault: FaultName): boolean {
    return (this.rates[fault] ?? 0) > 0 || this.storms.some((storm) => storm.fault === fault);
  }

  /** Whether it strikes, by a draw from 0 to 1; counts it if it does. */
  strikesNow(fault: FaultName, { now, draw }: { readonly now: number; readonly draw: number }): boolean {
    if (draw >= this.rateOf(fault, now)) return false;
    this.strikes.count(fault);
    return true;
  }
}
