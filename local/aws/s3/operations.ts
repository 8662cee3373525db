import type { Call } from '../http/endpoint.ts';
import type { Reply } from '../http/request.ts';
import { type XmlMembers, xmlDocument } from '../http/xml.ts';
import { s3Error } from './errors.ts';
import { listObjects } from './list-objects.ts';
import { checkKey, checkWriteConditions, storedObjectOf } from './put-object.ts';
import type { BucketStore, StoredObject } from './store.ts';
import { s3Target } from './target.ts';

type S3Operation = (call: Call, store: BucketStore) => Reply;

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

function xml(root: string, members: XmlMembers): Reply {
  const headers = { 'content-type': 'application/xml' };
  return { statusCode: 200, headers, body: xmlDocument(root, members, namespace) };
}

function empty(statusCode: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { statusCode, headers, body: '' };
}

function bucketOf({ request, caller }: Call, store: BucketStore) {
  return store.open(s3Target(request).bucket ?? '', caller);
}

function read(
  call: Call,
  store: BucketStore,
): { readonly object: StoredObject; readonly headers: Reply['headers'] } {
  const bucket = bucketOf(call, store);
  const key = s3Target(call.request).key ?? '';
  const object = bucket.objects.get(key);
  if (!object) throw s3Error.noSuchKey(key);
  const asksForChecksum = call.request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED';
  const { checksum } = object;
  const headers = {
    ...object.headers,
    etag: object.etag,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'content-length': String(object.body.length),
    ...(asksForChecksum && checksum
      ? { [checksum.header]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' }
      : {}),
  };
  return { object, headers };
}

/** What S3 does here, by operation name; errors as the S3 API Reference gives them for each. */
export const s3Operations: Readonly<Record<string, S3Operation>> = {
  ListBuckets(call, store) {
    const { accountId } = call.caller;
    const buckets = store.ownedBy(accountId).map(({ name, createdAt }) => ({
      Name: name,
      CreationDate: new Date(createdAt).toISOString(),
    }));
    return xml('ListAllMyBucketsResult', { Owner: { ID: accountId }, Buckets: { Bucket: buckets } });
  },
  CreateBucket({ request, caller }, store) {
    const { name } = store.create(s3Target(request).bucket ?? '', caller);
    return empty(200, { location: `/${name}` });
  },
  HeadBucket(call, store) {
    bucketOf(call, store);
    return empty(200, { 'x-amz-bucket-region': call.caller.region });
  },
  ListObjectsV2: (call, store) =>
    xml('ListBucketResult', listObjects(bucketOf(call, store), call.request.query)),
  PutObject(call, store) {
    const { request, caller } = call;
    const { objects } = bucketOf(call, store);
    const key = s3Target(request).key ?? '';
    checkKey(key);
    checkWriteConditions(request, key, objects.get(key));
    const object = storedObjectOf(request, caller.now);
    objects.set(key, object);
    const { checksum, etag } = object;
    return empty(200, { etag, ...(checksum ? { [checksum.header]: checksum.value } : {}) });
  },
  GetObject(call, store) {
    const { object, headers } = read(call, store);
    return { statusCode: 200, headers, body: object.body };
  },
  HeadObject: (call, store) => empty(200, read(call, store).headers),
  DeleteObject(call, store) {
    bucketOf(call, store).objects.delete(s3Target(call.request).key ?? '');
    return empty(204);
  },
};
