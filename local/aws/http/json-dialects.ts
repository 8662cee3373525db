import { AwsError } from '../service.ts';
import type { CommonErrors } from './endpoint.ts';
import type { Reply } from './request.ts';

/** How the services of the JSON protocols differ: the version, and the words and the form of their errors. */
export interface JsonDialect {
  readonly contentType: string;
  readonly errors: CommonErrors;
  refuse(error: AwsError): Pick<Reply, 'headers' | 'body'>;
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

const common = {
  missingSignature: new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', 403),
  invalidToken: new AwsError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ),
  expiredToken: new AwsError(
    'ExpiredTokenException',
    'The security token included in the request is expired',
  ),
} as const;

/** Systems Manager: JSON 1.1. */
export const ssmJson: JsonDialect = {
  contentType: 'application/x-amz-json-1.1',
  errors: {
    ...common,
    throttled: new AwsError('ThrottlingException', 'Rate exceeded'),
    internal: new AwsError('InternalServerError', 'An error occurred on the server side.', 500),
  },
  refuse: ({ code, message }) => ({
    headers: {},
    body: JSON.stringify({ __type: code, [unmodelled.has(code) ? 'message' : 'Message']: message }),
  }),
};

/** The codes of SQS's older query protocol, which its JSON answers go on telling. */
const queryCodes: Readonly<Record<string, string>> = {
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  InvalidParameterValueException: 'InvalidParameterValue',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  MissingRequiredParameterException: 'MissingParameter',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
};

/** SQS: JSON 1.0, and the query protocol's code in a header (SQS API Reference, "AWS JSON protocol"). */
export const sqsJson: JsonDialect = {
  contentType: 'application/x-amz-json-1.0',
  errors: {
    ...common,
    throttled: new AwsError('RequestThrottled', 'Rate exceeded', 403),
    internal: new AwsError('InternalFailure', 'We encountered an internal error. Please try again.', 500),
  },
  refuse: ({ code, message, statusCode }) => ({
    headers: {
      'x-amzn-query-error': `${queryCodes[code] ?? code};${statusCode < 500 ? 'Sender' : 'Receiver'}`,
    },
    body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }),
  }),
};
