import { AccountUnderTest, node, nodeId, nodes, rows, startsAt } from './account-under-test.ts';

describe('reading what became of a command', () => {
  test('[F06] asks for the step of a document that has several, and knows each of them', async () => {
    const account = new AccountUnderTest(nodes(1));
    const commandId = account.scan([nodeId(0)]);
    await account.wait(60);
    const get = { CommandId: commandId, InstanceId: nodeId(0) };

    const linux = account.call('GetCommandInvocation', { ...get, PluginName: 'PatchLinux' });
    const windows = account.call('GetCommandInvocation', { ...get, PluginName: 'PatchWindows' });

    expect(account.refusal('GetCommandInvocation', get)).toMatch(/^InvalidPluginName: /);
    expect(account.refusal('GetCommandInvocation', { ...get, PluginName: 'runShellScript' })).toMatch(
      /^InvalidPluginName: /,
    );
    expect(linux).toMatchObject({ Status: 'Success', ResponseCode: 0, ExecutionElapsedTime: 'PT30S' });
    expect(windows).toMatchObject({
      Status: 'Success',
      StandardOutputContent: expect.stringContaining('skipped'),
    });
  });

  test('[F06] needs no step name for a document of one step', async () => {
    const account = new AccountUnderTest(nodes(1));
    const Parameters = { commands: ['true'] };
    const commandId = account.send({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [nodeId(0)],
      Parameters,
    });
    await account.wait(20);

    const answer = account.call('GetCommandInvocation', { CommandId: commandId, InstanceId: nodeId(0) });

    expect(answer).toMatchObject({ Status: 'Success', PluginName: 'aws:runShellScript' });
  });

  test('[F13] cuts output at 2,500 characters in a list and at 24,000 in GetCommandInvocation', async () => {
    const account = new AccountUnderTest([node(0, { fates: { installedPatches: 600 } })]);
    const commandId = account.scan([nodeId(0)]);
    await account.wait(60);

    const get = { CommandId: commandId, InstanceId: nodeId(0), PluginName: 'PatchLinux' };
    const whole = String(account.call('GetCommandInvocation', get)['StandardOutputContent']);
    const brief = account.call('ListCommandInvocations', { CommandId: commandId });
    const detailed = account.call('ListCommandInvocations', { CommandId: commandId, Details: true });

    expect(whole).toHaveLength(24_000);
    expect(brief).toMatchObject({ CommandInvocations: [{ CommandPlugins: [] }] });
    expect(detailed).toMatchObject({
      CommandInvocations: [
        {
          CommandPlugins: [
            { Name: 'PatchWindows', Status: 'Success' },
            { Name: 'PatchMacOS', Status: 'Success' },
            { Name: 'PatchLinux', Status: 'Success', ResponseCode: 0, Output: whole.slice(0, 2500) },
          ],
        },
      ],
    });
  });

  test('[F13] names the objects that the agent would write to S3', async () => {
    const account = new AccountUnderTest(nodes(1));
    const commandId = account.scan([nodeId(0)], { OutputS3BucketName: 'logs', OutputS3KeyPrefix: 'run-1' });
    await account.wait(60);

    const get = { CommandId: commandId, InstanceId: nodeId(0), PluginName: 'PatchLinux' };
    const url = account.call('GetCommandInvocation', get)['StandardOutputUrl'];

    const key = `run-1/${commandId}/${nodeId(0)}/awsrunShellScript/PatchLinux/stdout`;
    expect(url).toBe(`https://s3.us-east-1.amazonaws.com/logs/${key}`);
  });

  test('has neither output nor exit code before the end', async () => {
    const account = new AccountUnderTest(nodes(1));
    const commandId = account.scan([nodeId(0)]);
    await account.wait(10);

    const get = { CommandId: commandId, InstanceId: nodeId(0), PluginName: 'PatchLinux' };
    const answer = account.call('GetCommandInvocation', get);

    expect(answer).toMatchObject({ Status: 'InProgress', ResponseCode: -1, StandardOutputContent: '' });
    expect(answer).toMatchObject({ ExecutionEndDateTime: '', ExecutionElapsedTime: '' });
  });

  test('pages by opaque tokens that are good for their own query only', async () => {
    const account = new AccountUnderTest(nodes(7));
    const commandId = account.scan(nodes(7).map((each) => each.nodeId));
    await account.wait(5);
    const query = { CommandId: commandId, MaxResults: 3 };

    const first = account.call('ListCommandInvocations', query);
    const second = account.call('ListCommandInvocations', { ...query, NextToken: first['NextToken'] });
    const third = account.call('ListCommandInvocations', { ...query, NextToken: second['NextToken'] });

    const pages = [first, second, third].map((page) =>
      rows(page, 'CommandInvocations').map((row) => row['InstanceId']),
    );
    expect(pages.flat()).toEqual(nodes(7).map((each) => each.nodeId));
    expect(third['NextToken']).toBe('');
    const NextToken = first['NextToken'];
    for (const wrong of [
      { ...query, Details: true, NextToken },
      { NextToken },
      { ...query, NextToken: 'x' },
    ]) {
      expect(account.refusal('ListCommandInvocations', wrong)).toMatch(/^InvalidNextToken: /);
    }
  });

  test('lists commands newest first, page after page, though new ones come in between', async () => {
    const account = new AccountUnderTest(nodes(1));
    const sent: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      sent.unshift(account.hook([nodeId(0)], { RunId: [`run-${count}`] }));
      await account.wait(30);
    }

    const first = account.call('ListCommands', { MaxResults: 2 });
    account.hook([nodeId(0)]);
    await account.wait(30);
    const rest = account.call('ListCommands', { NextToken: first['NextToken'] });

    const ids = [first, rest].flatMap((page) => rows(page, 'Commands')).map((row) => row['CommandId']);
    expect(ids).toEqual(sent);
  });

  test('filters commands by time, document, status and stage', async () => {
    const account = new AccountUnderTest(nodes(1));
    const old = account.hook([nodeId(0)]);
    await account.wait(3600);
    const young = account.scan([nodeId(0)]);
    await account.wait(10);
    const found = (...filters: readonly (readonly [string, string])[]): readonly unknown[] => {
      const Filters = filters.map(([key, value]) => ({ key, value }));
      return rows(account.call('ListCommands', { Filters }), 'Commands').map((row) => row['CommandId']);
    };
    const noon = new Date(startsAt + 1_800_000).toISOString();

    expect(found(['InvokedAfter', noon])).toEqual([young]);
    expect(found(['InvokedBefore', noon])).toEqual([old]);
    expect(found(['DocumentName', 'AWS-RunPatchBaseline'])).toEqual([young]);
    expect(found(['Status', 'Success'])).toEqual([old]);
    expect(found(['ExecutionStage', 'Executing'])).toEqual([young]);
    expect(found(['ExecutionStage', 'Complete'], ['InvokedAfter', noon])).toEqual([]);
  });

  test.each([
    ['ListCommands', { CommandId: 'x'.repeat(36) }, 'InvalidCommandId'],
    ['ListCommands', { CommandId: 'x' }, 'ValidationException'],
    ['ListCommands', { MaxResults: 51 }, 'ValidationException'],
    ['ListCommands', { Filters: [{ key: 'Comment', value: 'run' }] }, 'ValidationException'],
    ['ListCommands', { Filters: [{ key: 'Status', value: 'Delayed' }] }, 'ValidationException'],
    ['ListCommands', { Filters: [{ key: 'InvokedAfter', value: 'today' }] }, 'ValidationException'],
    [
      'ListCommands',
      { InstanceId: nodeId(0), Filters: [{ key: 'Status', value: 'Pending' }] },
      'InvalidFilterKey',
    ],
    ['ListCommands', { InstanceId: nodeId(9) }, 'InvalidInstanceId'],
    [
      'ListCommandInvocations',
      { Filters: [{ key: 'ExecutionStage', value: 'Complete' }] },
      'InvalidFilterKey',
    ],
    ['ListCommandInvocations', { MaxResults: 0 }, 'ValidationException'],
    ['ListCommandInvocations', { Details: 'yes' }, 'SerializationException'],
  ])('%s refuses %j with %s', (operation, input, code) => {
    const account = new AccountUnderTest(nodes(1));

    expect(account.refusal(operation, input)).toMatch(new RegExp(`^${code}: `));
  });

  test('keeps accounts apart', async () => {
    const account = new AccountUnderTest(nodes(1));
    account.scan([nodeId(0)]);
    await account.wait(5);

    const answer = account.call('ListCommands', {}, { accountId: '444455556666' });

    expect(answer).toEqual({ Commands: [], NextToken: '' });
  });
});
