import type { CommonErrors, Endpoint } from '../http/endpoint.ts';
import type { AwsRequest } from '../http/request.ts';
import { xmlDocument } from '../http/xml.ts';
import { AwsError, type Caller } from '../service.ts';
import { s3Error } from './errors.ts';
import { s3Operations } from './operations.ts';
import { BucketStore } from './store.ts';
import { s3Target } from './target.ts';

/** S3 with a window into its buckets, for progress output and tests. */
export interface EmbeddedS3 {
  readonly endpoint: Endpoint;
  createBucket(name: string, owner: Caller): void;
  /** Keys in the order of their first write; throws NoSuchBucket. */
  keys(bucket: string): readonly string[];
  /** Throws NoSuchBucket and NoSuchKey. */
  object(bucket: string, key: string): Buffer;
}

const errors: CommonErrors = {
  missingSignature: s3Error.accessDenied(),
  invalidToken: new AwsError('InvalidToken', 'The provided token is malformed or otherwise not valid.'),
  expiredToken: new AwsError('ExpiredToken', 'The provided token has expired.'),
  throttled: new AwsError('SlowDown', 'Please reduce your request rate.', 503),
  internal: new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500),
};

const listParameters = ['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after'];
const allowedParameters = new Set([...listParameters, 'encoding-type', 'fetch-owner', 'x-id']);
const operationNames: Readonly<Record<string, string>> = {
  'GET service': 'ListBuckets',
  'PUT bucket': 'CreateBucket',
  'HEAD bucket': 'HeadBucket',
  'GET bucket': 'ListObjectsV2',
  'PUT key': 'PutObject',
  'GET key': 'GetObject',
  'HEAD key': 'HeadObject',
  'DELETE key': 'DeleteObject',
};

/** The REST-XML front of S3. A subresource (`?acl`), a copy or a multipart upload is refused as NotImplemented. */
export function createS3(): EmbeddedS3 {
  const store = new BucketStore();
  const open = (name: string) => {
    const bucket = store.find(name);
    if (!bucket) throw s3Error.noSuchBucket(name);
    return bucket;
  };
  const endpoint: Endpoint = {
    service: 's3',
    errors,
    operationOf,
    perform(call) {
      const perform = s3Operations[call.operation];
      if (!perform) throw s3Error.notImplemented(call.operation);
      return perform(call, store);
    },
    refuse({ code, message, statusCode }, request) {
      const members = { Code: code, Message: message, Resource: request.path, RequestId: request.requestId };
      return {
        statusCode,
        headers: { 'content-type': 'application/xml' },
        body: xmlDocument('Error', members),
      };
    },
  };
  return {
    endpoint,
    createBucket: (name, owner) => void store.create(name, owner),
    keys: (bucket) => [...open(bucket).objects.keys()],
    object(bucket, key) {
      const object = open(bucket).objects.get(key);
      if (!object) throw s3Error.noSuchKey(key);
      return object.body;
    },
  };
}

function operationOf(request: AwsRequest): string {
  const { bucket, key } = s3Target(request);
  const level = bucket === undefined ? 'service' : key === undefined ? 'bucket' : 'key';
  const name = operationNames[`${request.method} ${level}`];
  const unknown = [...request.query.keys()].find((parameter) => !isAllowed(parameter));
  if (name === undefined || unknown !== undefined) {
    throw s3Error.notImplemented(
      `${request.method} of a ${level}${unknown === undefined ? '' : ` with ?${unknown}`}`,
    );
  }
  if (name === 'ListObjectsV2' && request.query.get('list-type') !== '2')
    throw s3Error.notImplemented('ListObjects');
  if (request.headers['x-amz-copy-source'] !== undefined) throw s3Error.notImplemented('CopyObject');
  return name;
}

function isAllowed(parameter: string): boolean {
  return allowedParameters.has(parameter) || /^x-amz-/i.test(parameter);
}
