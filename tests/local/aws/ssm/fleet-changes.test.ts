import { AccountUnderTest, node, nodeId, nodes } from './account-under-test.ts';

describe('a fleet that changes under way', () => {
  test('a terminated node never reports, and no command takes it any more', async () => {
    const account = new AccountUnderTest(nodes(1));
    const commandId = account.hook([nodeId(0)], { TimeoutSeconds: ['60'] }, { TimeoutSeconds: 60 });
    await account.wait(8);

    account.ssm.terminate(nodeId(0));
    await account.wait(113);

    expect(account.details(commandId)).toEqual(['DeliveryTimedOut']);
    const again = {
      DocumentName: 'AWS-RunPatchBaseline',
      InstanceIds: [nodeId(0)],
      Parameters: { Operation: ['Scan'] },
    };
    expect(account.refusal('SendCommand', again)).toMatch(/^InvalidInstanceId: /);
  });

  test('a node whose agent comes back takes what waits for it', async () => {
    const account = new AccountUnderTest([node(0, { fates: { agent: 'offline' } })]);
    const commandId = account.scan([nodeId(0)]);
    await account.wait(300);

    account.ssm.setNode(node(0));
    await account.wait(40);

    expect(account.details(commandId)).toEqual(['Success']);
  });

  test('a new node can be sent to, and an unknown one cannot be terminated', async () => {
    const account = new AccountUnderTest(nodes(1));

    account.ssm.setNode(node(1));
    const commandId = account.scan([nodeId(1)]);
    await account.wait(40);

    expect(account.details(commandId)).toEqual(['Success']);
    expect(() => account.ssm.terminate(nodeId(9))).toThrow(RangeError);
  });
});
