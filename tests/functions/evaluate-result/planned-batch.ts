import type { StepStatus } from '../../../shared/domain/step.ts';
import { noAnswers, type Turn } from '../../../shared/domain/turn.ts';
import { readNewestBatch } from '../../../shared/lambda/run-store.ts';
import { nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { handMadeDependencies, MemoryStore } from '../../support/handler-dependencies.ts';
import { plannedRun, runId, settings, writeRun } from '../turns.ts';

/** The ids of the first nodes of a run. */
export const ids = (count: number) => nodes(count).map((each) => each.nodeId);

/** The first input of the first batch. */
export const start = { kind: 'start', runId, batchId: 'w1-b1', turn: 0 } as const;

/** A planned run of so many nodes in a bucket in memory. */
export async function runOf(count: number, different: Parameters<typeof plannedRun>[1] = {}) {
  const store = new MemoryStore();
  await writeRun(store, plannedRun(ids(count), different));
  const dependencies = handMadeDependencies(startsAt, store);
  return { store, dependencies, newest: (batchId = 'w1-b1') => readNewestBatch(store, settings, batchId) };
}

/** The turn as it comes back when all of its sends were taken and every node answered alike. */
export function answered(turn: Turn, status: StepStatus): Turn {
  return {
    ...turn,
    sends: [],
    answers: {
      ...noAnswers,
      sent: turn.sends.map(({ sequence, nodeIds }) => ({
        sequence,
        commands: [{ commandId: `command-${sequence}`, sentAt: startsAt, expiresAt: null, nodeIds }],
        refused: [],
      })),
      invocations: turn.sends.flatMap(({ sequence, nodeIds }) =>
        nodeIds.map((nodeId) => ({ sequence, nodeId, status, endedAt: startsAt + 10_000 })),
      ),
    },
  };
}
