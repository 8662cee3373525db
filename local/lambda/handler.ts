import { runtimeError } from './function-error.ts';

/** A handler as Lambda calls it: event and context in, an answer or a promise of it out. */
export type Handler = (event: unknown, context: unknown) => unknown;

/** The runtime refuses handlers that declare a callback. Source: Lambda developer guide, "Lambda runtimes". */
const parametersOfCallbackHandler = 3;

/** The `handler` that a bundle exports; throws the runtime's InvocationError when there is none that can be called. */
export function handlerOf(exported: unknown): Handler {
  const handler =
    typeof exported === 'object' && exported !== null && 'handler' in exported && exported.handler;
  if (!isHandler(handler)) {
    throw runtimeError('Runtime.HandlerNotFound', 'index.handler is undefined or not exported');
  }
  if (handler.length >= parametersOfCallbackHandler) {
    throw runtimeError(
      'Runtime.CallbackHandlerDeprecated',
      'callback-style handlers are not supported by Node.js 24: index.handler must be async or return a promise',
    );
  }
  return handler;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}
