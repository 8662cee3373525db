import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Job, type JobResult, titleOf } from './job.ts';

/** What a worker sends back. */
type Answer = { readonly result: JobResult } | { readonly failure: string };

const worker = join(import.meta.dirname, 'worker.ts');

/** A fleet of 10,000 nodes and its journal; the young generation is large, because most of what is made dies at once. */
const execArgv = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=64',
  '--max-old-space-size=4096',
];

/**
 * Runs the jobs in processes of their own, as many at once as there are cores. What ended stands in the order of the jobs;
 * a job whose process fails or dies is told to `on.failure`, and costs the others nothing.
 */
export async function runJobs(
  jobs: readonly Job[],
  on: {
    readonly end: (job: Job, seconds: number) => void;
    readonly failure: (error: Error) => void;
  },
): Promise<readonly JobResult[]> {
  const results = new Map<Job, JobResult>();
  // The longest first: what starts last must not be what takes longest.
  const waiting = jobs.toSorted((a, b) => effortOf(b) - effortOf(a));
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const startedAt = performance.now();
      const result = await runInProcess(job);
      if (result instanceof Error) on.failure(result);
      else results.set(job, result);
      on.end(job, (performance.now() - startedAt) / 1000);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return jobs.flatMap((job) => results.get(job) ?? []);
}

function effortOf(job: Job): number {
  const factor = job.design === 'fleet-patcher' ? 5 : job.design === 'per-server' ? 2 : 1;
  return factor * (job.kind === 'trials' ? 1000 : job.nodes);
}

function runInProcess(job: Job): Promise<JobResult | Error> {
  return new Promise((resolve) => {
    const child = fork(worker, { execArgv });
    const fail = (why: string): void => resolve(new Error(`${titleOf(job)}: ${why}`));
    child.once('message', (answer: Answer) => {
      if ('result' in answer) resolve(answer.result);
      else fail(answer.failure);
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`the process ended with ${signal ?? code} before it answered`));
    child.send(job);
  });
}
