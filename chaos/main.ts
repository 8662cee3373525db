/** `npm run chaos`: searches for a broken promise over whole runs, and cuts down what it finds. */
import process from 'node:process';
import { OptionsError } from '../local/command-line.ts';
import { type ChaosFault, chaosFaults } from './chaos-faults.ts';
import { type ChaosOptions, help, parseOptions } from './options.ts';
import type { RunReport, Shrunk } from './run-report.ts';
import { search, shrinkAll } from './search.ts';
import type { Tally } from './summary.ts';
import { WorkerDied, WorkerPool } from './worker-pool.ts';

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(help);
      return 0;
    }
    return await run(options);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    process.stderr.write(`${error.message}\n\nSee npm run chaos -- --help\n`);
    return 2;
  }
}

async function run(options: ChaosOptions): Promise<number> {
  const isReplay = options.replay !== null;
  const pool = new WorkerPool(isReplay ? 1 : Math.min(options.workers, options.runs));
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  try {
    const failed = isReplay ? [options.replay ?? 0] : await searched(options, pool, interruption.signal);
    if (interruption.signal.aborted) return 130;
    const exitCode = await shrunk(options, pool, failed);
    return interruption.signal.aborted ? 130 : exitCode;
  } finally {
    pool.close();
  }
}

/** The seeds of the runs that broke something. */
async function searched(options: ChaosOptions, pool: WorkerPool, signal: AbortSignal): Promise<number[]> {
  const { seed, runs, seconds } = options;
  const faults = options.faults ?? chaosFaults;
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  print(`seed ${seed}: ${seconds === null ? '' : 'at most '}${runs} runs in ${options.workers} processes`);
  const failed: number[] = [];
  const tally = await search({
    pool,
    seed,
    runs,
    faults,
    goesOn: () => !signal.aborted && (seconds === null || elapsed() < seconds),
    onReport: (index, report, soFar) => {
      if (report.broken.length > 0) {
        failed.push(report.seed);
        print(...failureLines(index, report, options));
      }
      showProgress(soFar, { runs, seconds: elapsed() });
    },
  });
  showProgress(undefined, { runs, seconds: elapsed() });
  print('', ...tally.lines(faults, elapsed()));
  return failed;
}

function failureLines(index: number, report: RunReport, options: ChaosOptions): string[] {
  return [
    `run ${index} broke a promise: ${replayCommand(report.seed, options.faults)}`,
    ...report.broken.map((sentence) => `  - ${sentence}`),
  ];
}

function replayCommand(seed: number, faults: readonly ChaosFault[] | null): string {
  const only = faults === null ? '' : ` --faults ${faults.length === 0 ? 'none' : faults.join(',')}`;
  return `npm run chaos -- --replay ${seed}${only}`;
}

async function shrunk(options: ChaosOptions, pool: WorkerPool, failed: readonly number[]): Promise<number> {
  const seeds = failed.slice(0, options.replay === null ? options.shrink : 1);
  const faults = options.faults ?? chaosFaults;
  let found = failed.length;
  await shrinkAll(pool, { seeds, faults }, (seed, smallest) => {
    if (options.replay !== null && !smallest) found = 0;
    print('', ...shrunkLines(seed, smallest, options));
  });
  return found > 0 ? 1 : 0;
}

function shrunkLines(
  seed: number,
  smallest: Shrunk | WorkerDied | undefined,
  options: ChaosOptions,
): string[] {
  if (!smallest) return [`the run of seed ${seed} keeps every promise`];
  if (smallest instanceof WorkerDied)
    return [`the run of seed ${seed} was not cut down: ${smallest.message}`];
  const { broken, code, isSmallest, plays } = smallest;
  return [
    `the smallest run that ${replayCommand(seed, options.faults)} leads to, after ${plays} plays${isSmallest ? '' : ' (given up: it may not be the smallest)'}:`,
    ...broken.map((sentence) => `  - ${sentence}`),
    'as a case of tests/properties/regressions.test.ts:',
    code,
  ];
}

function showProgress(
  tally: Tally | undefined,
  { runs, seconds }: { readonly runs: number; readonly seconds: number },
): void {
  if (!process.stdout.isTTY) return;
  process.stdout.write('\r\u001b[K');
  if (tally)
    process.stdout.write(
      `${tally.runs} of ${runs} runs, ${(tally.runs / seconds).toFixed(1)} a second, ${tally.brokenRuns} broken`,
    );
}

function print(...lines: readonly string[]): void {
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[K');
  process.stdout.write(`${lines.join('\n')}\n`);
}

process.exitCode = await main();
