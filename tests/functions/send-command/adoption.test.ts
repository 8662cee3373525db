import { run } from '../../../functions/send-command/handler.ts';
import { AwsError } from '../../../local/aws/service.ts';
import { nodeId, nodes, rows } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, type EmbeddedAccount, startAccount } from '../../support/embedded-account.ts';
import { preHookOf, scanOf, turn } from '../turns.ts';

afterEach(closeAccounts);

const ids = (count: number) => nodes(count).map((each) => each.nodeId);

/** The next SendCommand takes effect, and its answer is an HTTP 500. */
function loseNextReply(account: EmbeddedAccount): void {
  let isLost = false;
  account.override('SendCommand', (_input, real) => {
    const answer = real();
    if (isLost) return answer;
    isLost = true;
    throw new AwsError('InternalServerError', 'An error occurred on the server side.', 500);
  });
}

describe('a SendCommand whose reply was lost', () => {
  test('[F03] is in doubt, and is not sent again by the same invocation', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    loseNextReply(account);

    const act = run(turn({ sends: [preHookOf(ids(2))] }), account.dependencies);

    await expect(act).rejects.toMatchObject({
      name: 'CommandInDoubtError',
      message: expect.stringContaining('"run-1 w1-b1 preHook 1" of fleet-patcher-hooks: InternalServerError'),
    });
    expect(account.aws.ssm.journal.commands).toHaveLength(1);
  });

  test('[F03] is found by its comment in the retry, and adopted', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    loseNextReply(account);
    const input = turn({ sends: [preHookOf(ids(2))] });
    await run(input, account.dependencies).catch(() => undefined);
    await account.wait(20);

    const after = await run(input, account.dependencies);

    const [command] = account.aws.ssm.journal.commands;
    expect(account.aws.ssm.journal.commands).toHaveLength(1);
    expect(after.open).toMatchObject([{ commandId: command?.commandId, accepted: 2, awaiting: ids(2) }]);
    expect(account.codes).toContain('FP_COMMAND_ADOPTED');
  });

  test('does not keep the sends before it from being adopted, nor those after it from being sent', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const sends = [1, 2, 3].map((sequence) =>
      preHookOf([nodeId(sequence - 1)], { sequence, comment: `run-1 w1-b1 preHook ${sequence}` }),
    );
    let calls = 0;
    account.override('SendCommand', (_input, real) => {
      calls += 1;
      const answer = real();
      if (calls === 2) throw new AwsError('InternalServerError', 'An error occurred.', 500);
      return answer;
    });
    await run(turn({ sends }), account.dependencies).catch(() => undefined);
    await account.wait(20);

    const after = await run(turn({ sends }), account.dependencies);

    expect(account.aws.ssm.journal.commands.map((command) => command.comment)).toEqual(
      sends.map((send) => send.comment),
    );
    expect(after.open.map((command) => command.sequence)).toEqual([1, 2, 3]);
  });
});

describe('adopting', () => {
  test('is not looked for by the first attempt, just after the decision, and by every later one', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    const first = turn({ sends: [preHookOf([nodeId(0)])] });
    const second = turn({
      sends: [preHookOf([nodeId(1)], { sequence: 2, comment: 'run-1 w1-b1 preHook 2' })],
    });

    await run(first, account.dependencies);
    const early = account.inputsOf('ListCommands').length;
    await account.wait(5);
    await run(second, account.dependencies);

    expect([early, account.inputsOf('ListCommands').length]).toEqual([0, 1]);
  });

  test('[F03] a second run of the same input sends nothing more', async () => {
    const account = await startAccount({ nodes: nodes(50) });
    account.aws.terminate(nodeId(3));
    const input = turn({ sends: [preHookOf(ids(50))] });
    const first = await run(input, account.dependencies);
    await account.wait(20);

    const second = await run(input, account.dependencies);

    const byId = (opened: typeof first) => opened.open.map((command) => command.commandId).toSorted();
    expect(byId(second)).toEqual(byId(first));
    expect(second.answers.sent[0]?.refused).toMatchObject([{ nodeId: nodeId(3) }]);
    expect(new Set(account.aws.ssm.journal.commands.flatMap((command) => command.nodeIds)).size).toBe(49);
    expect(account.aws.ssm.journal.commands.flatMap((command) => command.nodeIds)).toHaveLength(49);
  });

  test('[F03] sends only to those whom the earlier attempt had not reached', async () => {
    const account = await startAccount({ nodes: nodes(4) });
    const whole = preHookOf(ids(4));
    await run(turn({ sends: [{ ...whole, nodeIds: ids(2) }] }), account.dependencies);
    await account.wait(20);

    const after = await run(turn({ sends: [whole] }), account.dependencies);

    expect(account.aws.ssm.journal.commands.map((command) => command.nodeIds)).toEqual([
      ids(2),
      ids(4).slice(2),
    ]);
    expect(after.open.flatMap((command) => command.awaiting).toSorted()).toEqual(ids(4));
  });

  test('leaves a command with another comment alone', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    await run(
      turn({ sends: [preHookOf(ids(1), { comment: 'run-0 w1-b1 preHook 1' })] }),
      account.dependencies,
    );
    await account.wait(20);

    await run(turn({ sends: [preHookOf(ids(1))] }), account.dependencies);

    expect(account.aws.ssm.journal.commands).toHaveLength(2);
    expect(account.codes).not.toContain('FP_COMMAND_ADOPTED');
  });

  test('adopts a command once that two pages of the listing show', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const input = turn({ sends: [scanOf(ids(1))] });
    await run(input, account.dependencies);
    await account.wait(20);
    account.override('ListCommands', (_input, real) => {
      const answer = real();
      return { ...answer, Commands: [...rows(answer, 'Commands'), ...rows(answer, 'Commands')] };
    });

    const after = await run(input, account.dependencies);

    expect(after.open).toHaveLength(1);
  });

  test('looks through every page of a busy account', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const input = turn({ sends: [preHookOf(ids(1))] });
    await run(input, account.dependencies);
    const others = Array.from({ length: 60 }, (_, index) =>
      preHookOf(ids(1), { sequence: index + 2, comment: `run-1 w9-b1 preHook ${index}` }),
    );
    await run(turn({ sends: others }), account.dependencies);
    await account.wait(20);

    const after = await run(input, account.dependencies);

    expect(account.aws.ssm.journal.commands).toHaveLength(61);
    expect(after.open).toHaveLength(1);
  });
});
