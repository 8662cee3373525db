import { keys } from '../../../shared/domain/keys.ts';
import { readNewestBatch, readPlan } from '../../../shared/lambda/run-store.ts';
import { writeRun } from '../../../shared/lambda/write-run.ts';
import { plannedRun, runId, settings } from '../../functions/turns.ts';
import { nodeId } from '../../local/aws/ssm/account-under-test.ts';
import { MemoryStore } from '../../support/handler-dependencies.ts';

const first = plannedRun([nodeId(0), nodeId(1)]);
const second = plannedRun([nodeId(1), nodeId(2)]);

function attempts() {
  const store = new MemoryStore();
  let drawn = 0;
  const random = () => {
    drawn += 0.1;
    return drawn;
  };
  return { store, dependencies: { store, random, sleep: () => Promise.resolve() } };
}

const nodesOf = async (store: MemoryStore) =>
  (await readNewestBatch(store, settings, 'w1-b1')).nodes.map((node) => node.nodeId).toSorted();

describe('the plan of a run', () => {
  test('lies in the bucket with its batches', async () => {
    const { store, dependencies } = attempts();

    expect(await writeRun(first, dependencies)).toEqual(first.plan);

    expect(await readPlan(store, runId)).toEqual(first.plan);
    expect(await nodesOf(store)).toEqual([nodeId(0), nodeId(1)]);
  });

  test('is the first that was whole: a later attempt answers with it and writes nothing', async () => {
    const { store, dependencies } = attempts();
    await writeRun(first, dependencies);
    const before = new Map(store.objects);

    const plan = await writeRun(second, dependencies);

    expect(plan).toEqual(first.plan);
    expect(store.objects).toEqual(before);
  });

  test.each([
    ['its batch', 'even.json'],
    ['its plan', 'plan.json'],
  ])('is not that of an attempt that another took over from while it wrote %s', async (_what, object) => {
    const { store, dependencies } = attempts();
    const putIf = store.putIf.bind(store);
    let isOvertaken = false;
    store.putIf = async (key, value, etag) => {
      if (key.endsWith(object) && !isOvertaken) {
        isOvertaken = true;
        await writeRun(second, dependencies);
      }
      return putIf(key, value, etag);
    };

    await expect(writeRun(first, dependencies)).rejects.toMatchObject({ name: 'ContendedError' });

    expect(await readPlan(store, runId)).toEqual(second.plan);
    expect(await nodesOf(store)).toEqual([nodeId(1), nodeId(2)]);
  });

  test('is made anew where an older run of the same name has left one', async () => {
    const { store, dependencies } = attempts();
    const snapshotId = '99999999-0b0a-4908-8706-050403020100';
    await store.put(keys.planning(runId), { snapshotId, attempt: 'old', isPlanned: true });
    await store.put(keys.plan(runId), { ...second.plan, settings: { ...settings, snapshotId } });

    expect(await writeRun(first, dependencies)).toEqual(first.plan);

    expect(await readPlan(store, runId)).toEqual(first.plan);
  });
});
