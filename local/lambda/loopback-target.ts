import type { IncomingMessage, RequestOptions } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import type { Clock } from '../clock.ts';
import { loopbackAt } from '../loopback.ts';
import { connectionsFor } from './loopback-connections.ts';
import { LoopbackRequest } from './loopback-request.ts';

/**
 * The request that `http.request(...values)` would make, without a socket; undefined when no server of this process
 * listens at its address, or when it asks for something that only a socket can do.
 */
export function loopbackRequest(
  values: readonly unknown[],
  clock: Clock,
  onConnect: () => void,
): LoopbackRequest | undefined {
  const options = optionsOf(values);
  const host = options.hostname ?? options.host ?? 'localhost';
  const serve = loopbackAt(host, Number(options.port ?? options.defaultPort ?? 80));
  if (!serve || options.createConnection || options.socketPath || options.signal) return undefined;
  const headers = { host: `${host}:${options.port ?? 80}`, ...headersOf(options) };
  const request = new LoopbackRequest({
    clock,
    onConnect,
    serve,
    host,
    method: (options.method ?? 'GET').toUpperCase(),
    path: options.path ?? '/',
    headers,
    connections: connectionsFor(options.agent),
  });
  const callback = values.find(isCallback);
  if (callback) request.once('response', callback);
  return request;
}

/** `request(url)`, `request(options)` and `request(url, options)`, whose options win. */
function optionsOf(values: readonly unknown[]): RequestOptions {
  const [first, second] = values;
  const url = typeof first === 'string' ? new URL(first) : first;
  const fromUrl = url instanceof URL ? urlToHttpOptions(url) : url;
  return { ...(isOptions(fromUrl) ? fromUrl : {}), ...(isOptions(second) ? second : {}) };
}

function isOptions(value: unknown): value is RequestOptions {
  return typeof value === 'object' && value !== null;
}

function isCallback(value: unknown): value is (response: IncomingMessage) => void {
  return typeof value === 'function';
}

function headersOf({ headers = {} }: RequestOptions): Readonly<Record<string, string>> {
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined)
      named[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return named;
}
