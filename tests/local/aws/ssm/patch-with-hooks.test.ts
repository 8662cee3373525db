import type { Fate } from '../../../../local/fleet/node.ts';
import { AccountUnderTest, node, nodeId } from './account-under-test.ts';

const snapshot = '22222222-3333-4444-5555-666666666666';

function patchedWith(fates: Partial<Fate>, parameters: Readonly<Record<string, readonly string[]>> = {}) {
  const account = new AccountUnderTest([node(0, { fates })]);
  const commandId = account.send({
    DocumentName: 'AWS-RunPatchBaselineWithHooks',
    InstanceIds: [nodeId(0)],
    Parameters: {
      Operation: ['Install'],
      SnapshotId: [snapshot],
      PreInstallHookDocName: ['PatchPreHook'],
      OnExitHookDocName: ['PatchPostHook'],
      ...parameters,
    },
  });
  return { account, commandId };
}

const stepsOf = (account: AccountUnderTest): readonly string[] =>
  account.ssm.journal.executions.map(({ step, result }) => `${step} ${result}`);

describe('AWS-RunPatchBaselineWithHooks', () => {
  test('scans, runs the pre-install hook, installs without reboot, reboots, reports, and ends with the last hook', async () => {
    const { account, commandId } = patchedWith({});
    await account.wait(1200);

    expect(account.details(commandId)).toEqual(['Success']);
    expect(stepsOf(account)).toEqual([
      'AWS-RunPatchBaselineWithHooks Success',
      'Scan Success',
      'preHook Success',
      'Install Success',
      'RebootAndReport Success',
      'postHook Success',
    ]);
    expect(account.ssm.truthOf(nodeId(0))).toEqual({ missing: 0, pendingReboot: 0, isThere: true });
  });

  test('runs the last hook alone on a node that lacks nothing', async () => {
    const { account } = patchedWith({ missingPatches: 0 });
    await account.wait(600);

    expect(stepsOf(account).slice(1)).toEqual(['Scan Success', 'postHook Success']);
  });

  test('goes from a pre-install hook that fails to the last hook, and ends as Failed', async () => {
    const { account, commandId } = patchedWith({ preHook: { kind: 'fails', seconds: 5 } });
    await account.wait(600);

    expect(account.details(commandId)).toEqual(['Failed']);
    expect(stepsOf(account).slice(1)).toEqual(['Scan Success', 'preHook Failed', 'postHook Success']);
    expect(account.ssm.truthOf(nodeId(0)).missing).toBe(5);
  });

  test('leaves what an installation that fails has installed waiting for a reboot', async () => {
    const { account } = patchedWith({ install: 'fails' });
    await account.wait(1200);

    expect(stepsOf(account).slice(1)).toEqual([
      'Scan Success',
      'preHook Success',
      'Install Failed',
      'postHook Success',
    ]);
    expect(account.ssm.truthOf(nodeId(0))).toEqual({ missing: 1, pendingReboot: 4, isThere: true });
  });

  test('[F18] ends as Success though a patch is still missing: its last operation is an Install', async () => {
    const { account, commandId } = patchedWith({ stubbornPatches: 1 });
    await account.wait(1200);

    expect(account.details(commandId)).toEqual(['Success']);
    expect(account.ssm.truthOf(nodeId(0)).missing).toBe(1);
  });

  test('[F10] runs no last hook on a node that never comes back, and stays InProgress until its total timeout', async () => {
    const { account, commandId } = patchedWith({ returnsFromReboot: false });
    await account.wait(3000);
    const early = account.details(commandId);
    await account.wait(9000);

    expect(early).toEqual(['InProgress']);
    expect(account.details(commandId)).toEqual(['DeliveryTimedOut']);
    expect(stepsOf(account)).not.toContain('postHook Success');
    expect(account.ssm.truthOf(nodeId(0)).isThere).toBe(false);
  });

  test('takes no override list and runs on no Mac', () => {
    const account = new AccountUnderTest([node(0, { platformType: 'MacOS' })]);
    const send = { DocumentName: 'AWS-RunPatchBaselineWithHooks', InstanceIds: [nodeId(0)] };

    const override = { Operation: ['Install'], InstallOverrideList: ['s3://bucket/list.yml'] };
    expect(account.refusal('SendCommand', { ...send, Parameters: override })).toMatch(/^InvalidParameters/);
    expect(account.refusal('SendCommand', { ...send, Parameters: { Operation: ['Install'] } })).toMatch(
      /^UnsupportedPlatformType/,
    );
  });
});
