import { isJsonObject } from './json.ts';
import type { ExecutionOutcome } from './run-context.ts';
import { StateError } from './state-error.ts';

/** How the library's rejection reads in Step Functions' words. */
export function outcomeOfFailure(rejection: unknown): ExecutionOutcome {
  const { name, cause } = describe(rejection);
  if (name === 'ExecutionTimeoutError') return { status: 'TIMED_OUT', error: 'States.Timeout' };
  if (name === 'ExecutionAbortedError' || isAbort(rejection) || isAbort(cause)) return { status: 'ABORTED' };
  const failure = name === 'ExecutionError' ? cause : rejection;
  const { name: error, message } = describe(failure);
  // The library's name for a Fail state that gives none.
  if (error === 'FailStateError') return { status: 'FAILED' };
  return { status: 'FAILED', error: isOfState(failure) ? error : 'States.Runtime', cause: message };
}

function isAbort(error: unknown): boolean {
  return error instanceof StateError && error.name === 'ExecutionAborted';
}

/** The library's own errors of a state say whether they are retryable; a TypeError in its code does not. */
function isOfState(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'isRetryable' in error;
}

function describe(error: unknown): {
  readonly name: string;
  readonly message: string;
  readonly cause?: unknown;
} {
  if (!isJsonObject(error)) return { name: 'States.Runtime', message: String(error) };
  return { name: String(error['name']), message: String(error['message']), cause: error['cause'] };
}
