import type { BatchState } from '../../../shared/domain/batch.ts';
import type { Decided } from '../../../shared/domain/turn.ts';
import {
  type BatchTurn,
  type Kept,
  keepDecision,
  readBatchTurn,
} from '../../../shared/lambda/batch-turns.ts';
import { plannedRun, runId } from '../../functions/turns.ts';
import { nodeId, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { handMadeDependencies, MemoryStore } from '../../support/handler-dependencies.ts';
import { writeBatch } from '../../support/written-run.ts';

const [planned] = plannedRun([nodeId(0)]).batches;
const at = (turn: number) => ({ runId, batchId: 'w1-b1', turn });

const decidedAfter = (seconds: number): Decided => ({
  decidedAt: startsAt + seconds * 1000,
  sends: [],
  cancels: [],
  urgent: [],
  hasMoreToStart: false,
  waitSeconds: seconds,
});

async function batchAtStart(different: Partial<BatchState> = {}) {
  if (!planned) throw new Error('the plan has no batch');
  const store = new MemoryStore();
  await writeBatch(store, { ...planned, ...different });
  return store;
}

const keep = (store: MemoryStore, ...[from, kept]: [BatchTurn, Kept]) =>
  keepDecision(from, kept, handMadeDependencies(startsAt, store));

/** Decides the turn once more, as an attempt does that has read its beginning. */
async function decide(store: MemoryStore, turn: number, seconds: number) {
  const from = await readBatchTurn(store, at(turn));
  return keep(store, from, {
    state: { ...from.state, turn: turn + 1 },
    decided: decidedAfter(seconds),
  });
}

describe('the decision of a turn', () => {
  test('is kept with its state, turn after turn, in two places', async () => {
    const store = await batchAtStart();

    for (const turn of [0, 1, 2, 3]) await decide(store, turn, turn);

    expect((await readBatchTurn(store, at(4))).state).toEqual({ ...planned, turn: 4 });
    expect([...store.objects.keys()]).toHaveLength(2);
  });

  test('is that of the first attempt, whatever a later one would have decided', async () => {
    const store = await batchAtStart();
    const late = await readBatchTurn(store, at(0));
    const first = await decide(store, 0, 10);
    const before = new Map(store.objects);

    const second = await keep(store, late, {
      state: { ...late.state, turn: 1, nextSequence: 99 },
      decided: decidedAfter(600),
    });

    expect(second).toEqual(first);
    expect(store.objects).toEqual(before);
  });

  test('is refused to an attempt that the batch has left behind, and nothing is written', async () => {
    const store = await batchAtStart();
    const late = await readBatchTurn(store, at(0));
    for (const turn of [0, 1, 2]) await decide(store, turn, turn);
    const before = new Map(store.objects);

    const act = keep(store, late, { state: { ...late.state, turn: 1 }, decided: decidedAfter(600) });

    await expect(act).rejects.toMatchObject({
      name: 'BatchOutOfStepError',
      message: 'batch w1-b1 of run run-1 is at turn 3 already',
    });
    expect(store.objects).toEqual(before);
  });

  test('takes the place of what an older run of the same name has left', async () => {
    const store = await batchAtStart();
    if (!planned) throw new Error('the plan has no batch');
    const older = { ...planned.settings, snapshotId: '99999999-0b0a-4908-8706-050403020100' };
    await writeBatch(store, { ...planned, settings: older, turn: 41 });

    await decide(store, 0, 10);

    expect((await readBatchTurn(store, at(1))).state.settings).toEqual(planned.settings);
  });

  test('is tried again when others write all the time, after pauses that grow', async () => {
    const store = await batchAtStart();
    const from = await readBatchTurn(store, at(0));
    store.putIf = () => Promise.resolve(false);
    const pauses: number[] = [];
    const sleep = async (milliseconds: number) => void pauses.push(milliseconds);

    const kept = { state: { ...from.state, turn: 1 }, decided: decidedAfter(1) };
    const act = keepDecision(from, kept, { ...handMadeDependencies(startsAt, store), sleep });

    await expect(act).rejects.toMatchObject({ name: 'ContendedError' });
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600]);
  });
});
