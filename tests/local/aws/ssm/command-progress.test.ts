import { AccountUnderTest, node, nodeId, nodes } from './account-under-test.ts';

const everyNode = [{ Key: 'tag:PatchGroup', Values: ['prd-web'] }];

describe('progress of a command', () => {
  test('[F05] is unknown to every listing just after the send, without an error, and known soon after', async () => {
    const account = new AccountUnderTest(nodes(1));

    const commandId = account.scan([nodeId(0)]);

    const get = { CommandId: commandId, InstanceId: nodeId(0), PluginName: 'PatchLinux' };
    expect(account.invocations(commandId)).toEqual([]);
    expect(account.call('ListCommands', { CommandId: commandId })).toEqual({ Commands: [], NextToken: '' });
    expect(account.refusal('GetCommandInvocation', get)).toMatch(/^InvocationDoesNotExist: /);
    await account.wait(3);
    expect(account.invocations(commandId)).toHaveLength(1);
    expect(account.refusal('GetCommandInvocation', get)).toBe('accepted');
  });

  test('goes Pending, InProgress, Success, and its counts follow', async () => {
    const settings = { visibilityLagSeconds: [0.3, 0.3], deliverySeconds: [2, 4] } as const;
    const account = new AccountUnderTest(nodes(3), { settings });
    const commandId = account.scan([nodeId(0), nodeId(1), nodeId(2)]);
    const seen = async (seconds: number): Promise<unknown> => {
      await account.wait(seconds);
      const { Status, TargetCount, CompletedCount } = account.command(commandId);
      return [Status, TargetCount, CompletedCount, account.details(commandId).join()];
    };

    expect(await seen(1)).toEqual(['Pending', 3, 0, 'Pending,Pending,Pending']);
    expect(await seen(5)).toEqual(['InProgress', 3, 0, 'InProgress,InProgress,InProgress']);
    expect(await seen(60)).toEqual(['Success', 3, 3, 'Success,Success,Success']);
  });

  test('[F07] ends as Success though nodes failed, as long as they stay under MaxErrors', async () => {
    const fails = { preHook: { kind: 'fails', seconds: 5 } } as const;
    const account = new AccountUnderTest([node(0), node(1, { fates: fails }), node(2)]);

    const commandId = account.hook([nodeId(0), nodeId(1), nodeId(2)]);
    await account.wait(60);

    expect(account.command(commandId)).toMatchObject({ Status: 'Success', CompletedCount: 3, ErrorCount: 1 });
    expect(account.details(commandId)).toEqual(['Success', 'Failed', 'Success']);
  });

  test('[F07] ends as Success when a tag matches nothing, and when the others were undeliverable', async () => {
    const account = new AccountUnderTest(nodes(1));
    const document = { DocumentName: 'AWS-RunPatchBaseline', Parameters: { Operation: ['Scan'] } };
    const known = [nodeId(0), nodeId(7), nodeId(8)];

    const nothing = account.send({ ...document, Targets: [{ Key: 'tag:PatchGroup', Values: ['none'] }] });
    const some = account.send({ ...document, Targets: [{ Key: 'InstanceIds', Values: known }] });
    const none = account.send({ ...document, Targets: [{ Key: 'InstanceIds', Values: [nodeId(7)] }] });
    await account.wait(60);

    expect(account.command(nothing)).toMatchObject({ Status: 'Success', TargetCount: 0 });
    expect(account.command(some)).toMatchObject({ Status: 'Success', CompletedCount: 3, ErrorCount: 0 });
    expect(account.details(some)).toEqual(['Success', 'Undeliverable', 'Undeliverable']);
    expect(account.command(none)).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed' });
  });

  test('[F08] never stops for nodes that are offline, with no errors allowed', async () => {
    const offline = [0, 1, 2].map((index) => node(index, { fates: { agent: 'offline' } }));
    const account = new AccountUnderTest([...offline, node(3)]);
    const input = { DocumentName: 'AWS-RunPatchBaseline', Targets: everyNode, TimeoutSeconds: 600 };

    const commandId = account.send({ ...input, Parameters: { Operation: ['Scan'] } });
    await account.wait(700);

    expect(account.details(commandId)).toEqual([
      ...Array.from({ length: 3 }, () => 'DeliveryTimedOut'),
      'Success',
    ]);
    expect(account.command(commandId)).toMatchObject({
      ErrorCount: 0,
      DeliveryTimedOutCount: 3,
      StatusDetails: 'DeliveryTimedOut',
    });
  });

  test('[F09] sends no further after the first error by default, and lets finish what is in flight', async () => {
    const fails = { preHook: { kind: 'fails', seconds: 5 } } as const;
    const slow = { preHook: { kind: 'succeeds', seconds: 100 } } as const;
    const fleet = [node(0, { fates: fails }), node(1, { fates: slow }), node(2), node(3)];
    const account = new AccountUnderTest(fleet);

    const commandId = account.hook(
      fleet.map((each) => each.nodeId),
      {},
      { MaxErrors: undefined, MaxConcurrency: '2' },
    );
    await account.wait(30);
    const early = account.details(commandId);
    await account.wait(100);

    expect(early).toEqual(['Failed', 'InProgress', 'Terminated', 'Terminated']);
    expect(account.details(commandId)).toEqual(['Failed', 'Success', 'Terminated', 'Terminated']);
    expect(account.command(commandId)).toMatchObject({ Status: 'Failed', ErrorCount: 1, MaxErrors: '0' });
  });

  test('[F09] has at most 50 nodes in flight by default, and takes a percentage of the targets', async () => {
    const account = new AccountUnderTest(nodes(60));
    const document = {
      DocumentName: 'AWS-RunPatchBaseline',
      Parameters: { Operation: ['Scan'] },
      Targets: everyNode,
    };
    const inFlight = (commandId: string): number =>
      account.ssm.journal.executions.filter((each) => each.commandId === commandId).length;

    const byDefault = account.send(document);
    await account.wait(10);
    const started = inFlight(byDefault);
    await account.wait(120);
    const percent = account.send({ ...document, MaxConcurrency: '9%' });
    await account.wait(10);

    expect([started, inFlight(byDefault), inFlight(percent)]).toEqual([50, 60, 5]);
  });

  test('[F10] ends an undelivered invocation at the delivery timeout, Delayed before that', async () => {
    const account = new AccountUnderTest([node(0, { fates: { agent: 'dropsOut' } })]);

    const commandId = account.scan([nodeId(0)], { TimeoutSeconds: 600 });
    await account.wait(30);
    const early = account.invocations(commandId)[0];
    await account.wait(300);
    const later = account.invocations(commandId)[0];
    await account.wait(271);
    const last = account.invocations(commandId)[0];

    expect(early).toMatchObject({ Status: 'Pending', StatusDetails: 'Pending' });
    expect(later).toMatchObject({ Status: 'Delayed', StatusDetails: 'Delayed' });
    expect(last).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' });
  });

  test('[F10] can be set to end it at the total timeout instead', async () => {
    const account = new AccountUnderTest([node(0, { fates: { agent: 'offline' } })], {
      settings: { undelivered: 'totalTimeout' },
    });

    const Parameters = { Operation: ['Scan'], StepTimeoutSeconds: ['1000'] };
    const commandId = account.scan([nodeId(0)], { TimeoutSeconds: 600, Parameters });
    await account.wait(1599);
    const early = account.details(commandId);
    await account.wait(2);

    expect([early, account.details(commandId)]).toEqual([['Delayed'], ['DeliveryTimedOut']]);
  });

  test('[F10] never runs a command after its delivery timeout, however long it stays open', async () => {
    const fates = { rebootSeconds: 900 } as const;
    const account = new AccountUnderTest([node(0, { fates })], { settings: { undelivered: 'totalTimeout' } });
    account.install([nodeId(0)]);
    await account.wait(310);

    const commandId = account.hook([nodeId(0)], { TimeoutSeconds: ['900'] }, { TimeoutSeconds: 600 });
    await account.wait(1400);
    const early = account.details(commandId);
    await account.wait(110);

    expect([early, account.details(commandId)]).toEqual([['Delayed'], ['DeliveryTimedOut']]);
    expect(account.ssm.journal.executions).toHaveLength(1);
  });

  test('[F10] ends a node that died in its run at the total timeout, as DeliveryTimedOut', async () => {
    const account = new AccountUnderTest([node(0, { fates: { returnsFromReboot: false } })]);

    const StepTimeoutSeconds = ['1000'];
    const commandId = account.install([nodeId(0)], { StepTimeoutSeconds }, { TimeoutSeconds: 600 });
    await account.wait(1599);
    const early = account.details(commandId);
    await account.wait(2);

    expect([early, account.details(commandId)]).toEqual([['InProgress'], ['DeliveryTimedOut']]);
    expect(account.command(commandId)).toMatchObject({
      Status: 'TimedOut',
      DeliveryTimedOutCount: 1,
      ErrorCount: 0,
    });
  });

  test('[F10] reports ExecutionTimedOut only from an agent that is there, and as an error', async () => {
    const account = new AccountUnderTest([node(0, { fates: { preHook: { kind: 'hangs', seconds: 0 } } })]);

    const commandId = account.hook([nodeId(0)], { TimeoutSeconds: ['60'] }, { MaxErrors: '0' });
    await account.wait(66);

    expect(account.details(commandId)).toEqual(['ExecutionTimedOut']);
    expect(account.command(commandId)).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'ExecutionTimedOut',
      ErrorCount: 1,
    });
  });

  test('gives its command to an agent that returns within the delivery timeout', async () => {
    const account = new AccountUnderTest(nodes(1));
    account.install([nodeId(0)]);
    await account.wait(310);

    const commandId = account.hook([nodeId(0)], { Step: ['postHook'] });
    await account.wait(60);
    const during = account.details(commandId);
    await account.wait(90);

    expect([during, account.details(commandId)]).toEqual([['Pending'], ['Success']]);
  });

  test('[F11] writes every status without blanks, and Cancelled with two l', async () => {
    const slow = { preHook: { kind: 'succeeds', seconds: 3000 } } as const;
    const offline = node(20, { fates: { agent: 'offline' } });
    const account = new AccountUnderTest([
      ...Array.from({ length: 20 }, (_, index) => node(index, { fates: slow })),
      offline,
    ]);
    const ids = [...Array.from({ length: 20 }, (_, index) => nodeId(index)), nodeId(20)];

    const commandId = account.hook(ids, { TimeoutSeconds: ['6000'] });
    await account.wait(10);
    account.call('CancelCommand', { CommandId: commandId });
    const during = account.invocations(commandId);
    await account.wait(3100);

    expect(new Set(during.map((row) => row['Status']))).toEqual(new Set(['Cancelling']));
    expect(new Set(account.details(commandId))).toEqual(new Set(['Cancelled', 'Success']));
    expect(account.details(commandId).at(-1)).toBe('Cancelled');
    expect(account.command(commandId)).toMatchObject({ Status: 'Cancelled', StatusDetails: 'Cancelled' });
  });

  test('refuses to cancel a command that is not there, and nodes that it was not sent to', async () => {
    const account = new AccountUnderTest(nodes(2));
    const commandId = account.scan([nodeId(0)]);
    const unknown = '00000000-0000-4000-8000-000000000000';

    expect(account.refusal('CancelCommand', { CommandId: unknown })).toMatch(/^InvalidCommandId: /);
    expect(account.refusal('CancelCommand', { CommandId: commandId, InstanceIds: [nodeId(1)] })).toMatch(
      /^InvalidInstanceId: /,
    );
    const twice = { CommandId: commandId, InstanceIds: [nodeId(0), nodeId(0)] };
    expect(account.refusal('CancelCommand', twice)).toMatch(/^DuplicateInstanceId: /);
  });
});
