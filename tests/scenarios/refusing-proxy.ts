import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call as it stands on the wire. `service` is the signing name; `accessKeyId` begins with ASIA for a session. */
export interface Call {
  readonly service: string;
  readonly accessKeyId: string;
  /** Of the JSON protocol; empty for the others. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface RefusingProxy {
  readonly url: string;
  close(): void;
}

/**
 * Stands before the embedded AWS and refuses what it is told to, as IAM would: AccessDenied, HTTP 403 (400 in JSON
 * protocols). Everything else goes through unchanged.
 */
export async function refusingProxy(
  endpoint: string,
  isRefused: (call: Call) => boolean,
): Promise<RefusingProxy> {
  const { hostname, port } = new URL(endpoint);
  const server = createServer({ keepAliveTimeout: 3_600_000 }, (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method = 'GET', url: path = '/', headers } = incoming;
      const call = { ...signerOf(headers), method, path, body: body.toString('utf8') };
      if (isRefused(call)) {
        const isJson = call.operation !== '';
        outgoing.writeHead(isJson ? 400 : 403, {
          'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml',
        });
        outgoing.end(isJson ? jsonRefusal : xmlRefusal);
        return;
      }
      const onward = request({ hostname, port, method, path, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${portOf(server.address())}`, close };
}

const jsonRefusal = JSON.stringify({ __type: 'AccessDeniedException', message: 'not authorized' });
const xmlRefusal =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>not authorized</Message></Error><RequestId>1</RequestId></ErrorResponse>';

function signerOf(headers: IncomingHttpHeaders): Pick<Call, 'service' | 'accessKeyId' | 'operation'> {
  const credential = /Credential=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split('/') ?? [];
  const target = headers['x-amz-target'];
  return {
    accessKeyId: credential[0] ?? '',
    service: credential[3] ?? '',
    operation: typeof target === 'string' ? (target.split('.')[1] ?? '') : '',
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the proxy is not listening');
  return address.port;
}
