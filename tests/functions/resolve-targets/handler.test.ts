import { run } from '../../../functions/resolve-targets/handler.ts';
import { bucketName } from '../../../local/names.ts';
import { node, nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, type EmbeddedAccount, home } from '../../support/embedded-account.ts';
import { execution } from '../turns.ts';
import { accountWithPolicy, plannedBatch, resolved } from './account.ts';

afterEach(closeAccounts);

const hour = 3_600_000;
const window = {
  windowId: 'mw-0123456789abcdef0',
  windowExecutionId: '0f0e0d0c-0b0a-4908-8706-050403020100',
};

function accountWithWindow() {
  const opening = { windowExecutionId: window.windowExecutionId, startsAt: startsAt - 600_000 };
  return accountWithPolicy(
    nodes(2),
    {},
    {
      maintenanceWindows: [
        {
          ...home,
          windowId: window.windowId,
          name: 'prd-web',
          schedule: 'rate(1 day)',
          durationHours: 4,
          cutoffHours: 1,
          executions: [opening],
        },
      ],
    },
  );
}

function stored(account: EmbeddedAccount): Readonly<Record<string, string>> {
  const { s3 } = account.aws;
  return Object.fromEntries(
    s3.keys(bucketName).map((key) => [key, s3.object(bucketName, key).toString('utf8')]),
  );
}

describe('the state ResolveTargets', () => {
  test('[F25] ends the run with its window, whose start and duration it reads', async () => {
    const account = await accountWithWindow();

    const { plan } = await resolved(account, { window });

    expect(plan.settings).toMatchObject({ deadline: startsAt - 600_000 + 4 * hour, cutoffSeconds: 3600 });
  });

  test.each([
    ['the request, when that is earlier', startsAt + hour, startsAt + hour],
    ['the window, when that is earlier', startsAt + 9 * hour, startsAt - 600_000 + 4 * hour],
  ])('takes the deadline of %s', async (_what, asked, deadline) => {
    const account = await accountWithWindow();

    const { plan } = await resolved(account, { window, deadline: new Date(asked).toISOString() });

    expect(plan.settings.deadline).toBe(deadline);
  });

  test('has no deadline without a window', async () => {
    const account = await accountWithPolicy(nodes(1));

    const { plan } = await resolved(account);

    expect(plan.settings).toMatchObject({ deadline: null, cutoffSeconds: 0 });
    expect(plan.estimate.fitsWindow).toBeNull();
  });

  test('expects of a node what its last Scan has found', async () => {
    const account = await accountWithPolicy([node(0, { fates: { missingPatches: 3, scanSeconds: 40 } })]);

    await resolved(account);

    const batch = await plannedBatch(account);
    expect(batch.nodes[0]).toMatchObject({ before: { missing: 3, installed: 40 }, expected: { verify: 40 } });
  });

  test('touches no node', async () => {
    const account = await accountWithPolicy(nodes(3));

    await resolved(account);

    expect(account.aws.ssm.journal).toMatchObject({ commands: [], executions: [] });
  });

  test('a second run writes the same, with the same SnapshotId', async () => {
    const account = await accountWithPolicy(nodes(30), { rollout: { waves: ['1', '10%', '100%'] } });
    const first = await resolved(account);
    const before = stored(account);

    const second = await resolved(account);

    expect(second).toEqual(first);
    expect(stored(account)).toEqual(before);
    // The plan, a batch a wave, the note of the locks and the locks.
    expect(Object.keys(before)).toHaveLength(7);
  });

  test('a dry run gives each node its outcome, and has nothing left to do', async () => {
    const account = await accountWithPolicy(nodes(3));

    const { turn } = await resolved(account, { dryRun: true });

    const batch = await plannedBatch(account);
    expect(batch.nodes.map((each) => each.outcome)).toEqual(['WouldPatch', 'WouldPatch', 'WouldPatch']);
    expect(turn).toMatchObject({ next: 'finish', reason: 'dry run: no node was touched' });
  });

  test('finishes at once when no node carries the tags', async () => {
    const account = await accountWithPolicy([]);

    const { turn, plan } = await resolved(account);

    expect(turn).toMatchObject({ next: 'finish', wave: { batches: [] } });
    expect(plan).toMatchObject({ waves: [], leftOut: [] });
  });
});

describe('a request that is refused', () => {
  test.each([
    ['an unknown policy', { policy: 'prd-wbe' }, 'policy: "prd-wbe" is refused; allowed: prd-web'],
    ['an unknown key', { policy: 'prd-web', polcy: 1 }, 'polcy: unknown key'],
    ['an unknown operation', { policy: 'prd-web', operation: 'install' }, 'allowed: "Install", "Scan"'],
    ['no policy', {}, 'policy: a missing value is refused'],
  ])('for %s calls nothing and writes nothing', async (_what, request, message) => {
    const account = await accountWithPolicy(nodes(1));

    const act = run({ execution, request }, account.dependencies);

    await expect(act).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining(message),
    });
    expect(account.counted).toEqual([]);
  });

  test('for a policy file that cannot be used tells every problem', async () => {
    const account = await accountWithPolicy(nodes(1), { patchGroup: '', slaDays: 0 });

    const act = run({ execution, request: { policy: 'prd-web' } }, account.dependencies);

    await expect(act).rejects.toMatchObject({
      name: 'InvalidPolicyError',
      message: expect.stringMatching(/policies\.prd-web\.patchGroup[\s\S]*policies\.prd-web\.slaDays/),
    });
    expect(account.counted).toEqual([]);
  });
});
