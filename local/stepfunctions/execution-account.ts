import { dataLimitError, fatalError } from './state-error.ts';

/** Quotas of Standard workflows. Source: Step Functions developer guide, "Service quotas". */
export interface Limits {
  /** UTF-8 bytes of a state's, task's or execution's input or output. */
  readonly payloadBytes: number;
  readonly historyEvents: number;
  /** Child executions of one Map Run that run at once. */
  readonly mapRunConcurrency: number;
  /** Child executions of one Map Run that start in a second. */
  readonly childStartsPerSecond: number;
}

export const awsLimits: Limits = {
  payloadBytes: 262_144,
  historyEvents: 25_000,
  mapRunConcurrency: 10_000,
  childStartsPerSecond: 100,
};

/** What a run has used, its children included. The maxima are those of the largest execution and payload. */
export interface Usage {
  /** States entered, and each retry once more: what Step Functions bills. */
  stateTransitions: number;
  historyEventsMax: number;
  payloadBytesMax: number;
}

/** One execution's history and payloads against the limits. */
export class ExecutionAccount {
  private readonly limits: Limits;
  private readonly usage: Usage;
  private events = 0;

  constructor(limits: Limits, usage: Usage) {
    this.limits = limits;
    this.usage = usage;
  }

  addTransition(): void {
    this.usage.stateTransitions += 1;
  }

  /**
   * Counts history events. The last one that fits may only be ExecutionSucceeded, so anything else in its place
   * fails the execution. Source: Step Functions developer guide, "Avoid reaching the history quota". Which error
   * name AWS gives is not documented; States.Runtime is taken because nothing catches it.
   */
  addEvents(count: number): void {
    this.setEvents(this.events + count);
    if (this.events < this.limits.historyEvents) return;
    const { historyEvents } = this.limits;
    this.setEvents(historyEvents);
    throw fatalError(
      'States.Runtime',
      `The execution reached the maximum number of history events (${historyEvents}).`,
    );
  }

  /** Counts the event that ends the execution. */
  addLastEvent(): void {
    this.setEvents(Math.min(this.events + 1, this.limits.historyEvents));
  }

  /** Checks a payload; `state` is whose Retry and Catch may name the error. Returns its JSON text. */
  measure(value: unknown, what: string, state?: Readonly<Record<string, unknown>>): string {
    const text = JSON.stringify(value) ?? 'null';
    const bytes = Buffer.byteLength(text);
    this.usage.payloadBytesMax = Math.max(this.usage.payloadBytesMax, bytes);
    const { payloadBytes } = this.limits;
    if (bytes > payloadBytes)
      throw dataLimitError(`${what} is ${bytes} bytes, allowed are ${payloadBytes}`, state);
    return text;
  }

  private setEvents(events: number): void {
    this.events = events;
    this.usage.historyEventsMax = Math.max(this.usage.historyEventsMax, events);
  }
}
