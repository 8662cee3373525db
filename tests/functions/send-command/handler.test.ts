import { run } from '../../../functions/send-command/handler.ts';
import { AwsError } from '../../../local/aws/service.ts';
import { nodeId, nodes } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, startAccount } from '../../support/embedded-account.ts';
import { preHookOf, scanOf, turn } from '../turns.ts';

afterEach(closeAccounts);

const ids = (count: number) => nodes(count).map((each) => each.nodeId);

describe('the state SendCommand', () => {
  test('[F01] sends fifty nodes in one call, all of it within what the API takes', async () => {
    const account = await startAccount({ nodes: nodes(50) });

    const after = await run(turn({ sends: [preHookOf(ids(50))] }), account.dependencies);

    expect(account.inputsOf('SendCommand')).toHaveLength(1);
    expect(account.inputsOf('SendCommand')[0]).toMatchObject({
      DocumentName: 'fleet-patcher-hooks',
      InstanceIds: ids(50),
      Parameters: { Step: ['preHook'] },
      Comment: 'run-1 w1-b1 preHook 1',
      TimeoutSeconds: 300,
      MaxConcurrency: '100%',
      MaxErrors: '100%',
    });
    expect(after).toMatchObject({ next: 'wait', sends: [], open: [{ sequence: 1, accepted: 50 }] });
    expect(after.answers.sent).toMatchObject([{ sequence: 1, refused: [] }]);
  });

  test("sends patch steps by AWS's own document, hooks by the project's, logs of both to the bucket", async () => {
    const account = await startAccount({ nodes: nodes(2) });
    const sends = [
      preHookOf([nodeId(0)]),
      scanOf([nodeId(1)], { sequence: 2, comment: 'run-1 w1-b1 patch 2' }),
    ];

    await run(turn({ sends }), account.dependencies);

    expect(account.inputsOf('SendCommand')).toMatchObject([
      {
        DocumentName: 'fleet-patcher-hooks',
        OutputS3BucketName: 'fleet-patcher-local',
        OutputS3KeyPrefix: 'logs/run-1/preHook',
      },
      { DocumentName: 'AWS-RunPatchBaseline', OutputS3KeyPrefix: 'logs/run-1/patch' },
    ]);
  });

  test('calls nothing at all when there is nothing to send or to cancel', async () => {
    const account = await startAccount({ nodes: nodes(1) });

    await run(turn(), account.dependencies);

    expect(account.calls).toEqual([]);
  });

  test('[F02] a node that SSM refuses stands alone, its 49 neighbours are sent to', async () => {
    const account = await startAccount({ nodes: nodes(50) });
    account.aws.terminate(nodeId(17));

    const after = await run(turn({ sends: [preHookOf(ids(50))] }), account.dependencies);

    const [sent] = after.answers.sent;
    expect(sent?.refused).toEqual([
      { nodeId: nodeId(17), reason: expect.stringMatching(/^InvalidInstanceId: /) },
    ]);
    expect(sent?.commands.flatMap((command) => command.nodeIds)).toEqual(
      ids(50).filter((each) => each !== nodeId(17)),
    );
    expect(after.open.flatMap((command) => command.awaiting)).toHaveLength(49);
    expect(account.codes).toContain('FP_NODE_REFUSED');
  });

  test('[F02] opens no command when all nodes are refused', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    account.aws.terminate(nodeId(0));
    account.aws.terminate(nodeId(1));

    const after = await run(turn({ sends: [preHookOf(ids(2))] }), account.dependencies);

    expect(after.open).toEqual([]);
    expect(after.answers.sent).toMatchObject([
      { sequence: 1, commands: [], refused: ids(2).map((refused) => ({ nodeId: refused })) },
    ]);
  });

  test('[F04] repeats a throttled call after a pause that grows, because it was not taken', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const sleeps: number[] = [];
    let calls = 0;
    account.override('SendCommand', (_input, real) => {
      calls += 1;
      if (calls <= 3) throw new AwsError('ThrottlingException', 'Rate exceeded');
      return real();
    });

    const after = await run(turn({ sends: [preHookOf(ids(1))] }), {
      ...account.dependencies,
      sleep: async (milliseconds) => void sleeps.push(milliseconds),
    });

    expect(after.open).toHaveLength(1);
    expect(sleeps).toEqual([250, 500, 1000]);
    expect(account.aws.ssm.journal.commands).toHaveLength(1);
  });

  test('[F04] gives a call up as in doubt when it is throttled without end', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('SendCommand', () => {
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    });

    const act = run(turn({ sends: [preHookOf(ids(1))] }), account.dependencies);

    await expect(act).rejects.toMatchObject({
      name: 'CommandInDoubtError',
      message: 'ssm:SendCommand "run-1 w1-b1 preHook 1" was throttled 8 times in a row',
    });
  });
});
