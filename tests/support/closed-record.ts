import type { RunRecord } from '../../shared/domain/account.ts';
import type { BatchState } from '../../shared/domain/batch.ts';
import { accountsOfBatch, accountsOfLeftOut, type Ending } from '../../shared/domain/close-batch.ts';
import { NodeTally } from '../../shared/domain/node-tally.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { closedSummary, recordHead } from '../../shared/domain/run-summary.ts';
import type { Usage } from '../../shared/domain/usage.ts';

/** The whole record of a run, as the functions write it piece by piece. */
export function closedRecord(run: {
  readonly plan: Plan;
  readonly batches: readonly BatchState[];
  readonly ending: Ending;
  readonly usage: Usage;
  readonly now: number;
}): RunRecord {
  const begun = run.batches.filter((batch) => batch.turn > 0).map((batch) => batch.waveIndex);
  const end = { reached: Math.max(run.ending.waveIndex ?? -1, ...begun), ending: run.ending };
  const nodes = [
    ...run.batches.flatMap((batch) => accountsOfBatch(batch, end)),
    ...accountsOfLeftOut(run.plan),
  ];
  const tally = new NodeTally();
  for (const node of nodes) tally.add(node);
  return { ...recordHead(closedSummary({ ...run, end, tally })), nodes };
}
