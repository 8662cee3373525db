import { run } from '../../../functions/poll-command/handler.ts';
import { run as send } from '../../../functions/send-command/handler.ts';
import { node, nodeId, nodes, rows } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, type EmbeddedAccount, startAccount } from '../../support/embedded-account.ts';
import { scanOf, snapshotId, turn } from '../turns.ts';

afterEach(closeAccounts);

const ids = (count: number) => nodes(count).map((each) => each.nodeId);

/** A batch whose Scans have been sent and have ended. */
async function scansEnded(account: EmbeddedAccount, count: number) {
  const sent = await send(turn({ sends: [scanOf(ids(count))] }), account.dependencies);
  await account.wait(45);
  return sent;
}

/** A batch whose Installs have been sent, and have ended: the last operation of a policy without a last scan. */
async function installsEnded(account: EmbeddedAccount, count: number) {
  const install = scanOf(ids(count), {
    parameters: { Operation: ['Install'], SnapshotId: [snapshotId] },
    readsPatchState: 'Install',
  });
  const sent = await send(turn({ sends: [install] }), account.dependencies);
  await account.wait(600);
  return sent;
}

/** Every patch state as it is, with some members changed. */
function changeStates(account: EmbeddedAccount, change: Readonly<Record<string, unknown>>): void {
  account.override('DescribeInstancePatchStates', (_input, real) => {
    const answer = real();
    return {
      ...answer,
      InstancePatchStates: rows(answer, 'InstancePatchStates').map((row) => ({ ...row, ...change })),
    };
  });
}

describe('after a patch operation', () => {
  test('[F19] reads the patch states of all nodes that answered, fifty a call', async () => {
    const account = await startAccount({ nodes: nodes(50) });
    const sent = await scansEnded(account, 50);

    const after = await run(sent, account.dependencies);

    expect(account.inputsOf('DescribeInstancePatchStates')).toHaveLength(1);
    expect(after.answers.patchStates).toHaveLength(50);
    expect(after.answers.patchStates[0]?.counts).toEqual({
      installed: 40,
      missing: 5,
      failed: 0,
      rejected: 0,
      pendingReboot: 0,
    });
    expect(after.open).toEqual([]);
  });

  test('[F18] needs no invocations of a Scan whose nodes all have a patch state of this run', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    const sent = await scansEnded(account, 2);

    const after = await run(sent, account.dependencies);

    expect(account.inputsOf('ListCommandInvocations')).toEqual([]);
    expect(after.answers.invocations).toMatchObject([{ status: 'Success' }, { status: 'Success' }]);
  });

  test('reads the invocations of a Scan that moved by more nodes than have a patch state', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    const sent = await scansEnded(account, 2);
    account.override('DescribeInstancePatchStates', (_input, real) => {
      const answer = real();
      return { ...answer, InstancePatchStates: rows(answer, 'InstancePatchStates').slice(0, 1) };
    });

    const after = await run(sent, account.dependencies);

    expect(account.inputsOf('ListCommandInvocations')).toHaveLength(1);
    expect(after.answers.invocations).toMatchObject([{ nodeId: nodeId(0), status: 'Success' }]);
    expect(after.open).toMatchObject([
      { awaiting: [nodeId(1)], heldSince: { [nodeId(1)]: expect.any(Number) } },
    ]);
  });

  test.each([
    ['another run', { SnapshotId: '99999999-0b0a-4908-8706-050403020100' }],
    ['another operation', { Operation: 'Install' }],
    ['an earlier time, with no SnapshotId to tell by', { SnapshotId: undefined, OperationEndTime: 1 }],
  ])('[F18] waits while the patch state is that of %s', async (_what, change) => {
    const account = await startAccount({ nodes: nodes(1) });
    const sent = await scansEnded(account, 1);
    changeStates(account, change);

    const after = await run(sent, account.dependencies);

    expect(after).toMatchObject({ next: 'wait', answers: { invocations: [], patchStates: [] } });
    const since = { [nodeId(0)]: expect.any(Number) };
    expect(after.open).toEqual(sent.open.map((command) => ({ ...command, heldSince: since })));
  });

  test('[F18] hands the answer on without a patch state when none has come for two minutes', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const sent = await scansEnded(account, 1);
    changeStates(account, { SnapshotId: '99999999-0b0a-4908-8706-050403020100' });
    await account.wait(600);

    const first = await run(sent, account.dependencies);
    await account.wait(100);
    const early = await run(first, account.dependencies);
    await account.wait(20);
    const after = await run(early, account.dependencies);

    expect([first.next, early.next]).toEqual(['wait', 'wait']);
    expect(after.answers).toMatchObject({ invocations: [{ status: 'Success' }], patchStates: [] });
    expect(after.open).toEqual([]);
  });

  test('[F18] waits two minutes for each node, though a neighbour has been waited for before', async () => {
    const slow = { scanSeconds: 130 };
    const account = await startAccount({ nodes: [node(0), node(1, { fates: slow })] });
    const sent = await scansEnded(account, 2);
    changeStates(account, { SnapshotId: '99999999-0b0a-4908-8706-050403020100' });
    const first = await run(sent, account.dependencies);
    await account.wait(110);

    const second = await run(first, account.dependencies);
    await account.wait(20);
    const third = await run(second, account.dependencies);

    expect(second.answers.invocations).toEqual([]);
    expect(third.answers.invocations.map((answer) => answer.nodeId)).toEqual([nodeId(0)]);
    expect(third.open).toMatchObject([{ awaiting: [nodeId(1)] }]);
  });

  test('[F18] knows its own SnapshotId in capitals too', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const sent = await scansEnded(account, 1);
    changeStates(account, { SnapshotId: snapshotId.toUpperCase() });

    expect((await run(sent, account.dependencies)).answers.patchStates).toHaveLength(1);
  });

  test('a failed operation waits for nothing: its patch state comes along if it is there', async () => {
    const account = await startAccount({ nodes: [node(0, { fates: { install: 'fails' } })] });
    const sent = await installsEnded(account, 1);

    const after = await run(sent, account.dependencies);

    expect(after.answers.invocations).toMatchObject([{ nodeId: nodeId(0), status: 'Failed' }]);
  });

  test.each([
    ['a success', 'Success', 'ERROR: patching FAILED, exit 1, 99 missing'],
    ['a failure', 'Failed', 'INFO: all patches installed. Success. 0 missing, 0 failed'],
  ])('[F13] a misleading output changes nothing about %s', async (_what, status, output) => {
    const account = await startAccount({ nodes: nodes(1) });
    const sent = await installsEnded(account, 1);
    account.override('ListCommandInvocations', (_input, real) => {
      const plugin = { Name: 'PatchLinux', Status: status, Output: output };
      const list = rows(real(), 'CommandInvocations').map((row) => ({
        ...row,
        Status: status,
        StatusDetails: status,
        CommandPlugins: [plugin],
      }));
      return { CommandInvocations: list };
    });

    const after = await run(sent, account.dependencies);

    expect(after.answers.invocations).toMatchObject([{ status }]);
    expect(after.answers.patchStates[0]?.counts.installed).toBe(45);
  });
});
