import { AwsError } from '../../../local/aws/service.ts';
import {
  type CommandRequest,
  cancelCommand,
  listCommands,
  type SentCommand,
  sendCommand,
} from '../../../shared/aws/run-command.ts';
import { nodeId, nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, type EmbeddedAccount, startAccount } from '../../support/embedded-account.ts';

afterEach(closeAccounts);

function scanOf(nodeIds: readonly string[], comment = 'run-1 w1-b1 patch 1'): CommandRequest {
  return {
    documentName: 'AWS-RunPatchBaseline',
    nodeIds,
    parameters: { Operation: ['Scan'] },
    comment,
    deliveryTimeoutSeconds: 300,
    logs: { bucket: 'fleet-patcher-local', prefix: 'logs/run-1/patch' },
  };
}

async function sent(account: EmbeddedAccount, request: CommandRequest): Promise<SentCommand> {
  const result = await sendCommand(account.ssm, request);
  if (result.kind !== 'sent') throw new Error(`SendCommand came to ${result.kind}`);
  return result.command;
}

async function listed(account: EmbeddedAccount, query: Parameters<typeof listCommands>[1]) {
  const pages: (readonly SentCommand[])[] = [];
  for await (const page of listCommands(account.ssm, query)) pages.push(page);
  return pages;
}

describe('sendCommand', () => {
  test('answers with the command, its time and its nodes', async () => {
    const account = await startAccount({ nodes: nodes(2) });

    const command = await sent(account, scanOf([nodeId(0), nodeId(1)]));

    expect(command).toMatchObject({
      commandId: account.aws.ssm.journal.commands[0]?.commandId,
      comment: 'run-1 w1-b1 patch 1',
      nodeIds: [nodeId(0), nodeId(1)],
      completed: 0,
      expiresAt: expect.any(Number),
    });
    expect(command.expiresAt).toBeGreaterThan(command.sentAt + 300_000);
    expect(command.sentAt).toBeGreaterThanOrEqual(startsAt);
  });

  test('[F03] is never repeated by the SDK: a reply that was lost is in doubt after one call', async () => {
    const account = await startAccount({ nodes: nodes(1), faults: { 'lost-reply': 1 } });

    const act = sendCommand(account.ssm, scanOf([nodeId(0)]));

    await expect(act).rejects.toMatchObject({
      name: 'CommandInDoubtError',
      message: expect.stringMatching(/^ssm:SendCommand "run-1 w1-b1 patch 1" of AWS-RunPatchBaseline: /),
      cause: expect.anything(),
    });
    expect(account.counted).toEqual(['ssm:SendCommand']);
    expect(account.aws.ssm.journal.commands).toHaveLength(1);
  });

  test('is in doubt when the answer holds no command', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    account.override('SendCommand', () => ({}));

    await expect(sendCommand(account.ssm, scanOf([nodeId(0)]))).rejects.toMatchObject({
      name: 'CommandInDoubtError',
      message: 'ssm:SendCommand "run-1 w1-b1 patch 1" answered without a command',
    });
  });

  test('[F02] says that one of the ids is not accepted', async () => {
    const account = await startAccount({ nodes: nodes(1) });

    const result = await sendCommand(account.ssm, scanOf([nodeId(0), nodeId(9)]));

    expect(result).toEqual({
      kind: 'nodeRefused',
      reason: expect.stringMatching(/^InvalidInstanceId: /),
    });
  });

  test.each(['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded'])(
    '[F04] knows %s as throttling',
    async (code) => {
      const account = await startAccount({ nodes: nodes(1) });
      account.override('SendCommand', () => {
        throw new AwsError(code, 'Rate exceeded');
      });

      expect(await sendCommand(account.ssm, scanOf([nodeId(0)]))).toEqual({ kind: 'throttled' });
      expect(account.counted).toEqual(['ssm:SendCommand']);
    },
  );

  test('[F01] is refused for good when the request breaks a limit', async () => {
    const account = await startAccount({ nodes: nodes(51) });

    const result = await sendCommand(account.ssm, scanOf(nodes(51).map((each) => each.nodeId)));

    expect(result).toEqual({ kind: 'refused', reason: expect.stringMatching(/^ValidationException: /) });
  });
});

describe('listCommands', () => {
  test('pages through all commands since a time, newest first, fifty a page', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    for (let index = 0; index < 52; index += 1)
      await sent(account, scanOf([nodeId(0)], `run-1 w1-b1 patch ${index}`));
    await account.wait(10);

    const pages = await listed(account, { invokedAfter: startsAt, executing: false });

    expect(pages.map((page) => page.length)).toEqual([50, 2]);
    expect(pages.flat()[0]?.comment).toBe('run-1 w1-b1 patch 51');
    expect(account.inputsOf('ListCommands')[0]).toMatchObject({ MaxResults: 50 });
  });

  test('gives the time in whole seconds, rounded down, as the filter takes it', async () => {
    const account = await startAccount({ nodes: nodes(1) });

    await listed(account, { invokedAfter: startsAt + 1_999, executing: true });

    expect(account.inputsOf('ListCommands')).toMatchObject([
      {
        Filters: [
          { key: 'InvokedAfter', value: '2026-11-22T00:00:01Z' },
          { key: 'ExecutionStage', value: 'Executing' },
        ],
      },
    ]);
  });

  test('shows with `executing` only what has not ended', async () => {
    const account = await startAccount({ nodes: nodes(1) });
    await sent(account, scanOf([nodeId(0)]));
    await account.wait(10);
    const before = (await listed(account, { invokedAfter: startsAt, executing: true })).flat();
    await account.wait(60);

    const after = (await listed(account, { invokedAfter: startsAt, executing: true })).flat();

    expect(before).toHaveLength(1);
    expect(after).toEqual([]);
  });
});

describe('cancelCommand', () => {
  test('names the nodes', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    const { commandId } = await sent(account, scanOf([nodeId(0), nodeId(1)]));

    await cancelCommand(account.ssm, { commandId, nodeIds: [nodeId(1)] });

    expect(account.inputsOf('CancelCommand')).toEqual([{ CommandId: commandId, InstanceIds: [nodeId(1)] }]);
  });
});
