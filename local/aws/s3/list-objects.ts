import type { XmlMembers } from '../http/xml.ts';
import { s3Error } from './errors.ts';
import type { Bucket } from './store.ts';

interface Entry {
  /** An object's key, or a common prefix. */
  readonly name: string;
  readonly isPrefix: boolean;
}

/** ListObjectsV2: keys in UTF-8 binary order, at most 1,000 keys and common prefixes a page. */
export function listObjects(bucket: Bucket, query: URLSearchParams): XmlMembers {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = readMaxKeys(query.get('max-keys'));
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : readToken(token);
  const isUrl = query.get('encoding-type') === 'url';
  const encode = (text: string): string => (isUrl ? encodeURIComponent(text).replaceAll('%2F', '/') : text);

  const entries = entriesOf({ bucket, prefix, delimiter }).filter(({ name }) => isAfter(name, after));
  const page = entries.slice(0, maxKeys);
  const last = page.at(-1);
  const isTruncated = last !== undefined && page.length < entries.length;
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    StartAfter: query.has('start-after') ? encode(query.get('start-after') ?? '') : undefined,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: isTruncated ? Buffer.from(last.name).toString('base64url') : undefined,
    KeyCount: page.length,
    MaxKeys: maxKeys,
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    EncodingType: isUrl ? 'url' : undefined,
    IsTruncated: isTruncated,
    Contents: page
      .filter(({ isPrefix }) => !isPrefix)
      .map(({ name }) => contentsOf(bucket, name, encode(name))),
    CommonPrefixes: page.filter(({ isPrefix }) => isPrefix).map(({ name }) => ({ Prefix: encode(name) })),
  };
}

interface Selection {
  readonly bucket: Bucket;
  readonly prefix: string;
  readonly delimiter: string;
}

function entriesOf({ bucket, prefix, delimiter }: Selection): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const key of bucket.objects.keys()) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + delimiter.length);
    entries.set(name, { name, isPrefix: end >= 0 });
  }
  return [...entries.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

function contentsOf(bucket: Bucket, key: string, encodedKey: string): XmlMembers {
  const object = bucket.objects.get(key);
  return {
    Key: encodedKey,
    LastModified: new Date(object?.lastModified ?? 0).toISOString(),
    ETag: object?.etag,
    Size: object?.body.length,
    StorageClass: 'STANDARD',
  };
}

function isAfter(name: string, after: string): boolean {
  return after === '' || Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0;
}

function readMaxKeys(text: string | null): number {
  if (text === null) return 1000;
  if (/^\d+$/.test(text)) return Math.min(1000, Number(text));
  throw s3Error.invalidArgument(`max-keys is '${text}'; allowed: an integer from 0 to 2147483647`);
}

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64url').toString('utf8');
  if (name !== '' && Buffer.from(name).toString('base64url') === token) return name;
  throw s3Error.invalidArgument('The continuation token provided is incorrect');
}
