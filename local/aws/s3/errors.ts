import { AwsError } from '../service.ts';

/** S3's errors, in its words (S3 API Reference, "Error responses"). */
export const s3Error = {
  accessDenied: (): AwsError => new AwsError('AccessDenied', 'Access Denied', 403),
  badDigest: (what: string): AwsError =>
    new AwsError('BadDigest', `The ${what} you specified did not match the calculated checksum.`),
  incompleteBody: (): AwsError =>
    new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the chunk sizes.'),
  invalidArgument: (message: string): AwsError => new AwsError('InvalidArgument', message),
  noSuchBucket: (bucket: string): AwsError =>
    new AwsError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404),
  noSuchKey: (key: string): AwsError =>
    new AwsError('NoSuchKey', `The specified key does not exist: ${key}`, 404),
  notImplemented: (what: string): AwsError =>
    new AwsError('NotImplemented', `The embedded AWS does not implement ${what}`, 501),
  preconditionFailed: (condition: string): AwsError =>
    new AwsError(
      'PreconditionFailed',
      `At least one of the pre-conditions you specified did not hold: ${condition}`,
      412,
    ),
};
