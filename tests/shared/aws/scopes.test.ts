import { configFor } from '../../../shared/aws/client-config.ts';
import { instancesByTags } from '../../../shared/aws/instances.ts';
import { managedNodesByTag } from '../../../shared/aws/managed-nodes.ts';
import { makeSsmClients } from '../../../shared/aws/ssm-clients.ts';
import type { Scope } from '../../../shared/domain/policy.ts';
import { node, nodeId } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, home, startAccount } from '../../support/embedded-account.ts';

afterEach(closeAccounts);

const spoke: Scope = {
  accountId: '444455556666',
  region: 'eu-west-1',
  roleArn: 'arn:aws:iam::444455556666:role/fleet-patcher-spoke',
  externalId: 'fleet-patcher',
};
const group = { key: 'PatchGroup', values: ['prd-web'] };

function startOrganization() {
  return startAccount({
    nodes: [node(0), node(1, { accountId: spoke.accountId, region: spoke.region })],
    roles: [{ roleArn: spoke.roleArn ?? '', externalId: 'fleet-patcher' }],
  });
}

describe('the clients of a scope', () => {
  test('work in our own account without a role', async () => {
    const account = await startOrganization();

    const found = await managedNodesByTag(account.dependencies.ssmFor(home), group);

    expect([...found.keys()]).toEqual([nodeId(0)]);
    expect(account.counted).not.toContain('sts:AssumeRole');
  });

  test("work in a spoke's account and Region by its role and external id", async () => {
    const account = await startOrganization();

    const managed = await managedNodesByTag(account.dependencies.ssmFor(spoke), group);
    const instances = await instancesByTags(account.dependencies.ec2For(spoke), [group]);

    expect([...managed.keys()]).toEqual([nodeId(1)]);
    expect(instances.map((instance) => instance.nodeId)).toEqual([nodeId(1)]);
  });

  test.each([
    ['a wrong external id', { ...spoke, externalId: 'somebody-else' }],
    ['no external id', { ...spoke, externalId: undefined }],
    ['a role that is not there', { ...spoke, roleArn: 'arn:aws:iam::444455556666:role/other' }],
  ])('are refused by %s', async (_what, { externalId, ...scope }) => {
    const account = await startOrganization();
    const wrong: Scope = externalId === undefined ? scope : { ...scope, externalId };

    const act = managedNodesByTag(account.dependencies.ssmFor(wrong), group);

    await expect(act).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('keep a session for its hour, and take a new one before it ends', async () => {
    const account = await startOrganization();
    const ssm = account.dependencies.ssmFor(spoke);
    const sessions = () => account.counted.filter((call) => call === 'sts:AssumeRole').length;

    await managedNodesByTag(ssm, group);
    await account.wait(50 * 60);
    await managedNodesByTag(ssm, group);
    const within = sessions();
    await account.wait(10 * 60);
    const found = await managedNodesByTag(ssm, group);

    expect(within).toBe(1);
    expect(sessions()).toBe(2);
    expect([...found.keys()]).toEqual([nodeId(1)]);
  });

  test('share a session, also when they begin at once', async () => {
    const account = await startOrganization();
    const ssm = account.dependencies.ssmFor(spoke);

    await Promise.all([
      managedNodesByTag(ssm, group),
      managedNodesByTag({ ...ssm, client: ssm.once }, group),
    ]);

    expect(account.counted.filter((call) => call === 'sts:AssumeRole')).toHaveLength(1);
  });

  test('ask again after a session that was refused', async () => {
    const account = await startOrganization();
    const { externalId: _externalId, ...without } = spoke;
    const ssm = account.dependencies.ssmFor(without);
    await expect(managedNodesByTag(ssm, group)).rejects.toMatchObject({ name: 'AccessDenied' });

    await expect(managedNodesByTag(ssm, group)).rejects.toMatchObject({ name: 'AccessDenied' });

    expect(account.counted.filter((call) => call === 'sts:AssumeRole')).toHaveLength(2);
  });

  test('are made once a scope, and share a pace with every role in the same account and Region', async () => {
    const made = makeSsmClients({
      count: () => undefined,
      callsPerSecond: 8,
      now: () => 0,
      sleep: () => Promise.resolve(),
    });
    const { externalId: _externalId, roleArn: _roleArn, ...place } = spoke;

    expect(made(spoke)).toBe(made({ ...spoke }));
    expect(made(place).client).not.toBe(made(spoke).client);
    expect(made(place).pace).toBe(made(spoke).pace);
    expect(made(home).pace).not.toBe(made(spoke).pace);
  });

  test('[F03] have eight attempts for what may be repeated, and one for what may not', async () => {
    const { ssm } = await startOrganization();

    expect(await ssm.client.config.maxAttempts()).toBe(8);
    expect(await ssm.once.config.maxAttempts()).toBe(1);
  });

  test('give a call up that is not answered: a connection after 5 s, an answer after 20 s', () => {
    const made = configFor(home, () => undefined);

    expect(made.requestHandler).toEqual({
      connectionTimeout: 5_000,
      requestTimeout: 20_000,
      throwOnRequestTimeout: true,
    });
  });
});
