/** `npm run bench`: ours and four alternatives on the same fleets, as a table, as results.json and as charts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OptionsError } from '../local/command-line.ts';
import type { Job } from './job.ts';
import { titleOf } from './job.ts';
import { type BenchOptions, help, parseBenchOptions } from './options.ts';
import { runJobs } from './pool.ts';
import { bothKeep } from './promises/promises.ts';
import { drawCharts } from './report/charts.ts';
import { promisesTable, resultsTable } from './report/table.ts';
import type { ResultRow, Results } from './results.ts';

async function main(): Promise<number> {
  try {
    const options = parseBenchOptions(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(help);
      return 0;
    }
    const charts = chartsBeside(options.out);
    const { rows, failures } = await measure(options);
    process.stdout.write(`\n${resultsTable(rows)}\n\n${promisesTable(rows)}\n`);
    write({ seed: options.seed, results: rows }, { ...options, charts });
    for (const { message } of failures) process.stderr.write(`FAILED: ${message}\n`);
    return failures.length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    process.stderr.write(`${error.message}\n\nSee npm run bench -- --help\n`);
    return 2;
  }
}

/** Made before anything is measured: whoever named a place that cannot be written to has not waited for nothing. */
function chartsBeside(out: string): string {
  const charts = join(dirname(out), 'charts');
  try {
    mkdirSync(charts, { recursive: true });
    return charts;
  } catch (error) {
    throw new OptionsError(`--out: '${out}' is refused: ${error instanceof Error ? error.message : error}`);
  }
}

interface Measurement {
  readonly rows: readonly ResultRow[];
  readonly failures: readonly Error[];
}

async function measure({ seed, nodes, concurrency, designs }: BenchOptions): Promise<Measurement> {
  const trials = designs.map((design): Job => ({ kind: 'trials', design, seed }));
  const rowJobs = nodes.flatMap((size) =>
    concurrency.flatMap((percent) =>
      designs.map((design): Job => ({ kind: 'row', design, seed, nodes: size, concurrency: percent })),
    ),
  );
  const jobs = [...trials, ...rowJobs];
  let ended = 0;
  const failures: Error[] = [];
  const results = await runJobs(jobs, {
    end: (job, seconds) => {
      ended += 1;
      process.stderr.write(`${ended} of ${jobs.length}: ${titleOf(job)} (${seconds.toFixed(0)} s)\n`);
    },
    failure: (error) => failures.push(error),
  });
  const kept = new Map(
    results.flatMap((result) =>
      result.kind === 'trials' ? [[result.design, result.promises] as const] : [],
    ),
  );
  const rows = results.flatMap((result) => {
    if (result.kind !== 'row') return [];
    const ofTrials = kept.get(result.measured.design);
    return ofTrials ? [{ ...result.measured, promises: bothKeep(result.promises, ofTrials) }] : [];
  });
  return { rows, failures };
}

/** Charts show one concurrency: 10 % if it was measured, which is the policy's. */
function write(
  results: Results,
  { out, concurrency, charts }: BenchOptions & { readonly charts: string },
): void {
  writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
  const shown = concurrency.includes(10) ? 10 : (concurrency[0] ?? 10);
  for (const [name, svg] of drawCharts(results.results, shown)) writeFileSync(join(charts, name), svg);
}

process.exitCode = await main();
