import { AwsError } from '../../../local/aws/service.ts';
import { node, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts } from '../../support/embedded-account.ts';
import { accountWithLedger, ownBaseline } from './ledger-account.ts';

afterEach(closeAccounts);

const otherBaseline = 'pb-0fedcba9876543210';
const lacking = [node(0), node(1, { fates: { missingPatches: 2 } })];
const compliant = [node(2, { fates: { missingPatches: 0 } }), node(3, { fates: { missingPatches: 0 } })];

describe('a look', () => {
  test('starts a clock for each patch of each node, and reads the patches of no compliant node', async () => {
    const account = await accountWithLedger([...lacking, ...compliant]);

    const { usage, calls, ...counts } = await account.look();

    expect(counts).toEqual({ nodes: 4, read: 2, left: 0, opened: 7, closed: 0, resolved: 2 });
    expect(calls['ssm:DescribeInstancePatches']).toHaveLength(2);
    expect(calls['ssm:GetPatchBaselineForPatchGroup']).toHaveLength(1);
    expect(usage).toMatchObject({ stateTransitions: 0 });
    const open = await account.open();
    expect(open).toHaveLength(7);
    for (const entry of open) {
      expect(entry).toMatchObject({ policy: 'prd-web', state: 'Missing', baselineId: ownBaseline });
      expect(entry.firstSeenAt).toBeLessThan(startsAt);
    }
    expect(account.codes).toContain('FP_LEDGER_UPDATED');
  });

  test('without new scans reads no patches and no baselines, and writes nothing but that it looked', async () => {
    const account = await accountWithLedger([...lacking, ...compliant]);
    await account.look();
    const before = await account.open();
    await account.wait(3600);
    const startedAt = Math.floor(account.clock.now());

    const { calls, ...counts } = await account.look();

    expect(counts).toMatchObject({ nodes: 4, read: 0, opened: 0, closed: 0, resolved: 0 });
    expect(Object.fromEntries(Object.entries(calls).map(([name, all]) => [name, all?.length]))).toEqual({
      'ssm:DescribeInstanceInformation': 3,
      'ssm:DescribeInstancePatchStates': 1,
      'ec2:DescribeInstances': 2,
      'dynamodb:Query': 3,
      'dynamodb:BatchWriteItem': 1,
    });
    expect(await account.open()).toEqual(before);
    expect(await account.lookedAt()).toBeGreaterThanOrEqual(startedAt);
  });

  test('after a new scan that finds the same changes no clock, and reads those nodes alone', async () => {
    const account = await accountWithLedger([...lacking, ...compliant]);
    await account.look();
    const before = await account.open();
    await account.scan([node(0), node(2)]);

    const { calls, read } = await account.look();

    expect(read).toBe(1);
    expect(calls['ssm:DescribeInstancePatches']).toHaveLength(1);
    expect(await account.open()).toEqual(before);
  });

  test('[F18] after an Install closes what it installed, and goes by the Scan for the rest', async () => {
    const stubborn = node(0, { fates: { stubbornPatches: 2, install: 'falseFailure' } });
    const account = await accountWithLedger([stubborn]);
    await account.look();
    await account.install([stubborn]);
    const { closed } = await account.look();
    await account.scan([stubborn]);

    const afterScan = await account.look();

    expect(closed + afterScan.closed).toBe((await account.closed()).length);
    expect((await account.open()).length + (await account.closed()).length).toBe(5);
    for (const entry of await account.closed()) expect(entry).toMatchObject({ closedBecause: 'Installed' });
  });

  test("is not misled by somebody else's rescan, and goes on with the clocks after the next of its own", async () => {
    const account = await accountWithLedger(lacking);
    await account.look();
    const before = await account.open();

    for (const { nodeId } of lacking) {
      account.aws.ssm.rescan(nodeId, { baselineId: otherBaseline, missing: 3 });
    }
    const { opened, closed, resolved } = await account.look();
    await account.scan(lacking);
    await account.look();

    expect({ opened, closed, resolved }).toEqual({ opened: 0, closed: 0, resolved: 0 });
    expect(await account.open()).toEqual(before);
  });

  test("keeps the clock of a node whose system the policy has no baseline for: AWS's own governs it", async () => {
    const account = await accountWithLedger([node(0, { platformName: 'Ubuntu', platformVersion: '24.04' })]);

    const { opened } = await account.look();

    expect(opened).toBe(5);
  });

  test('starts the clocks of a node that was stopped right after its scan: it may stay so for weeks', async () => {
    const account = await accountWithLedger([node(0, { instanceState: 'stopped' })]);

    expect(await account.look()).toMatchObject({ read: 1, opened: 5 });
    expect(await account.look()).toMatchObject({ read: 0, opened: 0 });
  });

  test('counts from the past, if it may not ask which baseline governs', async () => {
    const account = await accountWithLedger(lacking);
    account.override('GetPatchBaselineForPatchGroup', () => {
      throw new AwsError('AccessDeniedException', 'not so');
    });

    expect(await account.look()).toMatchObject({ opened: 7 });
    account.aws.ssm.rescan(node(0).nodeId, { baselineId: otherBaseline, missing: 0 });
    expect(await account.look()).toMatchObject({ closed: 0, resolved: 0 });
  });
});

describe('a list of patches', () => {
  test('is not used if another operation has ended meanwhile; the next look reads it', async () => {
    const account = await accountWithLedger([node(0)]);
    let isFirst = true;
    account.override('DescribeInstancePatches', (_input, real) => {
      const list = real();
      if (isFirst) account.aws.ssm.rescan(node(0).nodeId, { baselineId: otherBaseline, missing: 1 });
      isFirst = false;
      return list;
    });

    expect(await account.look()).toMatchObject({ read: 0, opened: 0, left: 0 });
    await account.scan([node(0)]);
    expect(await account.look()).toMatchObject({ read: 1, opened: 5 });
  });

  test('of a node that is gone meanwhile is no list', async () => {
    const account = await accountWithLedger(lacking);
    account.override('DescribeInstancePatches', (input, real) => {
      if (input['InstanceId'] === node(0).nodeId) throw new AwsError('InvalidInstanceId', 'not so');
      return real();
    });

    expect(await account.look()).toMatchObject({ read: 1, opened: 2 });
  });

  test('is left for the next look when time is up, and this look is not noted as complete', async () => {
    const fleet = Array.from({ length: 60 }, (_, index) => node(index));
    const account = await accountWithLedger(fleet);
    let calls = 0;
    account.override('DescribeInstancePatches', (_input, real) => {
      calls += 1;
      return real();
    });
    const later = Math.floor(account.clock.now()) + 601_000;
    Object.assign(account.dependencies, { now: () => (calls < 50 ? account.clock.now() : later) });

    const first = await account.look();
    const lookedAt = await account.lookedAt();
    const second = await account.look();

    expect(first).toMatchObject({ read: 50, left: 10, opened: 250 });
    expect(lookedAt).toBeUndefined();
    expect(second).toMatchObject({ read: 10, left: 0, opened: 50 });
    expect(await account.lookedAt()).toBe(later);
  });

  test('is not left again and again, if nodes are scanned faster than they can be read', async () => {
    const fleet = Array.from({ length: 60 }, (_, index) => node(index));
    const account = await accountWithLedger(fleet);
    let calls = 0;
    account.override('DescribeInstancePatches', (_input, real) => {
      calls += 1;
      return real();
    });
    const now = () => account.clock.now() + (calls < 50 ? 0 : 601_000);
    Object.assign(account.dependencies, { now });

    await account.look();
    calls = 0;
    await account.scan(fleet.slice(0, 50));
    const second = await account.look();

    expect(second).toMatchObject({ read: 50, left: 10 });
    expect(new Set((await account.open()).map((entry) => entry.nodeId)).size).toBe(60);
  });
});
