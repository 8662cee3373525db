import { hookDocument } from '../../../../infra/hook-document/hook-document.ts';
import { AccountUnderTest, hooks, node, nodeId, nodes } from './account-under-test.ts';

function stepOf(account: AccountUnderTest, commandId: string): Readonly<Record<string, unknown>> {
  const get = { CommandId: commandId, InstanceId: nodeId(0), PluginName: 'RunHooksLinux' };
  return account.call('GetCommandInvocation', get);
}

describe('a hook document on a node', () => {
  test('says that there is no hook, in its first line', async () => {
    const account = new AccountUnderTest([node(0, { fates: { preHook: { kind: 'absent', seconds: 0 } } })]);

    const commandId = account.hook([nodeId(0)]);
    await account.wait(10);

    expect(stepOf(account, commandId)).toMatchObject({
      Status: 'Success',
      StandardOutputContent: 'fleet-patcher preHook: absent (/etc/patch-hooks)\n',
    });
    expect(account.ssm.journal.executions).toMatchObject([
      { step: 'preHook', runId: 'run-1', executed: false },
    ]);
  });

  test('fails for an absent hook that is required', async () => {
    const account = new AccountUnderTest([node(0, { fates: { preHook: { kind: 'absent', seconds: 0 } } })]);

    const commandId = account.hook([nodeId(0)], { Required: ['true'] });
    await account.wait(10);

    expect(stepOf(account, commandId)).toMatchObject({ Status: 'Failed', ResponseCode: 221 });
  });

  test('plays the fate of the step that it is asked for', async () => {
    const fates = {
      preHook: { kind: 'fails', seconds: 5 },
      postHook: { kind: 'succeeds', seconds: 5 },
    } as const;
    const account = new AccountUnderTest([node(0, { fates })]);

    const pre = account.hook([nodeId(0)]);
    const post = account.hook([nodeId(0)], { Step: ['postHook'] });
    await account.wait(20);

    expect([account.details(pre), account.details(post)]).toEqual([['Failed'], ['Success']]);
    expect(stepOf(account, pre)).toMatchObject({ ResponseCode: 1 });
  });

  test('runs whenever it comes if its document declares no RunId', async () => {
    const { RunId: _, ...parameters } = hooks.content.parameters ?? {};
    const plain = { name: 'plain-hooks', content: { ...hooks.content, parameters } };
    const account = new AccountUnderTest([node(0)], { documents: [plain] });
    const send = { DocumentName: 'plain-hooks', InstanceIds: [nodeId(0)], Parameters: { Step: ['preHook'] } };

    account.send(send);
    await account.wait(60);
    account.send(send);
    await account.wait(60);

    expect(account.ssm.journal.executions.map(({ executed }) => executed)).toEqual([true, true]);
  });

  test('runs once for a run and step: a second delivery answers with the first result', async () => {
    const account = new AccountUnderTest([node(0, { fates: { preHook: { kind: 'fails', seconds: 60 } } })]);

    account.hook([nodeId(0)]);
    await account.wait(90);
    const second = account.hook([nodeId(0)]);
    await account.wait(10);
    const other = account.hook([nodeId(0)], { RunId: ['run-2'] });
    await account.wait(90);

    expect(stepOf(account, second)).toMatchObject({ Status: 'Failed', ResponseCode: 1 });
    expect(account.details(other)).toEqual(['Failed']);
    expect(account.ssm.journal.executions.map(({ executed }) => executed)).toEqual([true, false, true]);
  });

  test('makes a second delivery wait while the first is still running', async () => {
    const account = new AccountUnderTest([
      node(0, { fates: { preHook: { kind: 'succeeds', seconds: 120 } } }),
    ]);

    const first = account.hook([nodeId(0)]);
    const second = account.hook([nodeId(0)]);
    await account.wait(100);
    const during = [account.details(first), account.details(second)];
    await account.wait(30);

    expect(during).toEqual([['InProgress'], ['InProgress']]);
    expect([account.details(first), account.details(second)]).toEqual([['Success'], ['Success']]);
    expect(account.ssm.journal.executions.filter(({ executed }) => executed)).toHaveLength(1);
  });

  test('is recognised in the project, by its content', async () => {
    const document = { name: 'any-name', content: hookDocument() };
    const account = new AccountUnderTest(nodes(1), { documents: [document] });
    const Parameters = { RunId: ['run-1'], Policy: ['prd-web'], Step: ['preHook'], Operation: ['Install'] };

    const commandId = account.send({ DocumentName: 'any-name', InstanceIds: [nodeId(0)], Parameters });
    await account.wait(30);

    expect(stepOf(account, commandId)).toMatchObject({ Status: 'Success', ExecutionElapsedTime: 'PT10S' });
    expect(hooks.content.mainSteps.map(({ name }) => name)).toEqual(
      document.content.mainSteps.map(({ name }) => name),
    );
  });
});

describe('the journal', () => {
  test('keeps what was sent and what ran, also while it runs', async () => {
    const account = new AccountUnderTest(nodes(2));

    const commandId = account.hook([nodeId(0), nodeId(1)], {}, { Comment: 'run=1' });
    await account.wait(5);
    const during = account.ssm.journal.executions.map(({ result }) => result);
    await account.wait(30);

    expect(account.ssm.journal.commands).toMatchObject([
      { commandId, comment: 'run=1', nodeIds: [nodeId(0), nodeId(1)] },
    ]);
    expect(during).toEqual(['InProgress', 'InProgress']);
    expect(account.ssm.journal.executions.map(({ result }) => result)).toEqual(['Success', 'Success']);
  });

  test('is the same for the same seed', async () => {
    const run = async (seed: number): Promise<string> => {
      const account = new AccountUnderTest(nodes(20), { seed });
      account.hook(nodes(20).map((each) => each.nodeId));
      await account.wait(60);
      return JSON.stringify(account.ssm.journal);
    };

    expect(await run(1)).toBe(await run(1));
    expect(await run(1)).not.toBe(await run(2));
  });
});
