import { node } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts } from '../../support/embedded-account.ts';
import { accountWithLedger } from './ledger-account.ts';

afterEach(closeAccounts);

const fleet = [node(0), node(1)];

/** Both nodes lack patches and were told of; the first is patched and scanned. */
async function patched() {
  const account = await accountWithLedger(fleet);
  await account.look();
  for (const each of fleet) await account.tellOf(each);
  await account.install([node(0)]);
  await account.scan([node(0)]);
  return account;
}

describe('the findings of a node', () => {
  test('are resolved when a scan shows it compliant, and those of others are not', async () => {
    const account = await patched();

    const { resolved } = await account.look();

    expect(resolved).toBe(1);
    expect(account.securityHub.resolved).toEqual([node(0).nodeId]);
    expect((await account.open()).every((entry) => entry.nodeId === node(1).nodeId)).toBe(true);
  });

  test('are resolved once, while the same scan is its last', async () => {
    const account = await patched();
    await account.look();

    await account.look();

    expect(account.securityHub.resolved).toHaveLength(1);
  });

  test('do not hold up the clock: it stops also if Security Hub is down, and the next look resolves them', async () => {
    const account = await patched();
    const before = await account.lookedAt();
    account.securityHub.failure = new Error('Security Hub is down');

    await expect(account.look()).rejects.toThrow('Security Hub is down');
    const closedMeanwhile = await account.closed();
    const lookedMeanwhile = await account.lookedAt();
    account.securityHub.failure = undefined;
    const repairedAt = Math.floor(account.clock.now());
    await account.look();

    expect(closedMeanwhile).toHaveLength(5);
    expect(lookedMeanwhile).toBe(before);
    expect(account.securityHub.resolved).toEqual([node(0).nodeId]);
    expect(await account.lookedAt()).toBeGreaterThanOrEqual(repairedAt);
  });

  test('of an instance that is terminated are settled at the next look, and its clocks end', async () => {
    const account = await patched();
    await account.look();
    account.aws.terminate(node(1).nodeId);

    const gone = await account.look();

    expect(gone).toMatchObject({ closed: 5, resolved: 1 });
    expect(account.securityHub.resolved).toEqual([node(0).nodeId, node(1).nodeId]);
    expect(await account.open()).toEqual([]);
  });
});
