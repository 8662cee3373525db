import { AwsError } from '../service.ts';

/** SQS's errors, in its words (Amazon SQS API Reference). */
export const sqsError = {
  queueDoesNotExist: (): AwsError => new AwsError('QueueDoesNotExist', 'The specified queue does not exist.'),
  accessDenied: (queue: string): AwsError =>
    new AwsError('AccessDeniedException', `Access to the resource ${queue} is denied.`, 403),
  missing: (parameter: string): AwsError =>
    new AwsError('MissingRequiredParameterException', `The request must contain the parameter ${parameter}.`),
  invalid: (message: string): AwsError => new AwsError('InvalidParameterValueException', message),
  invalidContents: (): AwsError =>
    new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.'),
  receiptHandle: (): AwsError =>
    new AwsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.'),
  notInFlight: (): AwsError => new AwsError('MessageNotInflight', 'The specified message is not in flight.'),
  overLimit: (limit: number): AwsError =>
    new AwsError('OverLimit', `Too many messages are in flight; allowed: ${limit}`, 403),
  emptyBatch: (): AwsError =>
    new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.'),
  tooManyEntries: (count: number): AwsError =>
    new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${count}.`,
    ),
  repeatedId: (id: string): AwsError => new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`),
  invalidId: (): AwsError =>
    new AwsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    ),
  tooLong: (bytes: number, limit: number): AwsError =>
    new AwsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${limit} bytes. You have sent ${bytes} bytes.`,
    ),
  attributeName: (name: string): AwsError =>
    new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`),
};
