import { AwsError } from '../service.ts';
import type { QueryDialect } from './query-endpoint.ts';

/** The query protocol of SNS and STS. */
export const awsQuery: QueryDialect = {
  errors: {
    missingSignature: new AwsError(
      'MissingAuthenticationToken',
      'Request is missing Authentication Token',
      403,
    ),
    invalidToken: new AwsError(
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      403,
    ),
    expiredToken: new AwsError('ExpiredToken', 'The security token included in the request is expired', 403),
    throttled: new AwsError('Throttling', 'Rate exceeded'),
    internal: new AwsError(
      'InternalFailure',
      'The request processing has failed because of an unknown error.',
      500,
    ),
  },
  result: (operation, members, requestId) => ({
    [`${operation}Result`]: members,
    ResponseMetadata: { RequestId: requestId },
  }),
  error: ({ code, message, statusCode }, requestId) => ({
    root: 'ErrorResponse',
    members: {
      Error: { Type: statusCode < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
      RequestId: requestId,
    },
  }),
};

/** EC2's own dialect: no result element, and its own words (EC2 API Reference, "Error codes"). */
export const ec2Query: QueryDialect = {
  errors: {
    missingSignature: new AwsError(
      'MissingAuthenticationToken',
      'Request is missing Authentication Token',
      403,
    ),
    invalidToken: new AwsError(
      'AuthFailure',
      'AWS was not able to validate the provided access credentials',
      401,
    ),
    expiredToken: new AwsError('RequestExpired', 'Request has expired.'),
    throttled: new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
    internal: new AwsError('InternalError', 'An internal error has occurred', 500),
  },
  result: (_operation, members, requestId) => ({ requestId, ...members }),
  error: ({ code, message }, requestId) => ({
    root: 'Response',
    members: { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId },
  }),
};
