import type { Clock } from '../clock.ts';

/** A function as its template configures its asynchronous invocations. */
export interface AsynchronousOptions {
  readonly clock: Clock;
  /** Rejects when the function failed, or when Lambda did not start it. */
  readonly invoke: (payload: unknown) => Promise<unknown>;
  readonly reservedConcurrency: number;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
}

/** What became of an event: `dead` is one for the dead letters. */
export type AsynchronousEnd = 'done' | 'dead';

/** Between attempts after a failure of the function. */
const retrySeconds = [60, 120];
const longestThrottleSeconds = 300;

/**
 * Lambda's queue of asynchronous invocations before one function: what fails is tried again after one and after two
 * minutes, what is throttled from a second on, twice as long each time, until the event is too old. Source: Lambda
 * developer guide, "How Lambda handles errors and retries with asynchronous invocation".
 */
export function createAsynchronous(
  options: AsynchronousOptions,
): (payload: unknown) => Promise<AsynchronousEnd> {
  const { clock, invoke, reservedConcurrency, maximumRetryAttempts, maximumEventAgeSeconds } = options;
  let running = 0;
  const attempt = async (payload: unknown): Promise<'done' | 'failed' | 'throttled'> => {
    if (running >= reservedConcurrency) return 'throttled';
    running += 1;
    try {
      await invoke(payload);
      return 'done';
    } catch (error) {
      return isThrottled(error) ? 'throttled' : 'failed';
    } finally {
      running -= 1;
    }
  };
  return async (payload) => {
    const oldest = clock.now() + maximumEventAgeSeconds * 1000;
    let failures = 0;
    let throttleSeconds = 1;
    for (;;) {
      const end = await attempt(payload);
      if (end === 'done') return 'done';
      const pause = end === 'failed' ? (retrySeconds[failures] ?? 120) : throttleSeconds;
      if (end === 'failed') failures += 1;
      else throttleSeconds = Math.min(longestThrottleSeconds, 2 * throttleSeconds);
      if (failures > maximumRetryAttempts) return 'dead';
      await clock.sleep(pause * 1000);
      if (clock.now() >= oldest) return 'dead';
    }
  };
}

function isThrottled(error: unknown): boolean {
  return error instanceof Error && error.name === 'Lambda.TooManyRequestsException';
}
