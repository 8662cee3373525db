import type { PatchBaseline } from '../../../../local/aws/ssm/patch-baselines.ts';
import type { PatchOperationReport } from '../../../../local/aws/ssm/patch-operation-report.ts';
import { AccountUnderTest, node, nodeId, rows } from './account-under-test.ts';

const own: PatchBaseline = {
  accountId: '111122223333',
  region: 'us-east-1',
  patchGroup: 'prd-web',
  operatingSystem: 'AMAZON_LINUX_2023',
  baselineId: 'pb-0123456789abcdef0',
};
const other = { baselineId: 'pb-0fedcba9876543210', missing: 3 } as const;

function registered(): AccountUnderTest {
  return new AccountUnderTest([node(0)], { patchBaselines: [own] });
}

function patches(account: AccountUnderTest, state: string): readonly unknown[] {
  const input = {
    InstanceId: nodeId(0),
    Filters: [{ Key: 'State', Values: [state] }],
    MaxResults: 100,
  };
  return rows(account.call('DescribeInstancePatches', input), 'Patches').map(({ KBId }) => KBId);
}

describe('the baseline of a patch group', () => {
  const ask = (account: AccountUnderTest, input: Readonly<Record<string, unknown>>): unknown =>
    account.call('GetPatchBaselineForPatchGroup', input)['BaselineId'];

  test('is the registered one, and stands in the patch state of its nodes', async () => {
    const account = registered();
    const first = account.patchState(nodeId(0))['BaselineId'];
    account.scan([nodeId(0)]);
    await account.wait(60);

    const answer = account.call('GetPatchBaselineForPatchGroup', {
      PatchGroup: 'prd-web',
      OperatingSystem: 'AMAZON_LINUX_2023',
    });

    expect(answer).toEqual({
      BaselineId: own.baselineId,
      PatchGroup: 'prd-web',
      OperatingSystem: 'AMAZON_LINUX_2023',
    });
    expect([first, account.patchState(nodeId(0))['BaselineId']]).toEqual([own.baselineId, own.baselineId]);
  });

  test.each([
    ['another group', { PatchGroup: 'stg-web', OperatingSystem: 'AMAZON_LINUX_2023' }, {}],
    ['another operating system', { PatchGroup: 'prd-web', OperatingSystem: 'UBUNTU' }, {}],
    ['no operating system, which is WINDOWS', { PatchGroup: 'prd-web', OperatingSystem: undefined }, {}],
    [
      'another account',
      { PatchGroup: 'prd-web', OperatingSystem: 'AMAZON_LINUX_2023' },
      { accountId: '444455556666' },
    ],
  ])("is AWS's own, as an ARN, for %s", (_, input, scope) => {
    const answer = registered().call('GetPatchBaselineForPatchGroup', input, scope);

    expect(answer['BaselineId']).toMatch(/^arn:aws:ssm:us-east-1:\d{12}:patchbaseline\/pb-[0-9a-f]{17}$/);
    expect(answer['OperatingSystem']).toBe(input.OperatingSystem ?? 'WINDOWS');
  });

  test('of AWS itself is what an unregistered node reports, by the last part of the ARN', () => {
    const account = new AccountUnderTest([node(0)]);

    const id = String(ask(account, { PatchGroup: 'prd-web', OperatingSystem: 'AMAZON_LINUX_2023' }));

    expect(account.patchState(nodeId(0))['BaselineId']).toBe(id.split('/').at(-1));
  });

  test('is refused for an operating system that has none, and without a group', () => {
    const account = registered();
    const refusal = (input: Readonly<Record<string, unknown>>): string =>
      account.refusal('GetPatchBaselineForPatchGroup', input);

    expect(refusal({ PatchGroup: 'prd-web', OperatingSystem: 'BEOS' })).toMatch(
      /^ValidationException: .*enum/,
    );
    expect(refusal({})).toMatch(/^ValidationException: .*patchGroup/);
  });

  test('is one for each operating system', () => {
    expect(() => new AccountUnderTest([], { patchBaselines: [own, own] })).toThrow(/prd-web/);
  });
});

describe('a scan by another baseline', () => {
  test('is the last writer: its id, its own missing patches, and ours are merely present or unheard of', () => {
    const account = registered();
    const before = { missing: patches(account, 'Missing'), installed: patches(account, 'Installed') };

    account.ssm.rescan(nodeId(0), other);

    const state = account.patchState(nodeId(0));
    const missing = patches(account, 'Missing');
    expect(state).toMatchObject({ BaselineId: other.baselineId, Operation: 'Scan', MissingCount: 3 });
    expect(state).toMatchObject({ InstalledCount: 0 });
    expect(missing).toHaveLength(3);
    expect(missing.filter((id) => before.missing.includes(id))).toEqual([]);
    expect(patches(account, 'InstalledOther')).toEqual(expect.arrayContaining([...before.installed]));
  });

  test('changes nothing on the node: the next scan of ours finds what was there', async () => {
    const account = registered();
    const before = patches(account, 'Missing');
    account.ssm.rescan(nodeId(0), other);

    account.scan([nodeId(0)]);
    await account.wait(60);

    expect(account.patchState(nodeId(0))['BaselineId']).toBe(own.baselineId);
    expect(patches(account, 'Missing')).toEqual(before);
  });

  test('names a node that exists', () => {
    expect(() => registered().ssm.rescan(nodeId(9), other)).toThrow(RangeError);
  });
});

describe('Patch Manager hears of an operation', () => {
  function heard(): { readonly account: AccountUnderTest; readonly reports: PatchOperationReport[] } {
    const reports: PatchOperationReport[] = [];
    const account = new AccountUnderTest([node(0)], {
      patchBaselines: [own],
      onPatchReport: (report) => reports.push(report),
    });
    return { account, reports };
  }

  test('when it ends, though nobody asks', async () => {
    const { account, reports } = heard();

    const commandId = account.scan([nodeId(0)]);
    await account.wait(20);
    const early = reports.length;
    await account.wait(40);

    expect(early).toBe(0);
    expect(reports).toEqual([
      expect.objectContaining({
        nodeId: nodeId(0),
        commandId,
        baselineId: own.baselineId,
        operation: 'Scan',
      }),
    ]);
    expect(reports[0]).toMatchObject({ missing: 5, failed: 0, pendingReboot: 0, installed: 40 });
  });

  test('with the worst severity of what is missing, and none once nothing is', async () => {
    const { account, reports } = heard();
    account.scan([nodeId(0)]);
    await account.wait(60);

    account.install([nodeId(0)]);
    await account.wait(500);

    expect(reports.map(({ operation }) => operation)).toEqual(['Scan', 'Install']);
    expect(reports[0]?.highestSeverity).toMatch(/^(CRITICAL|HIGH|MEDIUM|LOW)$/);
    expect(reports[1]).toMatchObject({ missing: 0, highestSeverity: null, installed: 45 });
  });

  test('of another baseline too, and not of one that never reported', async () => {
    const { account, reports } = heard();
    account.scan([nodeId(0)]);
    await account.wait(10);
    account.scan([nodeId(0)]);
    await account.wait(60);

    account.ssm.rescan(nodeId(0), other);

    expect(reports.map(({ baselineId, missing }) => [baselineId, missing])).toEqual([[other.baselineId, 3]]);
  });
});
