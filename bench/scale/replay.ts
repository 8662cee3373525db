import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleDirectory } from '../../infra/functions.ts';
import type { Clock } from '../../local/clock.ts';
import { environmentOf } from '../../local/run.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import type { KeptInvocation } from './capture.ts';

/** What one invocation of a bundle needs, in a process of its own. */
export interface Replayed {
  /** Resident memory of the process at its most, and of one that has only loaded the bundle. */
  readonly maxMemoryMb: number;
  readonly idleMemoryMb: number;
  /** From the call to the answer, on this machine, with the pace that the function keeps to Systems Manager. */
  readonly seconds: number;
  /** Of these, the processor's, user and system. */
  readonly cpuSeconds: number;
}

/** The memory that no handler may need, and Node.js as it runs in a function of that size. */
export const memoryLimitMb = 512;
const nodeOptions = [
  `--max-old-space-size=${Math.floor(memoryLimitMb * 0.9)}`,
  `--max-semi-space-size=${Math.floor(memoryLimitMb / 20)}`,
];

/**
 * The whole of the child: it loads the bundle, and calls its handler if there is a payload. Its clock is set to the
 * run's, which the states and commands are of. Linux tells of the process's own memory; `maxRSS` of it holds that of
 * the process that started it, too.
 */
const child = `
  const { existsSync, readFileSync, writeFileSync } = require('node:fs');
  const [bundle, payload, at, answer] = process.argv.slice(1);
  const offset = Number(at) - Date.now();
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...values) { if (values.length > 0) super(...values); else super(RealDate.now() + offset); }
    static now() { return RealDate.now() + offset; }
  };
  const { handler } = require(bundle);
  const context = { functionName: 'replayed', awsRequestId: '1', memoryLimitInMB: '512',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:replayed', functionVersion: '1',
    getRemainingTimeInMillis: () => 900000 };
  const usage = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
  (async () => {
    const cpu = usage();
    const start = performance.now();
    if (payload !== '') await handler(JSON.parse(readFileSync(payload, 'utf8')), context);
    const seconds = (performance.now() - start) / 1000;
    const ofLinux = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
    const kilobytes = /VmHWM:\\s*(\\d+)/.exec(ofLinux)?.[1] ?? process.resourceUsage().maxRSS;
    const maxMemoryMb = Number(kilobytes) / 1024;
    writeFileSync(answer, JSON.stringify({ seconds, cpuSeconds: usage() - cpu, maxMemoryMb }));
    process.exit(0);
  })().catch((error) => { console.error(error); process.exit(1); });
`;

/** Calls a bundle once more with what it was given, against the embedded AWS at `endpoint`. */
export async function replay(
  kept: KeptInvocation,
  around: {
    readonly endpoint: string;
    readonly clock: Clock;
    readonly policies: PolicyFile;
  },
): Promise<Replayed> {
  const directory = mkdtempSync(join(tmpdir(), 'replay-'));
  const policyFile = join(directory, 'fleet.json');
  const payload = join(directory, 'payload.json');
  writeFileSync(policyFile, JSON.stringify(around.policies));
  writeFileSync(payload, kept.payload);
  // Under its own name it would be taken for a module of this package.
  const bundle = join(directory, 'index.cjs');
  copyFileSync(join(bundleDirectory, kept.functionName, 'index.js'), bundle);
  const run = async (file: string) => {
    const answer = join(directory, 'answer.json');
    const values = [bundle, file, String(around.clock.now()), answer];
    await promisify(execFile)(process.execPath, [...nodeOptions, '--eval', child, ...values], {
      env: { ...credentials, ...environmentOf(around.endpoint, policyFile) },
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(readFileSync(answer, 'utf8'));
  };
  try {
    const idle = await run('');
    const { seconds, cpuSeconds, maxMemoryMb } = await run(payload);
    return { seconds, cpuSeconds, maxMemoryMb, idleMemoryMb: idle.maxMemoryMb };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const credentials = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/**
 * While handlers run in real time, the embedded AWS must not stand still: its throttling would take their paced calls
 * for a burst. Answers with a function that ends it.
 */
export function letTimePass(clock: Clock): () => void {
  let last = performance.now();
  const ticking = setInterval(() => {
    const now = performance.now();
    clock.setTimeout(() => undefined, now - last);
    last = now;
  }, 10);
  return () => clearInterval(ticking);
}
