import { AwsError, type Operations } from '../service.ts';
import type { Endpoint, ServiceName } from './endpoint.ts';
import type { JsonDialect } from './json-dialects.ts';
import type { AwsRequest } from './request.ts';

export interface JsonService {
  readonly service: ServiceName;
  /** Of the `X-Amz-Target` header, such as `AmazonSSM`. */
  readonly targetPrefix: string;
  readonly operations: Operations;
  readonly dialect: JsonDialect;
}

/** A service of a JSON protocol, by `X-Amz-Target`. */
export function createJsonEndpoint({ service, targetPrefix, operations, dialect }: JsonService): Endpoint {
  const headers = { 'content-type': dialect.contentType };
  return {
    service,
    errors: dialect.errors,
    operationOf(request) {
      const [prefix, operation, ...rest] = (request.headers['x-amz-target'] ?? '').split('.');
      const isKnown = operation !== undefined && Object.hasOwn(operations, operation);
      if (prefix === targetPrefix && rest.length === 0 && isKnown) return operation;
      throw unknownOperation(request);
    },
    perform({ request, operation, caller }) {
      const perform = operations[operation];
      if (!perform) throw unknownOperation(request);
      return { statusCode: 200, headers, body: JSON.stringify(perform(parse(request), caller)) };
    },
    refuse(error) {
      const refused = dialect.refuse(error);
      const { statusCode } = error;
      return { statusCode, headers: { ...headers, ...refused.headers }, body: refused.body };
    },
  };
}

function unknownOperation(request: AwsRequest): AwsError {
  const target = request.headers['x-amz-target'] ?? 'no X-Amz-Target';
  return new AwsError(
    'UnknownOperationException',
    `The embedded AWS does not know the operation (${target})`,
  );
}

function parse(request: AwsRequest): Readonly<Record<string, unknown>> {
  const input = parseJson(request.body.length === 0 ? '{}' : request.body.toString('utf8'));
  if (isRecord(input)) return input;
  throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new AwsError('SerializationException', `The request is not JSON: ${cause.message}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
