/** A state's error in the words of Step Functions; `Retry` and `Catch` look at `error`. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly error: string;
  readonly detail: string;

  constructor(error: string, detail: string) {
    super(`${error}: ${detail}`);
    this.error = error;
    this.detail = detail;
  }
}

/** What neither Retry nor Catch is asked about. */
export function isFatal({ error }: StateFailure): boolean {
  return error === 'States.Runtime' || error === 'Aborted';
}

/** Whether one of the names of `ErrorEquals` means the error. Source: developer guide, "Handling errors". */
export function matches(names: readonly string[], { error }: StateFailure): boolean {
  return names.some(
    (name) =>
      name === error ||
      (name === 'States.ALL' && error !== 'States.DataLimitExceeded') ||
      (name === 'States.TaskFailed' && !error.startsWith('States.')),
  );
}
