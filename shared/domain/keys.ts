import type { Place } from './run-lock.ts';

interface Run {
  readonly runId: string;
  readonly snapshotId: string;
}

type SlaFormat = 'json' | 'csv';

/** Where things of a run lie in the bucket. `infra/` grants each function its prefixes by these. */
export const keys = {
  plan: (runId: string) => `runs/${runId}/plan.json`,
  /** Which attempt plans the run, and whether that is done. */
  planning: (runId: string) => `runs/${runId}/planning.json`,
  /** Two places a batch, used in turn: a turn that is repeated finds what it began with. */
  batch: (runId: string, batchId: string, turn: number) =>
    `runs/${runId}/batches/${batchId}/${turn % 2 === 0 ? 'even' : 'odd'}.json`,
  /**
   * An object a batch with errors, in waves of several batches: its size is their number, so that one listing counts
   * those of a wave, without a lock. Under the SnapshotId, because what an older run of the same name has left must not
   * be counted.
   */
  errorsOf: (run: Run, waveIndex: number, batchId: string) => `${errorsOfWave(run, waveIndex)}${batchId}.txt`,
  errors: errorsOfWave,
  /** Where the run has taken nodes, and whether it has released them. */
  lockNote: (runId: string) => `runs/${runId}/locks.json`,
  /** Which run works on which nodes of an account and Region. */
  locks: ({ accountId, region }: Place) => `locks/${accountId}-${region}.json`,
  record: (runId: string) => `runs/${runId}/run.json`,
  /** The record without its nodes, and what people are told of those. */
  summary: (runId: string) => `runs/${runId}/summary.json`,
  /** There once people have been told how the run ended, or need not be. */
  told: (runId: string) => `runs/${runId}/told.json`,
  /** What SSM puts there itself: whole output, by command, node and step. */
  logs: (runId: string, step: string) => `logs/${runId}/${step}`,
  /** The newest report of the clock. */
  slaReport: (format: SlaFormat) => `sla/report.${format}`,
  /** The report of that hour, by UTC; `at` in epoch milliseconds. */
  slaReportOf: (at: number, format: SlaFormat) => {
    const [date = '', time = ''] = new Date(at).toISOString().split('T');
    return `sla/${date}/${time.slice(0, 2)}.${format}`;
  },
} as const;

function errorsOfWave({ runId, snapshotId }: Run, waveIndex: number): string {
  return `runs/${runId}/errors/${snapshotId}/w${waveIndex + 1}/`;
}
