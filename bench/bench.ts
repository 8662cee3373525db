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
    const rows = await measure(options);
    write({ seed: options.seed, results: rows }, options);
    process.stdout.write(`\n${resultsTable(rows)}\n\n${promisesTable(rows)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    process.stderr.write(`${error.message}\n\nSee npm run bench -- --help\n`);
    return 2;
  }
}

async function measure({ seed, nodes, concurrency, designs }: BenchOptions): Promise<readonly ResultRow[]> {
  const trials = designs.map((design): Job => ({ kind: 'trials', design, seed }));
  const rows = nodes.flatMap((size) =>
    concurrency.flatMap((percent) =>
      designs.map((design): Job => ({ kind: 'row', design, seed, nodes: size, concurrency: percent })),
    ),
  );
  const jobs = [...trials, ...rows];
  let ended = 0;
  const results = await runJobs(jobs, (job, seconds) => {
    ended += 1;
    process.stderr.write(`${ended} of ${jobs.length}: ${titleOf(job)} (${seconds.toFixed(0)} s)\n`);
  });
  const kept = new Map(
    results.flatMap((result, index) => (result.kind === 'trials' ? [[designs[index], result.promises]] : [])),
  );
  return results.flatMap((result) => {
    if (result.kind !== 'row') return [];
    const ofTrials = kept.get(result.measured.design);
    return ofTrials ? [{ ...result.measured, promises: bothKeep(result.promises, ofTrials) }] : [];
  });
}

/** Charts show one concurrency: 10 % if it was measured, which is the policy's. */
function write(results: Results, { out, concurrency }: BenchOptions): void {
  const charts = join(dirname(out), 'charts');
  mkdirSync(charts, { recursive: true });
  writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
  const shown = concurrency.includes(10) ? 10 : (concurrency[0] ?? 10);
  for (const [name, svg] of drawCharts(results.results, shown)) writeFileSync(join(charts, name), svg);
}

process.exitCode = await main();
