import { readBatchTurn } from '../../../shared/lambda/batch-turns.ts';
import { readNewestBatch, readPlan } from '../../../shared/lambda/run-store.ts';
import { plannedRun, runId, settings, writeRun } from '../../functions/turns.ts';
import { nodes } from '../../local/aws/ssm/account-under-test.ts';
import { MemoryStore } from '../../support/handler-dependencies.ts';
import { writeBatch } from '../../support/written-run.ts';

const made = plannedRun(nodes(2).map((each) => each.nodeId));

async function batchAt(turn: number, store = new MemoryStore()) {
  const [batch] = made.batches;
  if (!batch) throw new Error('the plan has no batch');
  await writeBatch(store, { ...batch, turn });
  return store;
}

describe('a run in the bucket', () => {
  test('has no plan until one was written', async () => {
    const store = new MemoryStore();

    expect(await readPlan(store, runId)).toBeUndefined();
    await writeRun(store, made);

    expect(await readPlan(store, runId)).toEqual(made.plan);
  });

  test('keeps the state that a turn begins with beside the one that it writes', async () => {
    const store = await batchAt(5, await batchAt(4));

    expect((await readBatchTurn(store, { runId, batchId: 'w1-b1', turn: 4 })).state.turn).toBe(4);
    expect((await readBatchTurn(store, { runId, batchId: 'w1-b1', turn: 5 })).state.turn).toBe(5);
  });

  test.each([
    [4, 6],
    [6, 4],
  ])('at turn %i is out of step with turn %i', async (stored, expected) => {
    const store = await batchAt(stored);

    await expect(readBatchTurn(store, { runId, batchId: 'w1-b1', turn: expected })).rejects.toMatchObject({
      name: 'BatchOutOfStepError',
      message: `batch w1-b1 of run run-1 is at turn ${stored} where turn ${expected} was expected`,
    });
  });

  test('tells the newest state of a batch, whichever of the two places it is in', async () => {
    const even = await batchAt(6, await batchAt(5));
    const odd = await batchAt(7, await batchAt(6));

    expect((await readNewestBatch(even, settings, 'w1-b1')).turn).toBe(6);
    expect((await readNewestBatch(odd, settings, 'w1-b1')).turn).toBe(7);
  });

  test('has nothing to do with an older run of the same name, however far that came', async () => {
    const [batch] = made.batches;
    if (!batch) throw new Error('the plan has no batch');
    const older = { ...settings, snapshotId: '99999999-0b0a-5908-8706-050403020100' };
    const store = await batchAt(0);
    await writeBatch(store, { ...batch, settings: older, turn: 41, status: 'done' });

    expect(await readNewestBatch(store, settings, 'w1-b1')).toMatchObject({ turn: 0, settings });
    await expect(readNewestBatch(store, { ...settings, snapshotId: 'another' }, 'w1-b1')).rejects.toThrow(
      'was never written',
    );
  });

  test('tells that a batch was never written', async () => {
    await expect(readNewestBatch(new MemoryStore(), settings, 'w1-b1')).rejects.toMatchObject({
      name: 'BatchOutOfStepError',
      message: 'batch w1-b1 of run run-1 was never written',
    });
  });
});
