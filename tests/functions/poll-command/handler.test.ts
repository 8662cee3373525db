import { run } from '../../../functions/poll-command/handler.ts';
import { run as send } from '../../../functions/send-command/handler.ts';
import { node, nodeId, nodes, rows } from '../../local/aws/ssm/account-under-test.ts';
import {
  closeAccounts,
  type EmbeddedAccount,
  oneRowAPage,
  startAccount,
} from '../../support/embedded-account.ts';
import { preHookOf, turn } from '../turns.ts';

afterEach(closeAccounts);

const ids = (count: number) => nodes(count).map((each) => each.nodeId);

/** A batch whose pre-hooks have just been sent, fifty nodes a command. */
async function preHooksSent(account: EmbeddedAccount, count: number) {
  const sends = Array.from({ length: Math.ceil(count / 50) }, (_, index) =>
    preHookOf(ids(count).slice(index * 50, index * 50 + 50), {
      sequence: index + 1,
      comment: `run-1 w1-b1 preHook ${index + 1}`,
    }),
  );
  const sent = await send(turn({ sends }), account.dependencies);
  account.calls.splice(0);
  return sent;
}

describe('the state PollCommand', () => {
  test('calls nothing when nothing is open, and hands over to EvaluateResult', async () => {
    const account = await startAccount({ nodes: [] });

    const after = await run(turn(), account.dependencies);

    expect(account.calls).toEqual([]);
    expect(after.next).toBe('evaluate');
  });

  test('[F05] takes an empty listing for "not yet"', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    const sent = await preHooksSent(account, 2);

    const after = await run(sent, account.dependencies);

    expect(after).toMatchObject({
      next: 'wait',
      quietPolls: 1,
      answers: { invocations: [] },
      open: sent.open,
    });
  });

  test('[F05] takes an empty list of invocations for "not yet" also when the command has left the executing ones', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const sent = await preHooksSent(account, 1);
    account.override('ListCommands', () => ({ Commands: [] }));
    account.override('ListCommandInvocations', () => ({ CommandInvocations: [] }));
    await account.wait(30);

    const after = await run(sent, account.dependencies);

    expect(after).toMatchObject({ next: 'wait', answers: { invocations: [] }, open: sent.open });
  });

  test('reads the invocations of what moved, and of nothing else', async () => {
    const slow = { preHook: { kind: 'succeeds', seconds: 300 } } as const;
    const account = await startAccount({
      nodes: [
        ...nodes(50),
        ...nodes(100)
          .slice(50)
          .map((_, index) => node(50 + index, { fates: slow })),
      ],
    });
    const sent = await preHooksSent(account, 100);
    await account.wait(60);

    const after = await run(sent, account.dependencies);

    expect(account.inputsOf('ListCommandInvocations').map((input) => input['CommandId'])).toEqual([
      sent.open[0]?.commandId,
    ]);
    expect(account.inputsOf('ListCommands')).toHaveLength(1);
    expect(after.next).toBe('evaluate');
    expect(after.answers.invocations).toHaveLength(50);
    expect(after.open).toEqual([sent.open[1]]);
  });

  test('reads the answers to several young commands by one listing of all', async () => {
    const account = await startAccount({ nodes: nodes(6) });
    const sends = ids(6).map((nodeId, index) =>
      preHookOf([nodeId], { sequence: index + 1, comment: `run-1 w1-b1 preHook ${index + 1}` }),
    );
    const sent = await send(turn({ sends }), account.dependencies);
    await account.wait(60);

    const after = await run(sent, account.dependencies);

    expect(account.inputsOf('ListCommandInvocations')).toMatchObject([
      { Filters: [{ key: 'InvokedAfter' }], Details: true, MaxResults: 50 },
    ]);
    expect(after.answers.invocations.map(({ sequence, nodeId }) => [sequence, nodeId])).toEqual(
      ids(6).map((nodeId, index) => [index + 1, nodeId]),
    );
    expect(after.open).toEqual([]);
  });

  test('reads one by one what the listing of all did not come to', async () => {
    const account = await startAccount({ nodes: nodes(6) });
    const sends = ids(6).map((nodeId, index) =>
      preHookOf([nodeId], { sequence: index + 1, comment: `run-1 w1-b1 preHook ${index + 1}` }),
    );
    const sent = await send(turn({ sends }), account.dependencies);
    await account.wait(60);
    account.override('ListCommandInvocations', (input, real) =>
      input['CommandId'] === undefined ? oneRowAPage('CommandInvocations', input, real) : real(),
    );

    const after = await run(sent, account.dependencies);

    // Five pages are the most that is worth it, one of them is empty.
    expect(account.inputsOf('ListCommandInvocations').filter((input) => input['CommandId'])).toHaveLength(2);
    expect(after.answers.invocations).toHaveLength(6);
  });

  test('hears of each node once: what has answered is awaited no more', async () => {
    const slow = { preHook: { kind: 'succeeds', seconds: 100 } } as const;
    const account = await startAccount({ nodes: [node(0), node(1, { fates: slow })] });
    const sent = await preHooksSent(account, 2);
    await account.wait(60);

    const first = await run(sent, account.dependencies);
    await account.wait(60);
    const second = await run({ ...first, answers: sent.answers }, account.dependencies);

    expect(first.answers.invocations.map((answer) => answer.nodeId)).toEqual([nodeId(0)]);
    expect(first.open).toMatchObject([{ accepted: 2, awaiting: [nodeId(1)] }]);
    expect(second.answers.invocations.map((answer) => answer.nodeId)).toEqual([nodeId(1)]);
    expect(second.open).toEqual([]);
  });

  test('a second run of the same input reads the same', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const sent = await preHooksSent(account, 3);
    await account.wait(60);

    const first = await run(sent, account.dependencies);
    const second = await run(sent, account.dependencies);

    expect(second).toEqual(first);
  });

  test('carries the first 200 answers of a large batch, and the rest in the next turn', async () => {
    const account = await startAccount({ nodes: nodes(300) });
    const sent = await preHooksSent(account, 300);
    await account.wait(60);

    const first = await run(sent, account.dependencies);
    const second = await run({ ...first, answers: sent.answers }, account.dependencies);

    expect(first.answers.invocations).toHaveLength(200);
    expect(second.answers.invocations).toHaveLength(100);
    expect(second.open).toEqual([]);
  });

  test('records a node once, however often pages repeat it', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const sent = await preHooksSent(account, 3);
    await account.wait(60);
    account.override('ListCommandInvocations', (_input, real) => {
      const list = rows(real(), 'CommandInvocations');
      return { CommandInvocations: [...list, ...list] };
    });

    const after = await run(sent, account.dependencies);

    expect(after.answers.invocations.map((answer) => answer.nodeId)).toEqual(ids(3));
  });

  test.each([
    ['succeeds', 'Success', undefined],
    ['fails', 'Failed', 'failed, exit 1 (10-service)'],
    ['hangs', 'TimedOut', 'ExecutionTimedOut'],
  ] as const)('hears how a hook ended that %s', async (kind, status, detail) => {
    const account = await startAccount({ nodes: [node(0, { fates: { preHook: { kind, seconds: 10 } } })] });
    const sent = await preHooksSent(account, 1);
    await account.wait(700);

    const after = await run(sent, account.dependencies);

    expect(after.answers.invocations).toMatchObject([{ nodeId: nodeId(0), sequence: 1, status }]);
    expect(after.answers.invocations[0]?.detail?.split(':')[0]).toBe(detail);
  });

  test('[F08] hears of a node whose agent never took the command', async () => {
    const account = await startAccount({ nodes: [node(0, { fates: { agent: 'dropsOut' } })] });
    const sent = await preHooksSent(account, 1);
    await account.wait(400);

    const after = await run(sent, account.dependencies);

    expect(after.answers.invocations).toMatchObject([{ status: 'Undelivered', detail: 'DeliveryTimedOut' }]);
  });

  test('lets a batch in which nothing moves be looked at once in a while', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const sent = await preHooksSent(account, 1);

    const quiet = await run({ ...sent, quietPolls: 28 }, account.dependencies);
    const enough = await run({ ...sent, quietPolls: 29 }, account.dependencies);

    expect([quiet.next, enough.next]).toEqual(['wait', 'evaluate']);
  });

  test('hands over without waiting for news while more nodes are to be started', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const sent = await preHooksSent(account, 1);

    const after = await run({ ...sent, hasMoreToStart: true }, account.dependencies);

    expect(after).toMatchObject({ next: 'evaluate', answers: { invocations: [] } });
  });

  test('hands over at once what SSM has refused, though the others have not answered', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    account.aws.terminate(nodeId(1));
    const sent = await preHooksSent(account, 2);

    const after = await run(sent, account.dependencies);

    expect(after).toMatchObject({ next: 'evaluate', open: [{ awaiting: [nodeId(0)] }] });
    expect(after.answers.sent[0]?.refused).toMatchObject([{ nodeId: nodeId(1) }]);
  });

  test('hears no more than a turn holds, though SSM counts less than it lists, and the rest in the next', async () => {
    const account = await startAccount({ nodes: nodes(400) });
    const sent = await preHooksSent(account, 400);
    await account.wait(60);
    account.override('ListCommands', () => ({
      Commands: sent.open.map(({ commandId }) => ({ CommandId: commandId, CompletedCount: 1 })),
    }));

    const first = await run(sent, account.dependencies);
    const second = await run({ ...first, answers: sent.answers }, account.dependencies);

    const heard = [first, second].map(({ answers }) => answers.invocations.map(({ nodeId: id }) => id));
    expect(heard.map(({ length }) => length)).toEqual([250, 150]);
    expect(new Set(heard.flat()).size).toBe(400);
    expect(second.open).toEqual([]);
  });
});
