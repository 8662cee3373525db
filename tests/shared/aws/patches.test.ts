import { AwsError } from '../../../local/aws/service.ts';
import { everyOperatingSystem, governingBaselines, patchesOf } from '../../../shared/aws/patches.ts';
import { node, nodeId, nodes } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, home, oneRowAPage, startAccount } from '../../support/embedded-account.ts';
import { brokenLimits } from '../../support/service-limits.ts';

afterEach(closeAccounts);

describe('patchesOf', () => {
  test('reads a hundred rows a page, to the last page', async () => {
    const account = await startAccount({
      nodes: [node(0, { fates: { installedPatches: 240, missingPatches: 5 } })],
    });

    const patches = await patchesOf(account.ssm, nodeId(0));

    expect(account.inputsOf('DescribeInstancePatches').map((input) => input['MaxResults'])).toEqual([
      100, 100, 100,
    ]);
    expect(patches?.filter((patch) => patch.state === 'Installed')).toHaveLength(240);
    expect(patches?.filter((patch) => patch.state === 'Missing')).toHaveLength(5);
  });

  test('follows tokens, also behind an empty page', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const whole = await patchesOf(account.ssm, nodeId(0));
    account.override('DescribeInstancePatches', (input, real) =>
      oneRowAPage('Patches', { ...input }, (other) => real({ ...other, MaxResults: 100 })),
    );

    expect(await patchesOf(account.ssm, nodeId(0))).toEqual(whole);
  });

  test('[F20] takes 1970 for no time, and a row without an id by its title', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('DescribeInstancePatches', () => ({
      Patches: [
        {
          KBId: 'KB5034441',
          Title: 'Update',
          Severity: 'Critical',
          Classification: 'SecurityUpdates',
          State: 'Missing',
          InstalledTime: 0,
        },
        { KBId: '', Title: 'kernel:1.0', State: 'INSTALLED_OTHER', InstalledTime: 1_795_313_099.5 },
        {},
      ],
    }));

    expect(await patchesOf(account.ssm, nodeId(0))).toEqual([
      {
        patchId: 'KB5034441',
        title: 'Update',
        classification: 'SecurityUpdates',
        severity: 'Critical',
        state: 'Missing',
        installedAt: null,
      },
      {
        patchId: 'kernel:1.0',
        title: 'kernel:1.0',
        classification: '',
        severity: '',
        state: 'INSTALLED_OTHER',
        installedAt: 1_795_313_099_500,
      },
    ]);
  });

  test('has nothing to say of a node that is gone, which is no list', async () => {
    const account = await startAccount({ nodes: nodes(1) });

    expect(await patchesOf(account.ssm, nodeId(9))).toBeNull();
  });
});

describe('governingBaselines', () => {
  const ownId = 'pb-0123456789abcdef0';
  const patchBaselines = [
    { ...home, patchGroup: 'prd-web', operatingSystem: 'AMAZON_LINUX_2023', baselineId: ownId },
  ];

  test('are the ids of those that the group has, and of AWS for the systems without', async () => {
    const account = await startAccount({ nodes: nodes(1), besides: { patchBaselines } });

    const found = await governingBaselines(account.ssm, 'prd-web', ['AMAZON_LINUX_2023', 'UBUNTU']);

    expect([...(found ?? [])]).toEqual([ownId, expect.stringMatching(/^pb-[0-9a-f]{17}$/)]);
    expect(account.inputsOf('GetPatchBaselineForPatchGroup')).toEqual([
      { PatchGroup: 'prd-web', OperatingSystem: 'AMAZON_LINUX_2023' },
      { PatchGroup: 'prd-web', OperatingSystem: 'UBUNTU' },
    ]);
  });

  test('are not known where we may not ask; any other failure is one', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const fail = (code: string) =>
      account.override('GetPatchBaselineForPatchGroup', () => {
        throw new AwsError(code, 'not so');
      });

    fail('AccessDeniedException');
    expect(await governingBaselines(account.ssm, 'prd-web', ['UBUNTU'])).toBeNull();

    fail('ValidationException');
    await expect(governingBaselines(account.ssm, 'prd-web', ['UBUNTU'])).rejects.toThrow('not so');
  });
});

test('both keep the limits of their operations, with a token as well', async () => {
  const account = await startAccount({ nodes: [node(0, { fates: { installedPatches: 240 } })] });

  await patchesOf(account.ssm, nodeId(0));
  await governingBaselines(account.ssm, 'prd-web', everyOperatingSystem);

  const calls = account.calls.map(({ operation, input }) => brokenLimits(`ssm:${operation}`, input));
  expect(calls.length).toBeGreaterThan(3 + 10);
  expect(calls.flat()).toEqual([]);
});
