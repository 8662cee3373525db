import type { IncomingMessage } from 'node:http';
import type { AwsRequest } from './request.ts';

/**
 * Reads a whole request; undefined when the client hung up before its end, which AWS never acts upon.
 */
export async function readRequest(
  incoming: IncomingMessage,
  requestId: string,
): Promise<AwsRequest | undefined> {
  const body = await readBody(incoming);
  if (!body) return undefined;
  const target = incoming.url ?? '/';
  const question = target.indexOf('?');
  const headers = Object.entries(incoming.headers).map(
    ([name, value]) => [name, [value].flat().join(',')] as const,
  );
  return {
    method: incoming.method ?? 'GET',
    path: question < 0 ? target : target.slice(0, question),
    query: new URLSearchParams(question < 0 ? '' : target.slice(question + 1)),
    headers: Object.fromEntries(headers),
    body,
    requestId,
  };
}

function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', () => resolve(undefined));
    incoming.on('close', () => resolve(undefined));
  });
}
