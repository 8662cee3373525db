import { run } from '../../../functions/update-ledger/handler.ts';
import { updateLedgerInput } from '../../../functions/update-ledger/schema.ts';
import { AwsError } from '../../../local/aws/service.ts';
import { nodes } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, home } from '../../support/embedded-account.ts';
import { accountWithLedger, input } from './ledger-account.ts';

afterEach(closeAccounts);

describe('a look is refused', () => {
  test.each([
    ['a policy that is not there', { ...input, policy: 'stg' }, 'policy "stg" is refused; allowed: prd-web'],
    ['a scope that is not there', { ...input, scope: 1 }, 'scope 1 of prd-web is refused; allowed: 0 to 0'],
  ])('for %s, before anything is called', async (_what, refused, message) => {
    const account = await accountWithLedger(nodes(1));

    await expect(run(refused, account.dependencies)).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message,
    });
    expect(account.counted).toEqual([]);
  });

  test('for another account without a role: it would be our own nodes in its name', async () => {
    const scopes = [home, { accountId: '444455556666', region: 'eu-west-1' }];
    const account = await accountWithLedger(nodes(1), { scopes });

    await expect(run({ ...input, scope: 1 }, account.dependencies)).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringMatching(/^scopes 444455556666\/eu-west-1 are refused/),
    });
    expect(account.counted).toEqual([]);
  });

  test.each([
    ['without a policy', { ...input, policy: undefined }],
    ['with a scope that is no index', { ...input, scope: -1 }],
    ['without its state machine', { policy: 'prd-web', scope: 0 }],
  ])('for input %s', (_what, malformed) => {
    expect(updateLedgerInput.safeParse(malformed).success).toBe(false);
  });
});

test.each(['DescribeInstanceInformation', 'DescribeInstancePatchStates', 'DescribeInstancePatches'])(
  'a scope that cannot be looked into fails the state by name, and nothing is written: %s',
  async (operation) => {
    const account = await accountWithLedger(nodes(1));
    account.override(operation, () => {
      throw new AwsError('AccessDeniedException', 'not so');
    });

    await expect(account.look()).rejects.toMatchObject({
      name: 'ScopeUnavailableError',
      message:
        'the nodes of account 111122223333 in us-east-1 could not be looked up: AccessDeniedException: not so',
    });
    expect(account.counted).not.toContain('dynamodb:BatchWriteItem');
  },
);

test('the scope is looked into, and written down, where it is', async () => {
  const roleArn = `arn:aws:iam::${home.accountId}:role/fleet-patcher-spoke`;
  const away = { ...home, region: 'eu-west-1', roleArn, externalId: 'fleet-patcher' };
  const account = await accountWithLedger(
    nodes(2).map((each) => ({ ...each, region: away.region })),
    { scopes: [home, away] },
    { roles: [{ roleArn, externalId: 'fleet-patcher' }] },
  );

  const here = await run(input, account.dependencies);
  const there = await run({ ...input, scope: 1 }, account.dependencies);

  expect([here.nodes, there.nodes]).toEqual([0, 2]);
  expect(await account.ledger.openEntriesOf(home)).toEqual([]);
  expect(await account.ledger.openEntriesOf(away)).toHaveLength(10);
});
