import { evaluateBatch } from '../../../functions/evaluate-result/evaluate-batch.ts';
import type { Store } from '../../../shared/aws/store.ts';
import type { BatchState } from '../../../shared/domain/batch.ts';
import { errorList, errorsIn } from '../../../shared/domain/error-list.ts';
import { keys } from '../../../shared/domain/keys.ts';
import { runId } from '../turns.ts';
import { answered, ids, runOf, start } from './planned-batch.ts';

/** How many errors each of the batches has recorded. */
async function recordedErrors(store: Store): Promise<number[]> {
  return [...(await store.sizes('runs/run-1/errors/')).values()].map(errorsIn);
}

describe('the error budget of a wave with several batches', () => {
  const scopes = [
    { accountId: '111122223333', region: 'us-east-1' },
    { accountId: '444455556666', region: 'us-east-1' },
  ];
  const other = { ...start, batchId: 'w1-b2' } as const;

  test('[F08] counts the errors of the other batches', async () => {
    const { dependencies, newest } = await runOf(8, {
      scopes,
      rollout: { maxErrors: '3', maxConcurrency: '4' },
    });
    const first = await evaluateBatch(start, dependencies);
    await evaluateBatch(answered(first, 'Undelivered'), dependencies);
    const second = await evaluateBatch(other, dependencies);

    await evaluateBatch(answered(second, 'Undelivered'), dependencies);

    const batches = [await newest('w1-b1'), await newest('w1-b2')];
    const outcomes = batches.map((batch: BatchState) => batch.nodes.map((node) => node.outcome).toSorted());
    expect(batches[0]?.halt).toBeNull();
    expect(batches[1]?.halt).toBe('error budget spent: 4 errors in wave 1, 3 allowed');
    expect(outcomes[1]).toEqual(['NotReached', 'NotReached', 'Unreachable', 'Unreachable']);
  });

  test('counts an error once, however often its turn is repeated', async () => {
    const { store, dependencies } = await runOf(4, { scopes });
    const first = answered(await evaluateBatch(start, dependencies), 'Failed');

    await evaluateBatch(first, dependencies);
    await evaluateBatch(first, dependencies);

    expect(await recordedErrors(store)).toEqual([2]);
  });

  test('writes no object for the error of a batch that is alone in its wave', async () => {
    const { store, dependencies } = await runOf(4);

    await evaluateBatch(answered(await evaluateBatch(start, dependencies), 'Failed'), dependencies);

    expect(await recordedErrors(store)).toEqual([]);
  });

  test('counts the errors of a turn that died before it recorded them once, when it is repeated', async () => {
    const { store, dependencies, newest } = await runOf(8, {
      scopes,
      rollout: { maxErrors: '3', maxConcurrency: '4' },
    });
    const first = answered(await evaluateBatch(start, dependencies), 'Failed');
    const dying = {
      bucket: store.bucket,
      get: store.get.bind(store),
      sizes: store.sizes.bind(store),
      put: store.put.bind(store),
      getTagged: store.getTagged.bind(store),
      putIf: store.putIf.bind(store),
      putText: () => Promise.reject(new Error('S3 is away')),
    };
    await expect(evaluateBatch(first, { ...dependencies, store: dying })).rejects.toThrow('S3 is away');

    await evaluateBatch(first, dependencies);

    const batch = await newest();
    expect(batch.nodes.filter((node) => node.outcome === 'PreHookFailed')).toHaveLength(2);
    expect(batch.halt).toBeNull();
    const recorded = await store.sizes(keys.errors(batch.settings, 0));
    expect([...recorded.values()].map(errorsIn)).toEqual([2]);
  });

  test('counts nothing that an older run of the same name has left', async () => {
    const { store, dependencies, newest } = await runOf(8, {
      scopes,
      rollout: { maxErrors: '3', maxConcurrency: '4' },
    });
    const older = { runId, snapshotId: '99999999-0b0a-5908-8706-050403020100' };
    await store.putText(keys.errorsOf(older, 0, 'w1-b2'), errorList(ids(8)));

    await evaluateBatch(answered(await evaluateBatch(start, dependencies), 'Failed'), dependencies);

    expect((await newest()).halt).toBeNull();
  });

  test('asks for no errors of others once there is nobody left to start', async () => {
    const { store, dependencies } = await runOf(4, { scopes });
    const first = await evaluateBatch(start, dependencies);
    const listed: string[] = [];
    store.sizes = async (prefix) => {
      listed.push(prefix);
      return new Map();
    };

    await evaluateBatch(answered(first, 'Success'), dependencies);

    expect(listed).toEqual([]);
  });

  test('asks again when a command was too late, and its nodes are left to start once more', async () => {
    const { store, dependencies } = await runOf(4, { scopes });
    const first = await evaluateBatch(start, dependencies);
    const sent = first.sends.map(({ sequence, nodeIds }) => ({
      sequence,
      commands: [],
      refused: [],
      late: [...nodeIds],
    }));
    const listed: string[] = [];
    store.sizes = async (prefix) => {
      listed.push(prefix);
      return new Map();
    };

    await evaluateBatch({ ...first, answers: { ...first.answers, sent } }, dependencies);

    expect(listed).toHaveLength(1);
  });
});
