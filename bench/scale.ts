/**
 * `npm run bench:scale -- --seed N`: a fleet of many accounts, planned and patched to the end in virtual time by the
 * definition and the bundles that are deployed, beside one of 1,000 nodes. Fails if a limit is broken; writes
 * `bench/scale.json`. What is measured, and how: docs/decisions/0020-scale.md.
 */
import { writeFileSync } from 'node:fs';
import { OptionsError } from '../local/command-line.ts';
import { brokenLimits } from './scale/broken-limits.ts';
import { scenarioOf } from './scale/fleet.ts';
import { type HandlerMeasured, measureHandlers } from './scale/handlers.ts';
import { help, parseScaleOptions, type ScaleOptions } from './scale/options.ts';
import { type Measured, playScale, type ScaleRun } from './scale/play.ts';

const started = performance.now();

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function run(options: ScaleOptions): Promise<ScaleRun> {
  const { accounts, nodesPerAccount, seed } = options;
  const size = `${accounts} x ${nodesPerAccount} nodes`;
  const onProgress = (seconds: number) => {
    const memory = Math.round(process.memoryUsage().rss / 1e6);
    tell(`  ${size}: ${Math.round(seconds)} s of the run after ${elapsed()} s, ${memory} MB`);
  };
  tell(`${size}: begins after ${elapsed()} s`);
  return playScale(scenarioOf(options), { seed, onProgress });
}

function elapsed(): number {
  return Math.round((performance.now() - started) / 1000);
}

function row(name: string, large: number, small: number): string {
  const text = (value: number) => value.toPrecision(5).padStart(14);
  return `  ${name.padEnd(22)}${text(large)}${text(small)}`;
}

function table(large: Measured, small: Measured): string {
  const names = [
    'nodes',
    'accounts',
    'makespanRatio',
    'transitionsPerNode',
    'apiCallsPerNode',
    'throttledShare',
    'dollarsPerNode',
    'payloadBytesMax',
    'historyEventsMax',
  ] as const;
  return names.map((name) => row(name, large[name], small[name])).join('\n');
}

function handlerTable(handlers: Readonly<Record<string, HandlerMeasured>>): string {
  const rows = Object.entries(handlers).map(([name, each]) => {
    const numbers = [each.maxSeconds, each.cpuSeconds, each.maxMemoryMb, each.idleMemoryMb];
    return `  ${name.padEnd(26)}${numbers.map((value) => value.toFixed(1).padStart(10)).join('')}`;
  });
  return [`  ${'handler'.padEnd(26)}         s     cpu s        MB      idle`, ...rows].join('\n');
}

async function main(): Promise<number> {
  const options = parseScaleOptions(process.argv.slice(2));
  if (options === 'help') {
    tell(help);
    return 0;
  }
  const small = await run({ ...options, accounts: 1, nodesPerAccount: 1000 });
  const large = await run(options);
  tell(table(large.measured, small.measured));
  const scenario = scenarioOf(options);
  const handlers = await measureHandlers(large, scenario.policies);
  const problems = brokenLimits({ large, small: small.measured, handlers });
  tell(handlerTable(handlers));
  const result = { seed: options.seed, ...large.measured, handlers, at1000: small.measured };
  writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
  tell(`${options.out}, after ${elapsed()} s`);
  for (const problem of problems) tell(`BROKEN: ${problem}`);
  return problems.length > 0 ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof OptionsError)) throw error;
  process.stderr.write(`${error.message}\n\nSee npm run bench:scale -- --help\n`);
  return 2;
});
