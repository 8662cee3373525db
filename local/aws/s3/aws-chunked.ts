import { s3Error } from './errors.ts';

/** A decoded body and the trailing headers, in lower case, that came after it. */
export interface ChunkedBody {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Decodes `Content-Encoding: aws-chunked`, in which SDKs send a body whose checksum follows it
 * (S3 API Reference, "Signature Calculations … Transferring Payload in Multiple Chunks … with trailing headers").
 * Chunk signatures are skipped. Throws IncompleteBody.
 */
export function decodeAwsChunked(encoded: Buffer): ChunkedBody {
  const parts: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const lineEnd = encoded.indexOf('\r\n', offset);
    const size = chunkSize(encoded.subarray(offset, Math.max(offset, lineEnd)).toString('latin1'));
    const start = lineEnd + 2;
    if (size === 0) return { body: Buffer.concat(parts), trailers: readTrailers(encoded.subarray(start)) };
    if (start + size > encoded.length) throw s3Error.incompleteBody();
    parts.push(encoded.subarray(start, start + size));
    offset = start + size + 2;
  }
}

function chunkSize(line: string): number {
  const digits = /^([0-9a-f]+)(?:;.*)?$/i.exec(line)?.[1];
  if (digits === undefined) throw s3Error.incompleteBody();
  return Number.parseInt(digits, 16);
}

function readTrailers(rest: Buffer): Readonly<Record<string, string>> {
  const lines = rest.toString('latin1').split(/\r?\n/);
  const pairs = lines.map((line) => /^([^:]+):(.*)$/.exec(line)).filter((match) => match !== null);
  return Object.fromEntries(
    pairs.map(([, name = '', value = '']) => [name.toLowerCase(), value.trim()] as const),
  );
}
