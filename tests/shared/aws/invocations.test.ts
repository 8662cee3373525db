import { AwsError } from '../../../local/aws/service.ts';
import { listInvocations, listRecentInvocations } from '../../../shared/aws/invocations.ts';
import { type CommandRequest, type SentCommand, sendCommand } from '../../../shared/aws/run-command.ts';
import { nodeId, nodes } from '../../local/aws/ssm/account-under-test.ts';
import {
  closeAccounts,
  type EmbeddedAccount,
  oneRowAPage,
  startAccount,
} from '../../support/embedded-account.ts';

afterEach(closeAccounts);

function scanOf(nodeIds: readonly string[]): CommandRequest {
  return {
    documentName: 'AWS-RunPatchBaseline',
    nodeIds,
    parameters: { Operation: ['Scan'] },
    comment: 'run-1 w1-b1 patch 1',
    deliveryTimeoutSeconds: 300,
    logs: { bucket: 'fleet-patcher-local', prefix: 'logs/run-1/patch' },
  };
}

async function sent(account: EmbeddedAccount, request: CommandRequest): Promise<SentCommand> {
  const result = await sendCommand(account.ssm, request);
  if (result.kind !== 'sent') throw new Error(`SendCommand came to ${result.kind}`);
  return result.command;
}

describe('listInvocations', () => {
  test('[F05] is empty just after the send, and that is no error', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const { commandId } = await sent(account, scanOf([nodeId(0)]));

    expect(await listInvocations(account.ssm, commandId)).toEqual([]);
  });

  test('[F05] is empty while SSM does not know the id of a command yet', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('ListCommandInvocations', () => {
      throw new AwsError('InvalidCommandId', 'no such command');
    });

    expect(await listInvocations(account.ssm, '01234567-89ab-4cde-8f01-23456789abcd')).toEqual([]);
  });

  test('lets every other error through', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('ListCommandInvocations', () => {
      throw new AwsError('AccessDeniedException', 'no');
    });

    const act = listInvocations(account.ssm, '01234567-89ab-4cde-8f01-23456789abcd');

    await expect(act).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('reads every page, also one that is short or empty with a token', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const { commandId } = await sent(account, scanOf([nodeId(0), nodeId(1), nodeId(2)]));
    await account.wait(120);
    account.override('ListCommandInvocations', (input, real) =>
      oneRowAPage('CommandInvocations', input, real),
    );

    const found = await listInvocations(account.ssm, commandId);

    expect(found.map((each) => each.nodeId)).toEqual([nodeId(0), nodeId(1), nodeId(2)]);
  });

  test('tells how and when each node ended, by the step that tells most', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const { commandId, sentAt } = await sent(account, scanOf([nodeId(0)]));
    await account.wait(120);

    const [found] = await listInvocations(account.ssm, commandId);

    expect(found).toMatchObject({ nodeId: nodeId(0), statusDetails: 'Success' });
    expect(found?.endedAt).toBeGreaterThan(sentAt);
    expect(found?.output).toContain('Running with operation Scan');
  });

  test('[F13] asks for the beginning of the output only, which SSM cuts at 2,500 characters', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    const { commandId } = await sent(account, scanOf([nodeId(0)]));
    await account.wait(120);

    const [found] = await listInvocations(account.ssm, commandId);

    expect(found?.output.length).toBeLessThanOrEqual(2500);
  });

  test('falls back to the status where SSM gives no details', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('ListCommandInvocations', () => ({
      CommandInvocations: [{ InstanceId: nodeId(0), Status: 'Failed' }, { Status: 'Failed' }],
    }));

    const found = await listInvocations(account.ssm, '01234567-89ab-4cde-8f01-23456789abcd');

    expect(found).toMatchObject([{ nodeId: nodeId(0), statusDetails: 'Failed', endedAt: null, output: '' }]);
    expect(found).toHaveLength(1);
  });
});

describe('listRecentInvocations', () => {
  test('reads the answers to several commands in one page, and not those to older ones', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    await sent(account, scanOf([nodeId(0)]));
    await account.wait(120);
    const first = await sent(account, scanOf([nodeId(1)]));
    const second = await sent(account, scanOf([nodeId(2)]));
    await account.wait(120);

    const { invocations, isWhole } = await listRecentInvocations(account.ssm, {
      invokedAfter: first.sentAt - 1000,
      pagesAtMost: 3,
    });

    expect(account.inputsOf('ListCommandInvocations')).toHaveLength(1);
    expect(isWhole).toBe(true);
    expect(invocations.map(({ commandId, nodeId }) => [commandId, nodeId]).toSorted()).toEqual(
      [
        [first.commandId, nodeId(1)],
        [second.commandId, nodeId(2)],
      ].toSorted(),
    );
  });

  test('stops after so many pages, and says that it did', async () => {
    const account = await startAccount({ nodes: nodes(3) });
    const { sentAt } = await sent(account, scanOf([nodeId(0), nodeId(1), nodeId(2)]));
    await account.wait(120);
    account.override('ListCommandInvocations', (input, real) =>
      oneRowAPage('CommandInvocations', input, real),
    );

    const listed = await listRecentInvocations(account.ssm, { invokedAfter: sentAt - 1000, pagesAtMost: 2 });

    expect(account.inputsOf('ListCommandInvocations')).toHaveLength(2);
    expect(listed.isWhole).toBe(false);
  });
});
