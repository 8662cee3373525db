import { AccountUnderTest, hooks, node, nodeId, nodes, part } from './account-under-test.ts';

const patch = { DocumentName: 'AWS-RunPatchBaseline', Parameters: { Operation: ['Scan'] } };

describe('SendCommand', () => {
  test('answers Pending with every count 0, and with its total timeout', () => {
    const account = new AccountUnderTest(nodes(2));
    const input = { ...patch, InstanceIds: [nodeId(0)], TimeoutSeconds: 600, Comment: 'run=1' };
    const Parameters = { Operation: ['Scan'], StepTimeoutSeconds: ['1800'] };

    const command = part(account.call('SendCommand', { ...input, Parameters }), 'Command');

    expect(command).toMatchObject({
      Status: 'Pending',
      StatusDetails: 'Pending',
      TargetCount: 0,
      CompletedCount: 0,
      Comment: 'run=1',
      MaxConcurrency: '50',
      MaxErrors: '0',
      InstanceIds: [nodeId(0)],
      Parameters,
    });
    expect(Number(command['ExpiresAfter']) - Number(command['RequestedDateTime'])).toBe(600 + 1800);
  });

  test.each([
    [
      { InstanceIds: Array.from({ length: 51 }, (_, index) => nodeId(index)) },
      "at 'instanceIds' .* length less than or equal to 50",
    ],
    [
      { Targets: Array.from({ length: 6 }, () => ({ Key: 'tag:A', Values: ['1'] })) },
      "at 'targets' .* less than or equal to 5",
    ],
    [{ InstanceIds: [nodeId(0)], Comment: 'x'.repeat(101) }, "at 'comment' .* less than or equal to 100"],
    [
      { InstanceIds: [nodeId(0)], TimeoutSeconds: 29 },
      "Value '29' at 'timeoutSeconds' .* greater than or equal to 30",
    ],
    [
      { InstanceIds: ['i-123'] },
      "at 'instanceIds' failed to satisfy constraint: Member must satisfy constraint",
    ],
    [{ InstanceIds: [nodeId(0)], MaxConcurrency: '0' }, "at 'maxConcurrency' .* regular expression pattern"],
    [{ InstanceIds: [nodeId(0)], MaxErrors: '101%' }, "at 'maxErrors' .* regular expression pattern"],
    [
      { InstanceIds: [nodeId(0)], DocumentName: undefined },
      "Value null at 'documentName' .* must not be null",
    ],
  ])('[F01] refuses what breaks a limit of the model: case %#', (broken, words) => {
    const account = new AccountUnderTest(nodes(1));

    const refusal = account.refusal('SendCommand', { ...patch, ...broken });

    expect(refusal).toMatch(new RegExp(`^ValidationException: 1 validation error detected: .*${words}`));
  });

  test.each([
    [{ Operation: 'Scan' }, 'SerializationException'],
    [{ Operation: [1] }, 'SerializationException'],
    [{ Operation: ['Scan'], Reboot: ['No'] }, 'InvalidParameters'],
    [{ Operation: ['Reinstall'] }, 'InvalidParameters'],
    [{ Operation: ['Scan', 'Install'] }, 'InvalidParameters'],
    [{ Operation: ['Scan'], SnapshotId: ['abc'] }, 'InvalidParameters'],
    [{ Operation: ['Scan'], StepTimeoutSeconds: ['36001'] }, 'InvalidParameters'],
    [{}, 'InvalidParameters'],
  ])(
    '[F01] refuses parameters that are no lists of strings or not declared so: case %#',
    (Parameters, code) => {
      const account = new AccountUnderTest(nodes(1));

      const refusal = account.refusal('SendCommand', { ...patch, InstanceIds: [nodeId(0)], Parameters });

      expect(refusal).toMatch(new RegExp(`^${code}: `));
    },
  );

  test('[F01] refuses an id given twice, no destination, two kinds of destination, and what no document is', () => {
    const account = new AccountUnderTest(nodes(1));
    const twice = { ...patch, InstanceIds: [nodeId(0), nodeId(0)] };
    const both = { ...patch, InstanceIds: [nodeId(0)], Targets: [{ Key: 'tag:A', Values: ['1'] }] };

    expect(account.refusal('SendCommand', twice)).toMatch(/^DuplicateInstanceId/);
    expect(account.refusal('SendCommand', patch)).toMatch(/^ValidationException/);
    expect(account.refusal('SendCommand', both)).toMatch(/^ValidationException/);
    expect(account.refusal('SendCommand', { ...twice, DocumentName: 'None' })).toMatch(/^InvalidDocument:/);
    expect(account.refusal('SendCommand', { ...twice, DocumentVersion: '7' })).toMatch(
      /^InvalidDocumentVersion:/,
    );
    expect(account.ssm.journal.commands).toEqual([]);
  });

  test.each([
    ['unknown', [], nodeId(9)],
    ['unmanaged', [node(9, { isManaged: false })], nodeId(9)],
    ['terminated', [node(9, { instanceState: 'terminated' })], nodeId(9)],
    ['shutting down', [node(9, { instanceState: 'shutting-down' })], nodeId(9)],
    ['of another account', [node(9, { accountId: '444455556666' })], nodeId(9)],
  ] as const)('[F02] refuses the whole call for one id that is %s', (_, strangers, id) => {
    const account = new AccountUnderTest([...nodes(2), ...strangers]);

    const refusal = account.refusal('SendCommand', { ...patch, InstanceIds: [nodeId(0), id, nodeId(1)] });

    expect(refusal).toBe('InvalidInstanceId: Instances not in a valid state for account.');
    expect(account.ssm.journal.commands).toEqual([]);
  });

  test('[F02] accepts a stopped node, which then never answers', async () => {
    const account = new AccountUnderTest([node(0, { instanceState: 'stopped' })]);

    const commandId = account.scan([nodeId(0)], { TimeoutSeconds: 60 });
    await account.wait(61);

    expect(account.details(commandId)).toEqual(['DeliveryTimedOut']);
  });

  test('[F03] sends the same request twice as two commands, which the comment tells apart from others', async () => {
    const account = new AccountUnderTest(nodes(1));
    const input = { ...patch, InstanceIds: [nodeId(0)], Comment: 'run=1 batch=1 step=patch' };

    const first = account.send(input);
    const second = account.send(input);
    await account.wait(5);
    const answer = account.call('ListCommands', {});

    expect(first).not.toBe(second);
    expect(answer).toMatchObject({
      Commands: [
        { CommandId: second, Comment: input.Comment },
        { CommandId: first, Comment: input.Comment },
      ],
    });
    expect(account.ssm.journal.commands).toHaveLength(2);
  });

  test('[F21] takes tag:PatchGroup and tag:"Patch Group" for two keys, and ANDs keys', async () => {
    const account = new AccountUnderTest([
      node(0, { tags: { PatchGroup: 'web' } }),
      node(1, { tags: { 'Patch Group': 'web' } }),
      node(2, { tags: { 'Patch Group': 'web', Stage: 'prd' } }),
    ]);
    const target = (Key: string, ...Values: string[]): object => ({ Key, Values });

    account.send({ ...patch, Targets: [target('tag:PatchGroup', 'web', 'db')] });
    account.send({ ...patch, Targets: [target('tag:Patch Group', 'web'), target('tag:Stage', 'prd')] });
    account.send({ ...patch, Targets: [target('tag-key', 'Patch Group')] });

    expect(account.ssm.journal.commands.map(({ nodeIds }) => nodeIds)).toEqual([
      [nodeId(0)],
      [nodeId(2)],
      [nodeId(1), nodeId(2)],
    ]);
    const both = [target('tag:PatchGroup', 'web'), target('tag:Patch Group', 'web')];
    const commandId = account.send({ ...patch, Targets: both });
    await account.wait(5);
    expect(account.command(commandId)).toMatchObject({
      Status: 'Success',
      StatusDetails: 'NoInstancesInTag',
    });
  });

  test('refuses ids on a platform that the document does not run on, and ends tagged ones as InvalidPlatform', async () => {
    const account = new AccountUnderTest([node(0, { platformType: 'MacOS' }), node(1)]);
    const Parameters = { RunId: ['run-1'], Step: ['preHook'] };

    const refusal = account.refusal('SendCommand', {
      DocumentName: hooks.name,
      InstanceIds: [nodeId(0)],
      Parameters,
    });
    const Targets = [{ Key: 'tag:PatchGroup', Values: ['prd-web'] }];
    const commandId = account.send({ DocumentName: hooks.name, Targets, Parameters });
    await account.wait(20);

    expect(refusal).toMatch(/^UnsupportedPlatformType: /);
    expect(account.details(commandId)).toEqual(['InvalidPlatform', 'Success']);
  });
});
