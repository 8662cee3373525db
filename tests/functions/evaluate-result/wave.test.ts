import { run } from '../../../functions/evaluate-result/handler.ts';
import type { BatchState } from '../../../shared/domain/batch.ts';
import { type RunTurn, waveToRun } from '../../../shared/domain/run-turn.ts';
import { noUsage } from '../../../shared/domain/usage.ts';
import { nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { handMadeDependencies, MemoryStore } from '../../support/handler-dependencies.ts';
import { writeBatch } from '../../support/written-run.ts';
import { plannedRun, runId, writeRun } from '../turns.ts';

const ids = (count: number) => nodes(count).map((each) => each.nodeId);

/** A run whose first wave's Map run has ended, each of its batches as `end` leaves it. */
async function afterFirstWave(
  different: Parameters<typeof plannedRun>[1],
  end: (batch: BatchState) => Partial<BatchState>,
) {
  const store = new MemoryStore();
  const made = plannedRun(ids(10), {
    rollout: { waves: ['20%', '100%'], ...different?.rollout },
    ...different,
  });
  await writeRun(store, made);
  for (const batch of made.batches.filter((each) => each.waveIndex === 0)) {
    await writeBatch(store, { ...batch, turn: 3, ...end(batch) });
  }
  const turn: RunTurn = {
    kind: 'wave',
    runId,
    next: 'patch',
    reason: null,
    isHalted: false,
    bakeSeconds: made.plan.bakeSeconds,
    wave: waveToRun(made.plan, 0),
    usage: noUsage,
  };
  return { store, turn, dependencies: handMadeDependencies(startsAt, store), plan: made.plan };
}

const allWith = (outcome: 'Patched' | 'PreHookFailed') => (batch: BatchState) => ({
  status: 'done' as const,
  nodes: batch.nodes.map((node) => ({ ...node, outcome, reason: '' })),
});

describe('after a wave', () => {
  test('the next one follows at once where nothing is to be baked', async () => {
    const { turn, dependencies, plan } = await afterFirstWave({}, allWith('Patched'));

    const after = await run(turn, dependencies);

    expect(after).toMatchObject({ kind: 'wave', next: 'patch', reason: null, wave: waveToRun(plan, 1) });
  });

  test('the next one follows after its bake time', async () => {
    const rollout = { waves: ['20%', '100%'], bakeMinutes: 15 };
    const { turn, dependencies } = await afterFirstWave({ rollout }, allWith('Patched'));

    const after = await run(turn, dependencies);

    expect(after).toMatchObject({ next: 'bake', bakeSeconds: 900, wave: { waveIndex: 1 } });
  });

  test('the run finishes when it was the last', async () => {
    const { turn, dependencies } = await afterFirstWave({ rollout: { waves: ['100%'] } }, allWith('Patched'));

    expect(await run(turn, dependencies)).toMatchObject({ next: 'finish', reason: 'all waves are done' });
  });

  test('the run finishes when it has spent its error budget', async () => {
    const rollout = { waves: ['20%', '100%'], maxErrors: '0' };
    const { turn, dependencies } = await afterFirstWave({ rollout }, allWith('PreHookFailed'));

    expect(await run(turn, dependencies)).toMatchObject({
      next: 'finish',
      reason: 'error budget spent: 2 errors in wave 1, 0 allowed',
    });
  });

  test('the run finishes when the next wave would start after the window', async () => {
    const rollout = { waves: ['20%', '100%'], bakeMinutes: 15 };
    const settings = { deadline: startsAt + 14 * 60_000 };
    const { turn, dependencies } = await afterFirstWave({ rollout, settings }, allWith('Patched'));

    expect(await run(turn, dependencies)).toMatchObject({
      next: 'finish',
      reason: 'window closing: the next wave would start too late',
    });
  });

  test('[F30] a batch that died is seen in what it left in S3, not in what the Map run returned', async () => {
    const { turn, dependencies } = await afterFirstWave({}, () => ({ status: 'running' }));

    expect(await run(turn, dependencies)).toMatchObject({ next: 'finish', reason: 'batches died: w1-b1' });
  });

  test('a batch that handed over is given to another Map run, from its own turn', async () => {
    const { turn, dependencies } = await afterFirstWave({}, () => ({ status: 'handedOver' }));

    const after = await run(turn, dependencies);

    expect(after).toMatchObject({
      next: 'patch',
      wave: { waveIndex: 0, batches: [{ batchId: 'w1-b1', turn: 3 }] },
    });
  });

  test('a batch that handed over and came no further has died', async () => {
    const { turn, dependencies } = await afterFirstWave({}, () => ({ status: 'handedOver' }));
    const given = { ...turn, wave: { ...turn.wave, batches: [{ batchId: 'w1-b1', turn: 3 }] } };

    expect(await run(given, dependencies)).toMatchObject({ next: 'finish', reason: 'batches died: w1-b1' });
  });

  test('a second run of the same input decides the same and writes nothing', async () => {
    const { turn, dependencies, store } = await afterFirstWave({}, allWith('Patched'));
    const before = new Map(store.objects);

    const once = await run(turn, dependencies);

    expect(await run(turn, dependencies)).toEqual(once);
    expect(store.objects).toEqual(before);
  });

  test('a run without a plan is refused, and it is said which', async () => {
    const { turn } = await afterFirstWave({}, allWith('Patched'));

    await expect(run(turn, handMadeDependencies(startsAt))).rejects.toMatchObject({
      name: 'InvalidPayloadError',
      message: 'run run-1 has no plan in s3://fleet-patcher-local',
    });
  });
});
