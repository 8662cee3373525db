import { AccountUnderTest, node, nodeId, nodes, rows, startsAt } from './account-under-test.ts';

const snapshotId = '22222222-3333-4444-8555-666666666666';

describe('patch states', () => {
  test('begin with a Scan of some hours ago, whose snapshot is not ours', () => {
    const account = new AccountUnderTest(nodes(1));

    const state = account.patchState(nodeId(0));

    expect(state).toMatchObject({
      Operation: 'Scan',
      InstalledCount: 40,
      MissingCount: 5,
      PatchGroup: 'prd-web',
    });
    expect(Number(state['OperationEndTime']) - Number(state['OperationStartTime'])).toBe(30);
    expect(Number(state['OperationEndTime'])).toBeLessThanOrEqual(startsAt / 1000 - 3600);
    expect(state['SnapshotId']).not.toBe(snapshotId);
  });

  test('[F15] RebootIfNeeded reboots a node that installed anything, and then reports', async () => {
    const account = new AccountUnderTest(nodes(1));

    const commandId = account.install([nodeId(0)]);
    await account.wait(330);
    const during = [account.details(commandId), account.patchState(nodeId(0))['Operation']];
    await account.wait(120);

    expect(during).toEqual([['InProgress'], 'Scan']);
    expect(account.details(commandId)).toEqual(['Success']);
    expect(account.patchState(nodeId(0))).toMatchObject({
      Operation: 'Install',
      RebootOption: 'RebootIfNeeded',
      InstalledCount: 45,
      InstalledPendingRebootCount: 0,
    });
  });

  test('[F15] a node with nothing to install does not reboot', async () => {
    const account = new AccountUnderTest([node(0, { fates: { missingPatches: 0 } })]);

    const commandId = account.install([nodeId(0)]);
    await account.wait(310);

    expect(account.details(commandId)).toEqual(['Success']);
  });

  test('[F15] NoReboot leaves patches pending until a reboot and a later Scan', async () => {
    const account = new AccountUnderTest(nodes(1));
    const pending = (): unknown => account.patchState(nodeId(0))['InstalledPendingRebootCount'];
    const scan = async (): Promise<void> => {
      account.scan([nodeId(0)]);
      await account.wait(40);
    };

    account.install([nodeId(0)], { RebootOption: ['NoReboot'] });
    await account.wait(310);
    const seen = [pending()];
    await scan();
    seen.push(pending());
    account.ssm.reboot(nodeId(0));
    await account.wait(130);
    seen.push(pending());
    await scan();
    seen.push(pending());

    expect(seen).toEqual([5, 5, 5, 0]);
    expect(account.patchState(nodeId(0))).toMatchObject({ InstalledCount: 45, MissingCount: 0 });
    expect(account.patchState(nodeId(0))).toHaveProperty('LastNoRebootInstallOperationTime');
  });

  test('[F16] echo the SnapshotId that came with the command, and none when none came', async () => {
    const account = new AccountUnderTest(nodes(1));

    account.scan([nodeId(0)], { Parameters: { Operation: ['Scan'], SnapshotId: [snapshotId] } });
    await account.wait(40);
    const ours = account.patchState(nodeId(0));
    account.scan([nodeId(0)]);
    await account.wait(40);

    expect(ours['SnapshotId']).toBe(snapshotId);
    expect(account.patchState(nodeId(0))).not.toHaveProperty('SnapshotId');
  });

  test('[F16] a snapshot cannot be used three days after its first use', async () => {
    const account = new AccountUnderTest(nodes(2));
    const Parameters = { Operation: ['Scan'], SnapshotId: [snapshotId] };
    account.scan([nodeId(0)], { Parameters });
    await account.wait(2 * 86_400);

    const inTime = account.scan([nodeId(1)], { Parameters });
    await account.wait(86_460);
    const late = account.scan([nodeId(1)], { Parameters });
    await account.wait(60);

    expect([account.details(inTime), account.details(late)]).toEqual([['Success'], ['Failed']]);
    const get = { CommandId: late, InstanceId: nodeId(1), PluginName: 'PatchLinux' };
    expect(account.call('GetCommandInvocation', get)).toMatchObject({ ResponseCode: 156 });
  });

  test('[F17] two patch operations that meet on a node both fail and leave it as it was', async () => {
    const account = new AccountUnderTest(nodes(1));

    const first = account.install([nodeId(0)]);
    await account.wait(60);
    const second = account.scan([nodeId(0)]);
    await account.wait(600);

    const codes = [first, second].map((CommandId) => {
      const get = { CommandId, InstanceId: nodeId(0), PluginName: 'PatchLinux' };
      return account.call('GetCommandInvocation', get)['ResponseCode'];
    });
    expect([account.details(first), account.details(second), codes]).toEqual([
      ['Failed'],
      ['Failed'],
      [155, 152],
    ]);
    account.scan([nodeId(0)]);
    await account.wait(60);
    expect(account.patchState(nodeId(0))).toMatchObject({ Operation: 'Scan', MissingCount: 5 });
  });

  test('[F18] an Install reports nothing Missing where patches are, and only a Scan tells', async () => {
    const account = new AccountUnderTest([node(0, { fates: { stubbornPatches: 2 } })]);

    const commandId = account.install([nodeId(0)]);
    await account.wait(500);
    const installed = account.patchState(nodeId(0));
    account.scan([nodeId(0)]);
    await account.wait(60);

    expect(account.details(commandId)).toEqual(['Success']);
    expect(installed).toMatchObject({
      Operation: 'Install',
      MissingCount: 0,
      FailedCount: 0,
      InstalledCount: 43,
    });
    expect(account.patchState(nodeId(0))).toMatchObject({
      Operation: 'Scan',
      MissingCount: 2,
      InstalledCount: 43,
    });
  });

  test('[F18] keep the last operation when a later one never reports', async () => {
    const account = new AccountUnderTest([node(0, { fates: { install: 'falseFailure' } })]);
    const before = account.patchState(nodeId(0));

    const commandId = account.install([nodeId(0)], { SnapshotId: [snapshotId] });
    await account.wait(500);
    const after = account.patchState(nodeId(0));
    account.scan([nodeId(0)]);
    await account.wait(60);

    expect(account.details(commandId)).toEqual(['Failed']);
    expect(after).toEqual(before);
    expect(account.patchState(nodeId(0))).toMatchObject({ MissingCount: 0, InstalledCount: 45 });
  });

  test('count what a failing Install could not install as Failed', async () => {
    const account = new AccountUnderTest([node(0, { fates: { install: 'fails' } })]);

    const commandId = account.install([nodeId(0)]);
    await account.wait(500);

    expect(account.details(commandId)).toEqual(['Failed']);
    expect(account.patchState(nodeId(0))).toMatchObject({
      FailedCount: 1,
      MissingCount: 0,
      InstalledCount: 44,
    });
  });

  test('[F19] take at most 50 ids and pages of 10 to 100, and leave out ids that nobody knows', () => {
    const account = new AccountUnderTest([...nodes(12), node(20, { isManaged: false })]);
    const ids = [...nodes(12).map((each) => each.nodeId), nodeId(20), nodeId(99)];
    const describe = (input: object): string => account.refusal('DescribeInstancePatchStates', { ...input });

    const first = account.call('DescribeInstancePatchStates', { InstanceIds: ids, MaxResults: 10 });
    const rest = account.call('DescribeInstancePatchStates', {
      InstanceIds: ids,
      NextToken: first['NextToken'],
    });

    const found = [first, rest]
      .flatMap((page) => rows(page, 'InstancePatchStates'))
      .map((row) => row['InstanceId']);
    expect(found).toEqual(ids.slice(0, 12));
    expect(describe({ InstanceIds: ids, MaxResults: 9 })).toMatch(
      /^ValidationException: .*greater than or equal to 10/,
    );
    expect(describe({ InstanceIds: ids, MaxResults: 101 })).toMatch(/^ValidationException: /);
    const many = Array.from({ length: 51 }, (_, index) => nodeId(index));
    expect(describe({ InstanceIds: many })).toMatch(/^ValidationException: .*less than or equal to 50/);
    expect(describe({})).toMatch(
      /^ValidationException: Value null at|^ValidationException: 1 validation error/,
    );
  });
});

describe('the patches of a node', () => {
  test('[F20] carry states in camel case, and InstalledTime 0 while missing', () => {
    const account = new AccountUnderTest([node(0, { fates: { missingPatches: 3 } })]);

    const answer = account.call('DescribeInstancePatches', { InstanceId: nodeId(0), MaxResults: 100 });

    const patches = rows(answer, 'Patches');
    const missing = patches.filter((row) => row['State'] === 'Missing');
    expect(new Set(patches.map((row) => row['State']))).toEqual(
      new Set(['Installed', 'Missing', 'InstalledOther']),
    );
    expect(missing.map((row) => row['InstalledTime'])).toEqual([0, 0, 0]);
    expect(patches.filter((row) => row['State'] === 'Installed')).toHaveLength(40);
  });

  test('stay the same patches as they are installed', async () => {
    const account = new AccountUnderTest([
      node(0, { platformType: 'Windows', platformName: 'Windows Server 2022' }),
    ]);
    const titles = (state: string): readonly unknown[] => {
      const Filters = [{ Key: 'State', Values: [state] }];
      const input = { InstanceId: nodeId(0), Filters, MaxResults: 100 };
      return rows(account.call('DescribeInstancePatches', input), 'Patches').map((row) => row['Title']);
    };

    const missing = titles('Missing');
    account.install([nodeId(0)]);
    await account.wait(500);

    expect(missing).toHaveLength(5);
    expect(titles('Missing')).toEqual([]);
    expect(titles('Installed')).toEqual(expect.arrayContaining([...missing]));
  });

  test('refuse an unknown node and an unknown filter', () => {
    const account = new AccountUnderTest(nodes(1));
    const Filters = [{ Key: 'Title', Values: ['kernel'] }];

    expect(account.refusal('DescribeInstancePatches', { InstanceId: nodeId(9) })).toMatch(
      /^InvalidInstanceId: /,
    );
    expect(account.refusal('DescribeInstancePatches', { InstanceId: nodeId(0), Filters })).toMatch(
      /^InvalidFilter: /,
    );
  });
});
