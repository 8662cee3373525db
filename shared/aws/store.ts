import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InvalidPayloadError } from '../errors.ts';
import { behindRetry, type CallCounter, counter, patient } from './client-config.ts';
import { makePageLimit } from './page-limit.ts';

/** A bucket as a store of JSON documents, and of texts for people. S3 is strongly consistent: what was put is what is read. */
export interface Store {
  readonly bucket: string;
  put(key: string, value: unknown): Promise<void>;
  /** A text, or its UTF-8: of a long one no second copy is made. */
  putText(key: string, text: string | Uint8Array, contentType: string): Promise<void>;
  /** Undefined if there is no such object. Throws InvalidPayloadError for one that is not JSON. */
  get(key: string): Promise<unknown>;
  /** The objects with this prefix, and how many bytes each has. */
  sizes(prefix: string): Promise<ReadonlyMap<string, number>>;
  /** The same with its entity tag, for a write under the condition that nobody else has written since. */
  getTagged(key: string): Promise<{ readonly value: unknown; readonly etag: string } | undefined>;
  /**
   * Writes if the object still has this tag, or, with null, if there is none yet. False if it is not so, or another
   * write is under way: read again.
   * Source: S3 User Guide, "How to prevent object overwrites with conditional writes".
   */
  putIf(key: string, value: unknown, etag: string | null): Promise<boolean>;
}

/** Somebody else has written, is writing (409), or has deleted what was to be replaced (404). */
const outdated: ReadonlySet<string> = new Set([
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'OperationAborted',
  'NoSuchKey',
]);

/** `forcePathStyle` for an emulator on loopback, where a bucket's name as a host name does not resolve. */
export function makeStore(
  bucket: string,
  options: { readonly count: CallCounter; readonly forcePathStyle: boolean },
): Store {
  const s3 = new S3Client({ ...patient, forcePathStyle: options.forcePathStyle });
  s3.middlewareStack.add(counter('s3', options.count), behindRetry);
  const getTagged: Store['getTagged'] = async (key) => {
    try {
      const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (!Body) return undefined;
      return { value: parsed(await Body.transformToString(), `s3://${bucket}/${key}`), etag: ETag };
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  };
  return {
    bucket,
    async put(key, value) {
      const Body = JSON.stringify(value);
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json' }),
      );
    },
    async putText(key, text, contentType) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: contentType }));
    },
    async get(key) {
      return (await getTagged(key))?.value;
    },
    getTagged,
    async putIf(key, value, etag) {
      const condition = etag === null ? { IfNoneMatch: '*' } : { IfMatch: etag };
      const Body = JSON.stringify(value);
      try {
        await s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body,
            ContentType: 'application/json',
            ...condition,
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof Error && outdated.has(error.name)) return false;
        throw error;
      }
    },
    async sizes(prefix) {
      const sizes = new Map<string, number>();
      const countPage = makePageLimit('s3:ListObjectsV2');
      let token: string | undefined;
      do {
        const page = await s3.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
        );
        for (const { Key = '', Size = 0 } of page.Contents ?? []) sizes.set(Key, Size);
        token = page.NextContinuationToken;
        countPage(token);
      } while (token);
      return sizes;
    },
  };
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidPayloadError(`${what} is not JSON`, { cause: error });
  }
}
