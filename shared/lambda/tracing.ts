import type { MiddlewareObj } from '@middy/core';

/**
 * Powertools' tracer, loaded by the first invocation. X-Ray's SDK brings half of what a function's own code costs at
 * its import, and Lambda itself traces the function without it: an environment need not have it to be ready.
 */
export function tracing(serviceName: string): MiddlewareObj {
  let loaded: Promise<MiddlewareObj> | undefined;
  const tracer = () => {
    loaded ??= load(serviceName);
    return loaded;
  };
  return {
    before: async (request) => (await tracer()).before?.(request),
    after: async (request) => (await tracer()).after?.(request),
    onError: async (request) => (await tracer()).onError?.(request),
  };
}

async function load(serviceName: string): Promise<MiddlewareObj> {
  const { Tracer } = await import('@aws-lambda-powertools/tracer');
  const { captureLambdaHandler } = await import('@aws-lambda-powertools/tracer/middleware');
  return captureLambdaHandler(new Tracer({ serviceName }), { captureResponse: false });
}
