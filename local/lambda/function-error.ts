/** What Lambda answers when a function fails: the body that comes with `X-Amz-Function-Error`. */
interface ErrorBody {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/**
 * A failed invocation as Step Functions sees it: `name` is what ErrorEquals matches, `message` is the Cause.
 * Source: Step Functions developer guide, "Handling errors in Step Functions workflows".
 */
export class InvocationError extends Error {
  override readonly name: string;

  constructor(name: string, cause: string, options?: ErrorOptions) {
    super(cause, options);
    this.name = name;
  }
}

/** What the handler threw, as Lambda's Node.js runtime reports it: errorType is the error's own `name`. */
export function thrownError(thrown: unknown, file: string): InvocationError {
  const body = errorBody(thrown, file);
  return new InvocationError(body.errorType, JSON.stringify(body), { cause: thrown });
}

/** A runtime's own failure, such as `Runtime.HandlerNotFound`. */
export function runtimeError(errorType: string, errorMessage: string): InvocationError {
  return new InvocationError(errorType, JSON.stringify({ errorType, errorMessage, trace: [] }));
}

/** The function ran longer than its timeout. Lambda stops its environment. */
export function timeoutError(requestId: string, timeoutSeconds: number): InvocationError {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return new InvocationError(
    'Sandbox.Timedout',
    JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage }),
  );
}

/** The environment died before it could answer: Lambda knows no errorType then. */
export function diedError(requestId: string): InvocationError {
  const payload = JSON.stringify({
    errorMessage: `RequestId: ${requestId} Process exited before completing request`,
  });
  return new InvocationError(
    'Lambda.Unknown',
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`,
  );
}

/** The Lambda service itself refuses the call, e.g. `Lambda.ResourceNotFoundException`. */
export function serviceError(name: string, message: string): InvocationError {
  return new InvocationError(name, message);
}

function errorBody(thrown: unknown, file: string): ErrorBody {
  // Not `instanceof Error`: the bundle's Error is that of its own realm.
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  const name = 'name' in thrown ? String(thrown.name) : 'Error';
  const stack = 'stack' in thrown && typeof thrown.stack === 'string' ? thrown.stack : '';
  // A laptop's path would make the size of a Cause depend on where the repository lies.
  const trace = stack.replaceAll(file, '/var/task/index.js').split('\n');
  return { errorType: name, errorMessage: String(thrown.message), trace };
}
