import { z } from 'zod';
import { AwsError, type Operation } from '../service.ts';
import type { CommonErrors, Endpoint, ServiceName } from './endpoint.ts';
import type { AwsRequest } from './request.ts';

export interface RestJsonService {
  readonly service: ServiceName;
  readonly errors: CommonErrors;
  /** By method and path, such as `POST /findings`: the operation's name, and what it does with the body. */
  readonly routes: Readonly<Record<string, { readonly name: string; readonly perform: Operation }>>;
}

const contentType = { 'content-type': 'application/json' };
const bodySchema = z.record(z.string(), z.unknown());

/** A service of the REST-JSON protocol whose operations take all of their input in the body. */
export function createRestJsonEndpoint({ service, errors, routes }: RestJsonService): Endpoint {
  const routeOf = ({ method, path }: AwsRequest) => {
    const route = `${method} ${path}`;
    const found = Object.hasOwn(routes, route) ? routes[route] : undefined;
    if (found) return found;
    throw new AwsError(
      'UnknownOperationException',
      `The embedded AWS does not know the operation (${route})`,
    );
  };
  return {
    service,
    errors,
    operationOf: (request) => routeOf(request).name,
    perform({ request, caller }) {
      const body = JSON.stringify(routeOf(request).perform(parse(request), caller));
      return { statusCode: 200, headers: contentType, body };
    },
    refuse({ code, message, statusCode }) {
      const headers = { ...contentType, 'x-amzn-errortype': code };
      return { statusCode, headers, body: JSON.stringify({ Code: code, Message: message }) };
    },
  };
}

function parse(request: AwsRequest): Readonly<Record<string, unknown>> {
  try {
    return bodySchema.parse(JSON.parse(request.body.toString('utf8')));
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    throw new AwsError('SerializationException', `The body is not a JSON object: ${cause.message}`);
  }
}
