import { type DesignName, play } from './designs/designs.ts';
import { setUp } from './designs/setup.ts';
import { type Promises, type RowPromises, rowPromisesOf, trialPromisesOf } from './promises/promises.ts';
import { type Measured, measured } from './results.ts';
import { trialSetups } from './trials.ts';

/** A row's own run, or all trials of a design: what one process does. */
export type Job =
  | {
      readonly kind: 'row';
      readonly design: DesignName;
      readonly seed: number;
      readonly nodes: number;
      readonly concurrency: number;
    }
  | { readonly kind: 'trials'; readonly design: DesignName; readonly seed: number };

export type JobResult =
  | { readonly kind: 'row'; readonly measured: Measured; readonly promises: RowPromises }
  | { readonly kind: 'trials'; readonly design: DesignName; readonly promises: Promises };

/** Nobody is halted in a row: every design does the same work. */
const unlimitedErrorsPercent = 100;

export async function runJob(job: Job): Promise<JobResult> {
  const { design, seed } = job;
  if (job.kind === 'row') {
    const setup = setUp({
      seed,
      nodes: job.nodes,
      concurrencyPercent: job.concurrency,
      maxErrorsPercent: unlimitedErrorsPercent,
    });
    const run = await play(design, setup);
    return { kind: 'row', measured: measured(design, setup, run), promises: rowPromisesOf(run.evidence) };
  }
  const setups = trialSetups(seed);
  const evidence = async (name: keyof typeof setups) => (await play(design, setups[name])).evidence;
  return {
    kind: 'trials',
    design,
    promises: trialPromisesOf({
      lostReplies: await evidence('lostReplies'),
      throttling: await evidence('throttling'),
      goneNodes: await evidence('goneNodes'),
      silentNodes: await evidence('silentNodes'),
      stubbornPatches: await evidence('stubbornPatches'),
      failingHooks: await evidence('failingHooks'),
      errorBudget: await evidence('errorBudget'),
      deadline: await evidence('deadline'),
    }),
  };
}

/** For people: what a job is. */
export function titleOf(job: Job): string {
  if (job.kind === 'trials') return `${job.design}, trials`;
  return `${job.design}, ${job.nodes.toLocaleString('en')} nodes, ${job.concurrency} %`;
}
