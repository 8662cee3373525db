import type { CommonErrors } from '../http/endpoint.ts';
import { AwsError } from '../service.ts';

/** Security Hub's errors, in its words (Security Hub API Reference). */
export const hubError = {
  invalid: (message: string): AwsError => new AwsError('InvalidInputException', message),
  notEnabled: (accountId: string): AwsError =>
    new AwsError('InvalidAccessException', `Account ${accountId} is not subscribed to AWS Security Hub`, 401),
};

export const hubErrors: CommonErrors = {
  missingSignature: new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403),
  invalidToken: new AwsError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    403,
  ),
  expiredToken: new AwsError(
    'ExpiredTokenException',
    'The security token included in the request is expired',
    403,
  ),
  throttled: new AwsError('TooManyRequestsException', 'Too Many Requests', 429),
  internal: new AwsError('InternalException', 'Internal server error', 500),
};
