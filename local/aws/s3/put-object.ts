import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AwsRequest } from '../http/request.ts';
import { AwsError } from '../service.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import { s3Error } from './errors.ts';
import type { StoredObject } from './store.ts';

const kept = /^(?:x-amz-meta-.+|content-type|content-disposition|content-language|cache-control|expires)$/;

/** Makes the object of a PutObject request; throws BadDigest for a checksum that does not fit the body. */
export function storedObjectOf(request: AwsRequest, now: number): StoredObject {
  const { headers } = request;
  const isChunked = /^STREAMING-/.test(headers['x-amz-content-sha256'] ?? '') || hasChunkedEncoding(headers);
  const { body, trailers } = isChunked
    ? decodeAwsChunked(request.body)
    : { body: request.body, trailers: {} };
  const md5 = createHash('md5').update(body);
  const etag = `"${md5.copy().digest('hex')}"`;
  const contentMd5 = headers['content-md5'];
  if (contentMd5 !== undefined && contentMd5 !== md5.digest('base64')) throw s3Error.badDigest('Content-MD5');
  const checksum = checkedChecksum({ ...headers, ...trailers }, body);
  const own = Object.entries(headers).filter(([name]) => kept.test(name));
  const encoding = contentEncoding(headers);
  const storedHeaders = {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(own),
    ...(encoding === '' ? {} : { 'content-encoding': encoding }),
  };
  return { body, etag, lastModified: now, headers: storedHeaders, checksum };
}

/**
 * Conditional writes (S3 User Guide, "How to prevent object overwrites with conditional writes").
 * Throws PreconditionFailed, NoSuchKey for If-Match on a key that is not there.
 */
export function checkWriteConditions(
  request: AwsRequest,
  key: string,
  existing: StoredObject | undefined,
): void {
  const noneMatch = request.headers['if-none-match'];
  const match = request.headers['if-match'];
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw s3Error.notImplemented(`If-None-Match: ${noneMatch} on a write; allowed: *`);
  }
  if (noneMatch === '*' && existing) throw s3Error.preconditionFailed('If-None-Match');
  if (match === undefined) return;
  if (!existing) throw s3Error.noSuchKey(key);
  if (unquoted(match) !== unquoted(existing.etag)) throw s3Error.preconditionFailed('If-Match');
}

/** Throws KeyTooLongError beyond 1,024 bytes of UTF-8 (S3 User Guide, "Naming Amazon S3 objects"). */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > 1024)
    throw new AwsError('KeyTooLongError', `Your key is too long: ${bytes} bytes; allowed: 1024`);
}

function checkedChecksum(headers: Readonly<Record<string, string>>, body: Buffer): StoredObject['checksum'] {
  const header = Object.keys(headers).find((name) => /^x-amz-checksum-(?:crc|sha)/.test(name));
  const value = header === undefined ? undefined : headers[header];
  if (header === undefined || value === undefined) return undefined;
  const algorithm = header.slice('x-amz-checksum-'.length);
  const expected = digestOf(algorithm, body);
  if (expected !== undefined && expected !== value) throw s3Error.badDigest(algorithm.toUpperCase());
  return { header, value };
}

/** Undefined for crc32c and crc64nvme, which Node does not compute: those are kept and given back unchecked. */
function digestOf(algorithm: string, body: Buffer): string | undefined {
  if (algorithm === 'sha1' || algorithm === 'sha256')
    return createHash(algorithm).update(body).digest('base64');
  if (algorithm !== 'crc32') return undefined;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

function hasChunkedEncoding(headers: Readonly<Record<string, string>>): boolean {
  return encodings(headers).includes('aws-chunked');
}

function contentEncoding(headers: Readonly<Record<string, string>>): string {
  const own = encodings(headers).filter((encoding) => encoding !== 'aws-chunked' && encoding !== '');
  return own.join(',');
}

function encodings(headers: Readonly<Record<string, string>>): readonly string[] {
  return (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim());
}

function unquoted(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
