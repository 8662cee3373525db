import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as work } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { type Clock, VirtualClock } from '../../../local/clock.ts';
import { createEmbeddedLambda } from '../../../local/lambda/embedded-lambda.ts';
import type { FunctionConfiguration } from '../../../local/lambda/environment.ts';
import type { EmbeddedLambdaOptions } from '../../../local/lambda/service-options.ts';

const directory = mkdtempSync(join(tmpdir(), 'embedded-lambda-'));
let count = 0;

export const startsAt = Date.UTC(2030, 0, 1);

afterAll(() => rmSync(directory, { recursive: true }));

/** Bundles a handler's source as the build does and returns the file. */
export function bundle(source: string): string {
  count += 1;
  const file = join(directory, `${count}.js`);
  const built = buildSync({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    supported: { 'dynamic-import': false },
    write: false,
  });
  writeFileSync(file, built.outputFiles[0]?.text ?? '');
  return file;
}

export function configuration(
  file: string,
  changes: Partial<Omit<FunctionConfiguration, 'file'>> = {},
): FunctionConfiguration {
  return { file, timeoutSeconds: 30, memoryMegabytes: 256, environment: {}, ...changes };
}

/** A lambda of the given functions on a new virtual clock, without start latency. */
export function lambdaOf(
  functions: Readonly<Record<string, FunctionConfiguration>>,
  changes: Partial<EmbeddedLambdaOptions> = {},
) {
  const clock = new VirtualClock(startsAt);
  return {
    clock,
    lambda: createEmbeddedLambda({ clock, seed: 1, functions, startLatencyMilliseconds: 0, ...changes }),
  };
}

/** A lambda whose one function `f` has the given handler source. */
export function lambdaWith(handler: string, changes: Partial<EmbeddedLambdaOptions> = {}) {
  return lambdaOf({ f: configuration(bundle(handler)) }, changes);
}

/**
 * A server that answers an SSM call after its latency of simulated time, and remembers what it was asked.
 * `workMilliseconds` are of real time: what no clock may take notice of.
 */
export async function startServer(
  clock: Clock,
  latencyMilliseconds: number,
  { workMilliseconds = 0, statusCode = 200 } = {},
) {
  const requests: { target: string; at: number }[] = [];
  const server = createServer(async (request, response) => {
    for await (const _chunk of request);
    requests.push({ target: String(request.headers['x-amz-target']), at: clock.now() });
    const hold = request.headers['x-local-hold'];
    if (workMilliseconds > 0) await work(workMilliseconds);
    await clock.sleepInHold(typeof hold === 'string' ? hold : undefined, latencyMilliseconds);
    response.statusCode = statusCode;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ Commands: [{ CommandId: 'c', RequestedDateTime: clock.now() / 1000 }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = isAddress(address) ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => server.close() };
}

function isAddress(address: unknown): address is AddressInfo {
  return typeof address === 'object' && address !== null && 'port' in address;
}
