import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A moto_server of our own on loopback. `log` is what it has written; `stop` ends it, and nothing else. */
export interface MotoServer {
  readonly endpoint: string;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** True where moto_server is on the machine. */
export const hasMoto = spawnSync('moto_server', ['--help']).status === 0;

export async function startMoto(): Promise<MotoServer> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const file = join(mkdtempSync(join(tmpdir(), 'moto-')), 'log');
  // A file and no pipe: nobody would empty it while a deployment runs, and moto would wait for that for ever.
  const log = openSync(file, 'w');
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', log, log],
  });
  await isUp(endpoint);
  return { endpoint, log: () => readFileSync(file, 'utf8'), stop: () => stop(server) };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no free port on loopback');
  return address.port;
}

async function isUp(endpoint: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isAnswering = await fetch(`${endpoint}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (isAnswering) return;
    await wait(200);
  }
  throw new Error(`moto_server does not answer at ${endpoint}`);
}

async function stop(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit');
  server.kill();
  await ended;
}
