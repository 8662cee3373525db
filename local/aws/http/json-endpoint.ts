import { AwsError, type Operations } from '../service.ts';
import type { CommonErrors, Endpoint, ServiceName } from './endpoint.ts';
import type { AwsRequest } from './request.ts';

export interface JsonService {
  readonly service: ServiceName;
  /** Of the `X-Amz-Target` header, such as `AmazonSSM`. */
  readonly targetPrefix: string;
  readonly operations: Operations;
}

/** AWS's common errors carry `message`; the errors that SSM's own model names carry `Message`. */
const unmodelled: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'MissingAuthenticationToken',
  'SerializationException',
  'ThrottlingException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationException',
]);

const errors: CommonErrors = {
  missingSignature: new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', 403),
  invalidToken: new AwsError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ),
  expiredToken: new AwsError(
    'ExpiredTokenException',
    'The security token included in the request is expired',
  ),
  throttled: new AwsError('ThrottlingException', 'Rate exceeded'),
  internal: new AwsError('InternalServerError', 'An error occurred on the server side.', 500),
};

const headers = { 'content-type': 'application/x-amz-json-1.1' };

/** A service of the JSON 1.1 protocol, by `X-Amz-Target`. */
export function createJsonEndpoint({ service, targetPrefix, operations }: JsonService): Endpoint {
  return {
    service,
    errors,
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
    refuse({ code, message, statusCode }) {
      const member = unmodelled.has(code) ? 'message' : 'Message';
      return { statusCode, headers, body: JSON.stringify({ __type: code, [member]: message }) };
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
