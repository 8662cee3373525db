import type { ChaosFault } from './chaos-faults.ts';
import type { Answer, Job } from './jobs.ts';
import type { RunReport, Shrunk } from './run-report.ts';
import { seedOfRun } from './seeds.ts';
import { Tally } from './summary.ts';
import { WorkerDied, type WorkerPool } from './worker-pool.ts';

export interface SearchOptions {
  readonly pool: WorkerPool;
  readonly seed: number;
  readonly runs: number;
  readonly faults: readonly ChaosFault[];
  /** Asked before each run: whether it is still to be begun. */
  readonly goesOn: () => boolean;
  readonly onReport: (index: number, report: RunReport, tally: Tally) => void;
}

/** Plays the runs of a search, and tells of each in its order. */
export async function search(options: SearchOptions): Promise<Tally> {
  const { pool, seed, runs, faults, goesOn, onReport } = options;
  const tally = new Tally();
  let dealt = 0;
  const next = (): Job | undefined => {
    if (dealt >= runs || !goesOn()) return undefined;
    dealt += 1;
    return { id: dealt, kind: 'play', seed: seedOfRun(seed, dealt - 1), faults };
  };
  await pool.work(next, (job, answer) => {
    const report = reportIn(job, answer);
    tally.add(report);
    onReport(job.id, report, tally);
  });
  return tally;
}

function reportIn({ seed }: Job, answer: Answer | WorkerDied): RunReport {
  if (!(answer instanceof WorkerDied) && answer.kind === 'play') return answer.report;
  const broken = [answer instanceof WorkerDied ? answer.message : 'the run was not answered for'];
  return { seed, broken, status: 'none', nodes: 0, outcomes: {}, struck: {}, simulatedHours: 0 };
}

/** Cuts down the plays of these seeds, each as small as it gets. */
export async function shrinkAll(
  pool: WorkerPool,
  { seeds, faults }: { readonly seeds: readonly number[]; readonly faults: readonly ChaosFault[] },
  onShrunk: (seed: number, shrunk: Shrunk | WorkerDied | undefined) => void,
): Promise<void> {
  const waiting = seeds.entries();
  const next = (): Job | undefined => {
    const { value, done } = waiting.next();
    return done ? undefined : { id: value[0], kind: 'shrink', seed: value[1], faults };
  };
  await pool.work(next, ({ seed }, answer) => {
    if (answer instanceof WorkerDied) onShrunk(seed, answer);
    else onShrunk(seed, answer.kind === 'shrink' ? answer.shrunk : undefined);
  });
}
