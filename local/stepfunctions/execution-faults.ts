import type { Clock } from '../clock.ts';
import { type Random, random } from '../random.ts';
import type { Weather } from '../weather.ts';
import { fatalError } from './state-error.ts';

/** How a run is ended from outside: by StopExecution, or by its own TimeoutSeconds. */
export type ForcedEnd = 'ABORTED' | 'TIMED_OUT';

export interface ExecutionFaultsOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly name: string;
  readonly weather: Weather;
  /** Ends the run's own execution, and with it those of its batches. */
  readonly end: (status: ForcedEnd) => void;
}

/** Long enough to strike while a state is at work, not only between two. */
const latestMilliseconds = 60_000;

/** The faults of executions, drawn at each state that is entered. */
export class ExecutionFaults {
  private readonly options: ExecutionFaultsOptions;
  private readonly stream: Random;

  constructor(options: ExecutionFaultsOptions) {
    this.options = options;
    this.stream = random(options.seed, 'execution faults', options.name);
  }

  /** `isBatch`: of a Map Run. Throws what nothing in the definition can catch. */
  entered(stateName: string, { isBatch }: { readonly isBatch: boolean }): void {
    const { clock, end, weather } = this.options;
    const now = clock.now();
    const draws = [this.stream.next(), this.stream.next(), this.stream.next()] as const;
    const later = latestMilliseconds * this.stream.next();
    if (weather.strikesNow('stopped-run', { now, draw: draws[0] }))
      clock.setTimeout(() => end('ABORTED'), later);
    if (weather.strikesNow('timed-out-run', { now, draw: draws[1] }))
      clock.setTimeout(() => end('TIMED_OUT'), later);
    if (isBatch && weather.strikesNow('failed-batch', { now, draw: draws[2] }))
      throw fatalError('States.Runtime', `the execution failed at ${stateName}`);
  }
}
