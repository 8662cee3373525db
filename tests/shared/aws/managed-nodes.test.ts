import { managedNodesByTag, patchStatesOf, pingsOf } from '../../../shared/aws/managed-nodes.ts';
import { node, nodeId, nodes, rows } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, oneRowAPage, startAccount } from '../../support/embedded-account.ts';

afterEach(closeAccounts);

const ids = (count: number) => nodes(count).map((each) => each.nodeId);
const group = { key: 'PatchGroup', values: ['prd-web'] };

describe('managedNodesByTag', () => {
  test('[F22] pages through all nodes of a tag, fifty a page, by a filter that stands alone', async () => {
    const account = await startAccount({ nodes: nodes(101) });

    const found = await managedNodesByTag(account.ssm, group);

    expect([...found.keys()].toSorted()).toEqual(ids(101));
    expect(account.inputsOf('DescribeInstanceInformation')).toHaveLength(3);
    expect(account.inputsOf('DescribeInstanceInformation')[0]).toEqual({
      Filters: [{ Key: 'tag:PatchGroup', Values: ['prd-web'] }],
      MaxResults: 50,
    });
  });

  test('asks for the key alone when no value is given', async () => {
    const account = await startAccount({ nodes: [node(0, { tags: { PatchOptOut: 'yes' } }), node(1)] });

    const found = await managedNodesByTag(account.ssm, { key: 'PatchOptOut', values: [] });

    expect([...found.keys()]).toEqual([nodeId(0)]);
  });

  test('holds a node once, however often pages repeat it', async () => {
    const account = await startAccount({ nodes: nodes(60) });
    account.override('DescribeInstanceInformation', (_input, real) => {
      const answer = real();
      const list = rows(answer, 'InstanceInformationList');
      return { ...answer, InstanceInformationList: [...list, ...list] };
    });

    expect((await managedNodesByTag(account.ssm, group)).size).toBe(60);
  });

  test('tells how a node stands: platform, ping status, last ping', async () => {
    const account = await startAccount({
      nodes: [node(0, { platformType: 'Windows' }), node(1, { fates: { agent: 'offline' } })],
    });

    const found = await managedNodesByTag(account.ssm, group);

    expect(found.get(nodeId(0))).toMatchObject({ isOnline: true, platformType: 'Windows' });
    expect(found.get(nodeId(1))).toMatchObject({ isOnline: false, pingStatus: 'ConnectionLost' });
  });
});

describe('pingsOf', () => {
  test('[F22] asks fifty nodes a call', async () => {
    const account = await startAccount({ nodes: nodes(120) });

    const pings = await pingsOf(account.ssm, ids(120));

    expect(pings.filter((ping) => ping.isOnline)).toHaveLength(120);
    expect(account.inputsOf('DescribeInstanceInformation')).toHaveLength(3);
  });

  test('[F22] an id that SSM no longer knows is offline since ever, and does not hide the others', async () => {
    const account = await startAccount({ nodes: nodes(9) });

    const pings = await pingsOf(account.ssm, ids(10));

    expect(pings.filter((ping) => ping.isOnline).map((ping) => ping.nodeId)).toEqual(ids(9));
    expect(pings.find((ping) => ping.nodeId === nodeId(9))).toMatchObject({ isOnline: false, lastPingAt: 0 });
  });

  test('a node that is missing from one page only is asked for again, and still pings', async () => {
    const account = await startAccount({ nodes: nodes(60) });
    let calls = 0;
    account.override('DescribeInstanceInformation', (_input, real) => {
      const answer = real();
      calls += 1;
      const list = rows(answer, 'InstanceInformationList');
      return calls === 1 ? { ...answer, InstanceInformationList: list.slice(3) } : answer;
    });

    const pings = await pingsOf(account.ssm, ids(60));

    expect(pings.map((ping) => ping.nodeId).toSorted()).toEqual(ids(60));
    expect(pings.every((ping) => ping.isOnline)).toBe(true);
    expect(calls).toBe(3);
  });

  test('[F22] a node that is missing twice is offline, and is told once', async () => {
    const account = await startAccount({
      nodes: nodes(3).map((each, index) => (index === 1 ? { ...each, instanceState: 'stopped' } : each)),
    });

    const pings = await pingsOf(account.ssm, ids(3));

    expect(pings.filter((ping) => !ping.isOnline)).toEqual([
      expect.objectContaining({ nodeId: nodeId(1), lastPingAt: 0 }),
    ]);
    expect(pings).toHaveLength(3);
    expect(account.inputsOf('DescribeInstanceInformation').at(-1)).toMatchObject({
      Filters: [{ Key: 'InstanceIds', Values: [nodeId(1)] }],
    });
  });

  test('reads on where a page is short', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    account.override('DescribeInstanceInformation', (input, real) =>
      oneRowAPage('InstanceInformationList', input, real),
    );

    const pings = await pingsOf(account.ssm, ids(3));

    expect(pings.map((ping) => [ping.nodeId, ping.isOnline])).toEqual(ids(3).map((id) => [id, true]));
  });
});

describe('patchStatesOf', () => {
  test('[F19] asks fifty nodes a call, with pages of fifty', async () => {
    const account = await startAccount({ nodes: nodes(101) });

    const states = await patchStatesOf(account.ssm, ids(101));

    const inputs = account.inputsOf('DescribeInstancePatchStates');
    expect(states.size).toBe(101);
    expect(inputs.map((input) => [rows(input, 'InstanceIds').length, input['MaxResults']])).toEqual([
      [50, 50],
      [50, 50],
      [1, 50],
    ]);
  });

  test('[F19] unknown ids are simply absent', async () => {
    const account = await startAccount({ nodes: nodes(1) });

    expect([...(await patchStatesOf(account.ssm, ids(2))).keys()]).toEqual([nodeId(0)]);
  });

  test('[F20] counts come from the state, with zero for what SSM leaves out', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('DescribeInstancePatchStates', () => ({
      InstancePatchStates: [
        { InstanceId: nodeId(0), Operation: 'Scan', MissingCount: 3, InstalledOtherCount: 9 },
      ],
    }));

    const state = (await patchStatesOf(account.ssm, ids(1))).get(nodeId(0));

    expect(state).toMatchObject({
      operation: 'Scan',
      snapshotId: null,
      counts: { installed: 0, missing: 3, failed: 0, rejected: 0, pendingReboot: 0 },
    });
  });

  test('reads on where a page is short, and holds a repeated row once', async () => {
    const account = await startAccount({ nodes: nodes(12) });
    account.override('DescribeInstancePatchStates', (input, real) => {
      const page = oneRowAPage('InstancePatchStates', input, real);
      const list = rows(page, 'InstancePatchStates');
      return { ...page, InstancePatchStates: [...list, ...list] };
    });

    expect((await patchStatesOf(account.ssm, ids(12))).size).toBe(12);
  });
});
