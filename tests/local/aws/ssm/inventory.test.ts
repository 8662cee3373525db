import { hookDocument } from '../../../../infra/hook-document/hook-document.ts';
import type { MaintenanceWindow } from '../../../../local/aws/ssm/maintenance-window.ts';
import { AccountUnderTest, node, nodeId, nodes, part, rows, startsAt } from './account-under-test.ts';

type Json = Readonly<Record<string, unknown>>;

function informationOf(account: AccountUnderTest, input: Json): readonly Json[] {
  return rows(account.call('DescribeInstanceInformation', input), 'InstanceInformationList');
}

describe('DescribeInstanceInformation', () => {
  test('[F22] pages by 10 unless told 5 to 50', () => {
    const account = new AccountUnderTest(nodes(12));
    const refusal = (MaxResults: number): string =>
      account.refusal('DescribeInstanceInformation', { MaxResults });

    const first = account.call('DescribeInstanceInformation', {});
    const rest = informationOf(account, { NextToken: first['NextToken'] });

    expect([rows(first, 'InstanceInformationList').length, rest.length]).toEqual([10, 2]);
    expect([refusal(4), refusal(51)]).toEqual([
      expect.stringMatching(/^ValidationException: .*greater than or equal to 5$/),
      expect.stringMatching(/^ValidationException: .*less than or equal to 50$/),
    ]);
  });

  test('[F22] shows nodes that run, without their tags', () => {
    const hybrid = { nodeId: nodeId(3, 'mi'), resourceType: 'ManagedInstance' } as const;
    const account = new AccountUnderTest([
      node(0),
      node(1, { instanceState: 'stopped' }),
      node(2, { isManaged: false }),
      node(3, hybrid),
    ]);

    const listed = informationOf(account, {});

    expect(listed.map((row) => row['InstanceId'])).toEqual([nodeId(0), nodeId(3, 'mi')]);
    expect(listed[0]).toMatchObject({
      ResourceType: 'EC2Instance',
      PingStatus: 'Online',
      PlatformType: 'Linux',
    });
    expect(listed[0]).not.toHaveProperty('Tags');
  });

  test('[F22] takes tag filters only by themselves, and one form of filters at a time', () => {
    const account = new AccountUnderTest([node(0), node(1, { tags: { PatchGroup: 'stg' } })]);
    const tag = { Key: 'tag:PatchGroup', Values: ['stg'] };
    const online = { Key: 'PingStatus', Values: ['Online'] };
    const legacy = [{ key: 'PingStatus', valueSet: ['Online'] }];
    const refusal = (input: Json): string => account.refusal('DescribeInstanceInformation', input);

    expect(informationOf(account, { Filters: [tag] }).map((row) => row['InstanceId'])).toEqual([nodeId(1)]);
    expect(informationOf(account, { InstanceInformationFilterList: legacy })).toHaveLength(2);
    expect(refusal({ Filters: [tag, online] })).toMatch(/^InvalidFilterKey: /);
    expect(refusal({ Filters: [{ Key: 'Colour', Values: ['red'] }] })).toMatch(/^InvalidFilterKey: /);
    expect(refusal({ Filters: [{ ...online, Values: ['Up'] }] })).toMatch(
      /^InvalidInstanceInformationFilterValue: /,
    );
    expect(refusal({ Filters: [online], InstanceInformationFilterList: legacy })).toMatch(
      /^ValidationException: /,
    );
  });

  test('[F22] fails for one id that is not of the account', () => {
    const account = new AccountUnderTest([...nodes(2), node(2, { instanceState: 'stopped' })]);
    const Filters = [{ Key: 'InstanceIds', Values: [nodeId(0), nodeId(2)] }];
    const bad = [{ Key: 'InstanceIds', Values: [nodeId(0), nodeId(9)] }];

    expect(informationOf(account, { Filters })).toHaveLength(1);
    expect(account.refusal('DescribeInstanceInformation', { Filters: bad })).toMatch(/^InvalidInstanceId: /);
  });

  test('[F22] calls a node Online for minutes after its last heartbeat', async () => {
    const account = new AccountUnderTest([
      node(0, { fates: { returnsFromReboot: false } }),
      node(1, { fates: { agent: 'offline' } }),
    ]);
    account.install([nodeId(0)]);
    const pings = (): readonly unknown[] => informationOf(account, {}).map((row) => row['PingStatus']);

    await account.wait(320);
    const early = pings();
    await account.wait(300);

    expect([early, pings()]).toEqual([
      ['Online', 'ConnectionLost'],
      ['ConnectionLost', 'ConnectionLost'],
    ]);
  });

  test('is Online again, with a fresh ping, once a node is back from its reboot', async () => {
    const account = new AccountUnderTest([node(0, { fates: { rebootSeconds: 1200 } })]);
    account.install([nodeId(0)]);

    await account.wait(1000);
    const during = informationOf(account, {})[0];
    await account.wait(510);

    expect(during).toMatchObject({ PingStatus: 'ConnectionLost' });
    const [after] = informationOf(account, {});
    expect(after).toMatchObject({ PingStatus: 'Online' });
    expect(Number(after?.['LastPingDateTime'])).toBeGreaterThan(startsAt / 1000 + 1490);
  });
});

describe('maintenance windows', () => {
  const windowExecutionId = '11111111-2222-4333-8444-555555555555';
  const window: MaintenanceWindow = {
    accountId: '111122223333',
    region: 'us-east-1',
    windowId: 'mw-0123456789abcdef0',
    name: 'prd-web-install',
    schedule: 'cron(0 0 ? * SUN *)',
    scheduleTimezone: 'Asia/Tokyo',
    durationHours: 3,
    cutoffHours: 1,
    executions: [
      { windowExecutionId, startsAt },
      { windowExecutionId: windowExecutionId.replace('1', '2'), startsAt: startsAt + 7 * 86_400_000 },
    ],
  };

  test('[F25] tell their end only through two calls: start there, duration and cutoff here', async () => {
    const account = new AccountUnderTest(nodes(1), { maintenanceWindows: [window] });
    await account.wait(60);

    const execution = account.call('GetMaintenanceWindowExecution', { WindowExecutionId: windowExecutionId });
    const definition = account.call('GetMaintenanceWindow', { WindowId: window.windowId });

    expect(execution).toMatchObject({ StartTime: startsAt / 1000, Status: 'IN_PROGRESS' });
    expect(execution).not.toHaveProperty('WindowId');
    expect(execution).not.toHaveProperty('EndTime');
    expect(definition).toMatchObject({
      Duration: 3,
      Cutoff: 1,
      NextExecutionTime: '2026-11-29T00:00:00.000Z',
    });
  });

  test('are listed with their schedule and next opening, by whole names where asked', () => {
    const other = { ...window, windowId: 'mw-0123456789abcdef1', name: 'prd-web-scan', executions: [] };
    const account = new AccountUnderTest(nodes(1), { maintenanceWindows: [window, other] });
    const named = (name: string): unknown[] => {
      const Filters = [{ Key: 'Name', Values: [name] }];
      return rows(account.call('DescribeMaintenanceWindows', { Filters }), 'WindowIdentities').map(
        ({ WindowId }) => WindowId,
      );
    };

    const all = rows(account.call('DescribeMaintenanceWindows', { MaxResults: 10 }), 'WindowIdentities');

    expect(all).toEqual([
      {
        WindowId: window.windowId,
        Name: 'prd-web-install',
        Schedule: 'cron(0 0 ? * SUN *)',
        ScheduleTimezone: 'Asia/Tokyo',
        NextExecutionTime: '2026-11-29T00:00:00.000Z',
        Duration: 3,
        Cutoff: 1,
        Enabled: true,
      },
      expect.not.objectContaining({ NextExecutionTime: expect.anything() }),
    ]);
    expect([named('prd-web-scan'), named('prd-web')]).toEqual([[other.windowId], []]);
    expect(account.refusal('DescribeMaintenanceWindows', { MaxResults: 9 })).toMatch(
      /^ValidationException: /,
    );
    const Filters = [{ Key: 'Schedule', Values: ['x'] }];
    expect(account.refusal('DescribeMaintenanceWindows', { Filters })).toMatch(/Name, Enabled/);
  });

  test('list the executions so far, and a cancelled one says so', async () => {
    const account = new AccountUnderTest(nodes(1), { maintenanceWindows: [window] });
    await account.wait(60);
    const query = { WindowId: window.windowId, MaxResults: 10 };

    const running = account.call('DescribeMaintenanceWindowExecutions', query);
    account.ssm.setMaintenanceWindow({
      ...window,
      executions: [{ windowExecutionId, startsAt, status: 'CANCELLED' }],
    });
    const cancelled = account.call('GetMaintenanceWindowExecution', { WindowExecutionId: windowExecutionId });

    expect(rows(running, 'WindowExecutions')).toHaveLength(1);
    expect(running).toMatchObject({
      WindowExecutions: [{ WindowId: window.windowId, Status: 'IN_PROGRESS' }],
    });
    expect(cancelled).toMatchObject({ Status: 'CANCELLED', EndTime: startsAt / 1000 + 60 });
    expect(account.refusal('DescribeMaintenanceWindowExecutions', { ...query, MaxResults: 9 })).toMatch(
      /^Validation/,
    );
    const unknown = { WindowId: 'mw-0123456789abcdef1' };
    expect(account.refusal('GetMaintenanceWindow', unknown)).toMatch(/^DoesNotExistException: /);
  });
});

describe('documents and tags', () => {
  test('describes a document by its content', () => {
    const account = new AccountUnderTest(nodes(1), {
      documents: [{ name: 'fleet-patcher-hooks', content: hookDocument() }],
    });

    const described = part(account.call('DescribeDocument', { Name: 'fleet-patcher-hooks' }), 'Document');
    const content = account.call('GetDocument', { Name: 'fleet-patcher-hooks' })['Content'];

    expect(described).toMatchObject({
      DocumentType: 'Command',
      PlatformTypes: ['Windows', 'Linux'],
      HashType: 'Sha256',
    });
    expect(JSON.parse(String(content))).toEqual(hookDocument());
    expect(account.refusal('GetDocument', { Name: 'other' })).toMatch(/^InvalidDocument: /);
  });

  test('keeps the tags of hybrid nodes only', () => {
    const account = new AccountUnderTest([
      node(0),
      node(1, { nodeId: nodeId(1, 'mi'), tags: { Stage: 'prd' } }),
    ]);
    const ask = (ResourceId: string): Json => ({ ResourceType: 'ManagedInstance', ResourceId });

    const answer = account.call('ListTagsForResource', ask(nodeId(1, 'mi')));

    expect(answer).toEqual({ TagList: [{ Key: 'Stage', Value: 'prd' }] });
    expect(account.refusal('ListTagsForResource', ask(nodeId(0)))).toMatch(/^InvalidResourceId: /);
  });
});
