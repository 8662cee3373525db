import { run as poll } from '../../../functions/poll-command/handler.ts';
import { run } from '../../../functions/send-command/handler.ts';
import { sendCommandInput } from '../../../functions/send-command/schema.ts';
import { AwsError } from '../../../local/aws/service.ts';
import { nodeId, nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, startAccount } from '../../support/embedded-account.ts';
import { preHookOf, scanOf, turn } from '../turns.ts';

afterEach(closeAccounts);

const ids = (count: number) => nodes(count).map((each) => each.nodeId);
const second = 1000;

describe('a command that is due by a time', () => {
  test('is sent until then, and not after', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const input = turn({ sends: [preHookOf(ids(1), { startBy: startsAt + 60 * second })] });
    await account.wait(61);

    const late = await run(input, account.dependencies);
    const inTime = await run(input, { ...account.dependencies, now: () => startsAt + 60 * second });

    expect(late.answers.sent).toEqual([{ sequence: 1, commands: [], refused: [], late: ids(1) }]);
    expect(late).toMatchObject({ next: 'wait', waitSeconds: 1, open: [], sends: [] });
    expect(account.codes).toContain('FP_COMMAND_TOO_LATE');
    expect(inTime.open).toMatchObject([{ awaiting: ids(1) }]);
    expect(inTime.waitSeconds).toBe(15);
  });

  test('is adopted after it, if an earlier attempt had sent it: only the rest is too late', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const whole = preHookOf(ids(3), { startBy: startsAt + 10 * second });
    await run(turn({ sends: [{ ...whole, nodeIds: ids(2) }] }), account.dependencies);
    await account.wait(20);

    const after = await run(turn({ sends: [whole] }), account.dependencies);

    expect(after.open).toMatchObject([{ awaiting: ids(2) }]);
    expect(after.answers.sent[0]?.late).toEqual([nodeId(2)]);
    expect(account.aws.ssm.journal.commands).toHaveLength(1);
  });

  test('[F04] is given up once the pauses of a throttled call have outlasted its time', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('SendCommand', () => {
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    });
    const sends = [preHookOf(ids(1), { startBy: startsAt + 2 * second })];

    const after = await run(turn({ sends }), account.dependencies);

    expect(after.answers.sent[0]?.late).toEqual(ids(1));
  });

  test('does not keep back what has to go out whatever the time, nor a command of an earlier version', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const { startBy: _startBy, ...older } = preHookOf([nodeId(2)], {
      sequence: 3,
      comment: 'run-1 w1-b1 preHook 3',
    });
    const sends = [
      preHookOf([nodeId(0)], { startBy: startsAt - 1 }),
      preHookOf([nodeId(1)], { step: 'postHook', sequence: 2, comment: 'run-1 w1-b1 postHook 2' }),
      older,
    ];

    const after = await run(sendCommandInput.parse({ ...turn(), sends }), account.dependencies);

    expect(after.open.flatMap(({ awaiting }) => awaiting)).toEqual([nodeId(1), nodeId(2)]);
  });

  test('and was not sent is news: the poll hands over at once, though other commands are under way', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    const sends = [
      preHookOf([nodeId(0)]),
      scanOf([nodeId(1)], { sequence: 2, comment: 'run-1 w1-b1 patch 2', startBy: startsAt - 1 }),
    ];

    const after = await poll(await run(turn({ sends }), account.dependencies), account.dependencies);

    expect(after).toMatchObject({ next: 'evaluate', open: [{ awaiting: [nodeId(0)] }] });
  });
});
