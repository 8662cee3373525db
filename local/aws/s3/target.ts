import type { AwsRequest } from '../http/request.ts';
import { AwsError } from '../service.ts';

/** What a request addresses; a missing bucket is the service itself. */
export interface S3Target {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

/**
 * Path style (`/bucket/key`), and host style under `localhost` (`bucket.localhost:4570/key`), where the SDKs
 * use it; to an IP address they speak path style (S3 User Guide, "Virtual hosting of buckets"). Throws InvalidURI.
 */
export function s3Target({ path, headers }: AwsRequest): S3Target {
  const host = /^(.+)\.localhost(?::\d+)?$/.exec(headers['host'] ?? '')?.[1];
  const [, first = '', ...rest] = path.split('/');
  if (host !== undefined) return { bucket: host, key: decode([first, ...rest].join('/')) };
  return { bucket: decode(first), key: decode(rest.join('/')) };
}

function decode(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new AwsError('InvalidURI', `Couldn't parse the specified URI: ${text}`);
  }
}
