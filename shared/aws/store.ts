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
}

/** `forcePathStyle` for an emulator on loopback, where a bucket's name as a host name does not resolve. */
export function makeStore(
  bucket: string,
  options: { readonly count: CallCounter; readonly forcePathStyle: boolean },
): Store {
  const s3 = new S3Client({ ...patient, forcePathStyle: options.forcePathStyle });
  s3.middlewareStack.add(counter('s3', options.count), behindRetry);
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
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Body ? parsed(await Body.transformToString(), `s3://${bucket}/${key}`) : undefined;
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
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
