import { node, nodeId, nodes } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, type EmbeddedAccount, home } from '../../support/embedded-account.ts';
import { accountWithPolicy, leftOut, plannedBatch, resolved } from './account.ts';

afterEach(closeAccounts);

const hybrid = (index: number, different: Parameters<typeof node>[1] = {}) =>
  node(index, { nodeId: nodeId(index, 'mi'), resourceType: 'ManagedInstance', ...different });

async function planned(account: EmbeddedAccount, batchId = 'w1-b1'): Promise<readonly string[]> {
  const batch = await plannedBatch(account, batchId);
  return batch.nodes.map((each) => each.nodeId).toSorted();
}

describe('the targets of a policy', () => {
  test('[F23] are EC2 instances and hybrid nodes in one run', async () => {
    const account = await accountWithPolicy([node(0), hybrid(1)]);

    const { plan, turn } = await resolved(account);

    expect(await planned(account)).toEqual([nodeId(0), nodeId(1, 'mi')]);
    expect(plan.leftOut).toEqual([]);
    expect(turn).toMatchObject({
      kind: 'wave',
      next: 'patch',
      wave: { batches: [{ batchId: 'w1-b1', turn: 0 }] },
    });
  });

  test('[F21] carry the patch group in either spelling, and are taken once when they carry both', async () => {
    const account = await accountWithPolicy([
      node(0),
      node(1, { tags: { 'Patch Group': 'prd-web' } }),
      node(2, { tags: { 'Patch Group': 'prd-web', PatchGroup: 'prd-web' } }),
      node(3, { tags: { 'patch group': 'prd-web' } }),
      hybrid(4, { tags: { 'Patch Group': 'prd-web' } }),
      node(5, { tags: { PatchGroup: 'prd-db' } }),
    ]);

    await resolved(account);

    expect(await planned(account)).toEqual([nodeId(0), nodeId(1), nodeId(2), nodeId(4, 'mi')]);
  });

  test('[F22] carry every target tag too, each asked for by itself', async () => {
    const tags = { PatchGroup: 'prd-web', Environment: 'prd', Tier: 'front' };
    const account = await accountWithPolicy(
      [
        node(0, { tags }),
        node(1, { tags: { ...tags, Tier: 'back' } }),
        node(2, { tags: { ...tags, Tier: 'db' } }),
        hybrid(3, { tags: { ...tags, Environment: 'stg' } }),
        hybrid(4, { tags }),
      ],
      { targetTags: { Environment: ['prd'], Tier: ['front', 'back'] } },
    );

    const { plan } = await resolved(account);

    expect(await planned(account)).toEqual([nodeId(0), nodeId(1), nodeId(4, 'mi')]);
    expect(plan.leftOut).toEqual([]);
    for (const input of account.inputsOf('DescribeInstanceInformation')) {
      expect(input['Filters']).toHaveLength(1);
    }
  });

  test('are left alone with their reason when they cannot or must not be patched', async () => {
    const account = await accountWithPolicy([
      node(0),
      node(1, { fates: { agent: 'offline' } }),
      node(2, { instanceState: 'stopped' }),
      node(3, { instanceState: 'stopping' }),
      node(4, { isManaged: false }),
      node(5, { tags: { PatchGroup: 'prd-web', PatchOptOut: '' } }),
      hybrid(6, { tags: { PatchGroup: 'prd-web', PatchOptOut: 'until march' } }),
      node(7, { platformType: 'MacOS' }),
      hybrid(8, { fates: { agent: 'offline' } }),
    ]);

    const { plan } = await resolved(account);

    expect(await planned(account)).toEqual([nodeId(0)]);
    expect(leftOut(plan)).toEqual({
      [nodeId(1)]: 'Unreachable',
      [nodeId(2)]: 'Stopped',
      [nodeId(3)]: 'Stopped',
      [nodeId(4)]: 'Unmanaged',
      [nodeId(5)]: 'OptedOut',
      [nodeId(6, 'mi')]: 'OptedOut',
      [nodeId(7)]: 'NotReached',
      [nodeId(8, 'mi')]: 'Unreachable',
    });
    for (const each of plan.leftOut) expect(each.reason).not.toBe('');
  });

  test('opt out by the tag that the policy names', async () => {
    const account = await accountWithPolicy(
      [node(0, { tags: { PatchGroup: 'prd-web', Frozen: 'yes' } }), node(1)],
      { optOutTag: 'Frozen' },
    );

    const { plan } = await resolved(account);

    expect(leftOut(plan)).toEqual({ [nodeId(0)]: 'OptedOut' });
  });

  test('opt out also when they are stopped, or unknown to Systems Manager', async () => {
    const tags = { PatchGroup: 'prd-web', PatchOptOut: 'true' };
    const account = await accountWithPolicy([
      node(0, { tags, instanceState: 'stopped' }),
      node(1, { tags, isManaged: false }),
    ]);

    const { plan } = await resolved(account);

    expect(leftOut(plan)).toEqual({ [nodeId(0)]: 'OptedOut', [nodeId(1)]: 'OptedOut' });
  });

  test('are nobody any more once they are terminated', async () => {
    const account = await accountWithPolicy([node(0), node(1, { instanceState: 'terminated' })]);

    const { plan } = await resolved(account);

    expect(await planned(account)).toEqual([nodeId(0)]);
    expect(plan.leftOut).toEqual([]);
  });

  test('[F14] beyond the quota of managed nodes are dealt to two batches of one account', async () => {
    const account = await accountWithPolicy(nodes(2401));

    const { turn } = await resolved(account);

    expect(turn.wave.batches).toHaveLength(2);
    expect((await planned(account, 'w1-b1')).length + (await planned(account, 'w1-b2')).length).toBe(2401);
  });

  test("are looked for in each of the policy's scopes, by its role", async () => {
    const roleArn = 'arn:aws:iam::444455556666:role/fleet-patcher-spoke';
    const spoke = { accountId: '444455556666', region: 'eu-west-1', roleArn, externalId: 'fleet-patcher' };
    const account = await accountWithPolicy(
      [node(0), node(1, { accountId: spoke.accountId, region: spoke.region })],
      { scopes: [home, spoke] },
      { roles: [{ roleArn, externalId: 'fleet-patcher' }] },
    );

    const { plan } = await resolved(account);

    const [first, second] = plan.waves[0]?.batchIds ?? [];
    const places = await Promise.all(
      [first, second].map(async (batchId = '') => (await plannedBatch(account, batchId)).scope),
    );
    expect(places.map((scope) => scope.accountId).toSorted()).toEqual([home.accountId, spoke.accountId]);
    expect(places.find((scope) => scope.accountId === spoke.accountId)).toEqual(spoke);
  });
});
