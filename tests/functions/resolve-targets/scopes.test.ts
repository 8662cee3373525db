import { run } from '../../../functions/resolve-targets/handler.ts';
import { AwsError } from '../../../local/aws/service.ts';
import { node, nodes } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, home } from '../../support/embedded-account.ts';
import { execution } from '../turns.ts';
import { accountWithPolicy, plannedBatch, resolved } from './account.ts';

afterEach(closeAccounts);

const input = { execution, request: { policy: 'prd-web' } };

describe('the scopes of a policy', () => {
  test('in other accounts are refused without a role, before anything is called', async () => {
    const foreign = [
      { accountId: '444455556666', region: 'eu-west-1' },
      { accountId: '777788889999', region: 'us-east-1' },
    ];
    const account = await accountWithPolicy(nodes(1), { scopes: [home, ...foreign] });

    await expect(run(input, account.dependencies)).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message:
        'scopes 444455556666/eu-west-1, 777788889999/us-east-1 are refused; allowed: a roleArn for every account and Region other than our own, 111122223333/us-east-1',
    });
    expect(account.counted).toEqual([]);
  });

  test("in our own account need one in every other Region: the stack's own roles act in its Region alone", async () => {
    const away = { ...home, region: 'eu-west-1' };
    const account = await accountWithPolicy(nodes(1), { scopes: [home, away] });

    await expect(run(input, account.dependencies)).rejects.toMatchObject({
      message: expect.stringContaining('scopes 111122223333/eu-west-1 are refused'),
    });
  });

  test('in another Region of our own account are planned with a role', async () => {
    const roleArn = `arn:aws:iam::${home.accountId}:role/fleet-patcher-spoke`;
    const away = { ...home, region: 'eu-west-1', roleArn, externalId: 'fleet-patcher' };
    const account = await accountWithPolicy(
      [node(0), node(1, { region: away.region })],
      { scopes: [home, away] },
      { roles: [{ roleArn, externalId: 'fleet-patcher' }] },
    );

    const { plan } = await resolved(account);

    expect(plan.waves[0]).toMatchObject({ nodes: 2, batchIds: ['w1-b1', 'w1-b2'] });
  });

  test.each(['DescribeInstanceInformation', 'DescribeInstancePatchStates'])(
    'that cannot be looked into fail the state by name, for a retry, and nothing is written: %s',
    async (operation) => {
      const account = await accountWithPolicy(nodes(1));
      account.override(operation, () => {
        throw new AwsError('AccessDeniedException', 'not so');
      });

      await expect(run(input, account.dependencies)).rejects.toMatchObject({
        name: 'ScopeUnavailableError',
        message:
          'the nodes of account 111122223333 in us-east-1 could not be looked up: AccessDeniedException: not so',
      });
      expect(account.counted.filter((call) => call.startsWith('s3:'))).toEqual([]);
    },
  );

  test('whose role cannot be assumed fail the state by the same name', async () => {
    const roleArn = 'arn:aws:iam::444455556666:role/fleet-patcher-spoke';
    const spoke = { accountId: '444455556666', region: 'eu-west-1', roleArn };
    const account = await accountWithPolicy(nodes(1), { scopes: [spoke] });

    await expect(run(input, account.dependencies)).rejects.toMatchObject({
      name: 'ScopeUnavailableError',
      message: expect.stringMatching(
        /^the nodes of account 444455556666 in eu-west-1 could not be looked up: /,
      ),
    });
  });
});

describe('the times of the last Scan', () => {
  const start = Date.parse('2026-11-21T00:00:00Z') / 1000;
  const unknown = 60;

  test.each([
    ['are believed', start, start + 40, 40],
    ['that end before they start are not', start, start - 40, unknown],
    ['that span no time are not', start, start, unknown],
    ['that span six hours are not', start, start + 6 * 3600, unknown],
    ['without a start are not', undefined, start, unknown],
    ['without an end are not', start, undefined, unknown],
  ])('%s', async (_what, startedAt, endedAt, verify) => {
    const account = await accountWithPolicy(nodes(1));
    account.override('DescribeInstancePatchStates', () => ({
      InstancePatchStates: [
        {
          InstanceId: node(0).nodeId,
          Operation: 'Scan',
          OperationStartTime: startedAt,
          OperationEndTime: endedAt,
        },
      ],
    }));

    await resolved(account);

    expect((await plannedBatch(account)).nodes[0]?.expected.verify).toBe(verify);
  });
});
