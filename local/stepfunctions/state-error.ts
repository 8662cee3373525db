import { type JsonObject, objectsAt } from './json.ts';

/**
 * An error inside an execution. `name` is what ErrorEquals matches, the message becomes Cause. The library asks
 * `isRetryable` and `isCatchable` before it looks at any Retry or Catch.
 */
export class StateError extends Error {
  override readonly name: string;
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(
    name: string,
    cause: string,
    handling: { readonly isRetryable: boolean; readonly isCatchable: boolean },
  ) {
    super(cause);
    this.name = name;
    this.isRetryable = handling.isRetryable;
    this.isCatchable = handling.isCatchable;
  }
}

/** An error that Retry and Catch handle by the usual rules. */
export function stateError(name: string, cause: string): StateError {
  return new StateError(name, cause, { isRetryable: true, isCatchable: true });
}

/** An error that ends the execution, whatever its Retry and Catch say, as `States.Runtime` does. */
export function fatalError(name: string, cause: string): StateError {
  return new StateError(name, cause, { isRetryable: false, isCatchable: false });
}

/**
 * `States.DataLimitExceeded`: a retrier or catcher of the state takes it only when it names it.
 * Source: Step Functions developer guide, "Handling errors in Step Functions workflows".
 */
export function dataLimitError(cause: string, state: JsonObject = {}): StateError {
  const name = 'States.DataLimitExceeded';
  const isNamedIn = (member: 'Retry' | 'Catch'): boolean =>
    objectsAt(state[member], member).some(
      ({ ErrorEquals }) => Array.isArray(ErrorEquals) && ErrorEquals.includes(name),
    );
  return new StateError(name, cause, { isRetryable: isNamedIn('Retry'), isCatchable: isNamedIn('Catch') });
}
