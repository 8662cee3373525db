import type { IncomingMessage } from 'node:http';
import type { LoopbackCall } from '../../loopback.ts';
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
  const headers = Object.entries(incoming.headers).map(
    ([name, value]) => [name, [value].flat().join(',')] as const,
  );
  const { method = 'GET', url: target = '/' } = incoming;
  return requestOf({ method, target, headers: Object.fromEntries(headers), body }, requestId);
}

/** A call that has arrived whole, its target taken apart. */
export function requestOf({ method, target, headers, body }: LoopbackCall, requestId: string): AwsRequest {
  const question = target.indexOf('?');
  return {
    method,
    path: question < 0 ? target : target.slice(0, question),
    query: new URLSearchParams(question < 0 ? '' : target.slice(question + 1)),
    headers,
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
