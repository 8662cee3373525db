import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a service is asked, and what it answers: JSON, and a status if not 200. */
interface Asked {
  readonly path: string;
  readonly method: string;
  readonly input: Readonly<Record<string, unknown>>;
}
export type Answer = (asked: Asked) => {
  readonly status?: number;
  readonly body: unknown;
  readonly error?: string;
};

const open: Server[] = [];

/** A service on loopback that answers as a test wants, and what it was asked. The SDK's clients are led to it. */
export async function startEndpoint(
  answer: Answer,
): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const call = {
        path: request.url ?? '',
        method: request.method ?? '',
        input: Object(JSON.parse(text || '{}')),
      };
      asked.push(call);
      const { status = 200, body, error } = answer(call);
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(error ? { 'x-amzn-errortype': error } : {}),
      });
      response.end(JSON.stringify(body));
    });
  });
  open.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${portOf(server)}`;
  leadTo(url);
  return { url, asked };
}

function portOf(server: Server): AddressInfo['port'] {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** All clients that are made from now on speak to this endpoint. */
export function leadTo(url: string): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIALOCAL',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
}

/** For afterEach: a server left open keeps Jest from ending. */
export async function closeEndpoints(): Promise<void> {
  await Promise.all(
    open.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(resolve));
    }),
  );
}
