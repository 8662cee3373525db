import { run } from '../../../functions/send-command/handler.ts';
import { AwsError } from '../../../local/aws/service.ts';
import { nodeId, nodes } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, startAccount } from '../../support/embedded-account.ts';
import { preHookOf, turn } from '../turns.ts';

afterEach(closeAccounts);

const cancels = [
  { commandId: '01234567-89ab-4cde-8f01-23456789abcd', nodeIds: [nodeId(0)] },
  { commandId: '11234567-89ab-4cde-8f01-23456789abcd', nodeIds: [nodeId(1)] },
];

describe('cancelling', () => {
  test('asks SSM to stop a command on the lost nodes alone', async () => {
    const account = await startAccount({ nodes: nodes(2) });
    const sent = await run(
      turn({ sends: [preHookOf(nodes(2).map((each) => each.nodeId))] }),
      account.dependencies,
    );
    const commandId = sent.open[0]?.commandId ?? '';

    const after = await run(turn({ cancels: [{ commandId, nodeIds: [nodeId(1)] }] }), account.dependencies);

    expect(account.inputsOf('CancelCommand')).toEqual([{ CommandId: commandId, InstanceIds: [nodeId(1)] }]);
    expect(after.cancels).toEqual([]);
  });

  test('comes after the sends: an owed post-hook does not wait for it', async () => {
    const account = await startAccount({ nodes: nodes(2) });

    await run(turn({ cancels, sends: [preHookOf([nodeId(0)])] }), account.dependencies);

    const operations = account.calls.map((call) => call.operation).filter((each) => /Send|Cancel/.test(each));
    expect(operations).toEqual(['SendCommand', 'CancelCommand', 'CancelCommand']);
  });

  test.each(['InvalidCommandId', 'InvalidInstanceId', 'AccessDeniedException', 'ValidationException'])(
    'that fails with %s stops neither the sends nor the other cancels',
    async (code) => {
      const account = await startAccount({ nodes: nodes(2) });
      const asked: unknown[] = [];
      account.override('CancelCommand', (input) => {
        asked.push(input['CommandId']);
        throw new AwsError(code, 'no');
      });

      const after = await run(turn({ cancels, sends: [preHookOf([nodeId(0)])] }), account.dependencies);

      expect(after).toMatchObject({ next: 'wait', cancels: [], open: [{ awaiting: [nodeId(0)] }] });
      expect(asked).toEqual(cancels.map((cancel) => cancel.commandId));
      expect(account.codes.filter((each) => each === 'FP_CANCEL_FAILED')).toHaveLength(2);
    },
  );
});
