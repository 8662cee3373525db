import { evaluateBatch } from '../../../functions/evaluate-result/evaluate-batch.ts';
import { run } from '../../../functions/evaluate-result/handler.ts';
import { noAnswers, type Turn } from '../../../shared/domain/turn.ts';
import { startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { handMadeDependencies, type MemoryStore } from '../../support/handler-dependencies.ts';
import { writeBatch } from '../../support/written-run.ts';
import { plannedRun, runId } from '../turns.ts';
import { answered, ids, runOf, start } from './planned-batch.ts';

const statesOf = (store: MemoryStore) => new Map(store.objects);

describe('a batch at its start', () => {
  test('[F30] needs no more than where it lies: run, batch and turn', async () => {
    const { dependencies, newest } = await runOf(3);

    const turn = await evaluateBatch(start, dependencies);

    expect(turn).toMatchObject({ kind: 'turn', turn: 1, next: 'send', runId, batchId: 'w1-b1' });
    expect(turn.sends.map((send) => [send.step, send.nodeIds.toSorted()])).toEqual([['preHook', ids(3)]]);
    expect(await newest()).toMatchObject({ turn: 1, status: 'running' });
  });

  test('writes what is decided before it is returned', async () => {
    const { dependencies } = await runOf(1);
    const failing = { ...dependencies.store, get: dependencies.store.get.bind(dependencies.store) };
    const store = {
      ...failing,
      sizes: dependencies.store.sizes.bind(dependencies.store),
      getTagged: dependencies.store.getTagged.bind(dependencies.store),
      putIf: async () => {
        throw new Error('S3 is away');
      },
    };

    await expect(evaluateBatch(start, { ...dependencies, store })).rejects.toThrow('S3 is away');
  });

  test('is refused when it was never written', async () => {
    const dependencies = handMadeDependencies(startsAt);

    await expect(run(start, dependencies)).rejects.toMatchObject({
      name: 'BatchOutOfStepError',
      message: 'batch w1-b1 of run run-1 is at turn none where turn 0 was expected',
    });
  });

  test('is refused when what lies there is not what this version writes', async () => {
    const { store, dependencies } = await runOf(1);
    await store.put('runs/run-1/batches/w1-b1/even.json', { turn: 0, batchId: 7 });

    await expect(run(start, dependencies)).rejects.toMatchObject({
      name: 'InvalidPayloadError',
      message: expect.stringMatching(
        /^s3:\/\/fleet-patcher-local\/runs\/run-1\/batches\/w1-b1\/even\.json is not what this version writes: batchId: 7 is refused/,
      ),
    });
  });
});

describe('a batch after a poll', () => {
  test('takes each node to its next step', async () => {
    const { dependencies } = await runOf(2);
    const first = await evaluateBatch(start, dependencies);

    const second = await evaluateBatch(answered(first, 'Success'), dependencies);

    expect(second.sends.map((send) => send.step)).toEqual(['patch']);
    expect(second).toMatchObject({ turn: 2, quietPolls: 0, answers: noAnswers });
  });

  test('ends with its last node', async () => {
    const { dependencies, newest } = await runOf(2);
    const first = await evaluateBatch(start, dependencies);

    const last = await evaluateBatch(answered(first, 'Failed'), dependencies);

    expect(last).toMatchObject({ next: 'done', sends: [], progress: { ended: { PreHookFailed: 2 } } });
    expect(await newest()).toMatchObject({ status: 'done', turn: 2 });
  });

  test('a turn that is repeated reads the same state, decides the same and overwrites the next', async () => {
    const { store, dependencies } = await runOf(5);
    const first = await evaluateBatch(start, dependencies);
    const input = answered(first, 'Success');
    const once = await run(input, dependencies);
    const after = statesOf(store);

    const twice = await run(input, dependencies);

    expect(twice).toEqual(once);
    expect(statesOf(store)).toEqual(after);
  });

  test('answers a later attempt with what the first has decided, at whatever time that comes', async () => {
    const { store, dependencies } = await runOf(2);
    const once = await evaluateBatch(start, dependencies);
    const after = statesOf(store);

    const late = await evaluateBatch(start, { ...dependencies, now: () => dependencies.now() + 3_600_000 });

    expect(late).toEqual({ ...once, pingedAt: late.pingedAt });
    expect(statesOf(store)).toEqual(after);
  });

  test('is refused when its state has gone on without it: two writers would be worse', async () => {
    const { dependencies } = await runOf(2);
    const first = await evaluateBatch(start, dependencies);
    const second = await evaluateBatch(answered(first, 'Success'), dependencies);
    await evaluateBatch(answered(second, 'Success'), dependencies);

    const act = run(answered(first, 'Success'), dependencies);

    await expect(act).rejects.toMatchObject({
      name: 'BatchOutOfStepError',
      message: 'batch w1-b1 of run run-1 is at turn 3 where turn 1 was expected',
    });
  });

  test('[F13] goes by the status alone, whatever a detail says', async () => {
    const { dependencies, newest } = await runOf(1);
    const first = await evaluateBatch(start, dependencies);
    const input = answered(first, 'Failed');
    const lying = input.answers.invocations.map((each) => ({
      ...each,
      detail: 'Success: all patches installed',
    }));

    await evaluateBatch({ ...input, answers: { ...input.answers, invocations: lying } }, dependencies);

    expect((await newest()).nodes[0]?.outcome).toBe('PreHookFailed');
  });

  test('[F17] gives no node a second command while its first is open', async () => {
    const { dependencies } = await runOf(4);
    const first = await evaluateBatch(start, dependencies);
    const heard = answered(first, 'Success');
    const some = heard.answers.invocations.slice(0, 2);

    const second = await evaluateBatch(
      { ...heard, answers: { ...heard.answers, invocations: some } },
      dependencies,
    );

    expect(second.sends.flatMap((send) => send.nodeIds).toSorted()).toEqual(
      some.map((answer) => answer.nodeId).toSorted(),
    );
  });

  test('sends an alert at once for a post-hook that failed', async () => {
    const { dependencies } = await runOf(1);
    const first = await evaluateBatch(start, dependencies);
    const second = await evaluateBatch(answered(first, 'Success'), dependencies);
    const third = await evaluateBatch(answered(second, 'Success'), dependencies);

    const last = await evaluateBatch(answered(third, 'Failed'), dependencies);

    expect(third.sends.map((send) => send.step)).toEqual(['postHook']);
    expect(last.urgent).toMatchObject([{ nodeId: ids(1)[0], what: 'PostHookFailed' }]);
  });
});

describe('a batch that hands over', () => {
  test('ends its execution, and is taken up by the next with what is open', async () => {
    const { dependencies, newest } = await runOf(2);
    const first = await evaluateBatch(start, dependencies);
    const open = [{ ...openOf(first), awaiting: ids(2) }];

    const last = await evaluateBatch(
      { ...answered(first, 'Success'), answers: noAnswers, open, events: 4000 },
      dependencies,
    );
    const handedOver = await newest();
    const again = await evaluateBatch({ ...start, turn: last.turn }, dependencies);

    expect(last.next).toBe('done');
    expect(handedOver).toMatchObject({ status: 'handedOver', turn: 2, open });
    expect(again).toMatchObject({ turn: 3, next: 'wait', sends: [], open });
  });

  function openOf(turn: Turn) {
    return {
      sequence: turn.sends[0]?.sequence ?? 0,
      commandId: 'command-1',
      sentAt: startsAt,
      earliestAt: startsAt + 5_000,
      expiresAt: startsAt + 900_000,
      readsPatchState: null,
      heldSince: {},
      accepted: 2,
    };
  }

  test('is written down before anybody can take it up', async () => {
    const { store, dependencies } = await runOf(1);
    const [batch] = plannedRun(ids(1)).batches;
    if (batch) await writeBatch(store, { ...batch, turn: 5, status: 'handedOver' });

    const turn = await evaluateBatch({ ...start, turn: 5 }, dependencies);

    expect(turn).toMatchObject({ turn: 6, next: 'send' });
  });
});
