import type { Outcome } from '../shared/domain/outcome.ts';
import { isChaosFault } from './chaos-faults.ts';
import { type Played, startsAt } from './play.ts';
import { brokenPromises } from './promises/promises.ts';
import type { RunReport } from './run-report.ts';

/** What is told of a run that was played. */
export function reportOf(seed: number, played: Played): RunReport {
  const { record } = played;
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of record?.nodes ?? []) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const struck = Object.entries(played.strikes).filter(([fault]) => isChaosFault(fault));
  return {
    seed,
    broken: brokenPromises(played),
    status: record?.status ?? 'none',
    nodes: played.nodes.length,
    outcomes,
    struck: Object.fromEntries(struck),
    simulatedHours: Math.max(0, played.endedAt - startsAt) / 3_600_000,
  };
}
