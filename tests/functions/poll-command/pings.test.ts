import { run } from '../../../functions/poll-command/handler.ts';
import { run as send } from '../../../functions/send-command/handler.ts';
import type { FleetNode } from '../../../local/fleet/node.ts';
import { chunksOf } from '../../../shared/domain/command.ts';
import { node, nodeId } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, startAccount } from '../../support/embedded-account.ts';
import { scanOf, turn } from '../turns.ts';

afterEach(closeAccounts);

const fates = { scanSeconds: 3600 } as const;

/** An account whose nodes are all at a Scan of an hour. */
async function longScans(count: number) {
  const fleet: FleetNode[] = Array.from({ length: count }, (_, index) => node(index, { fates }));
  const account = await startAccount({ nodes: fleet });
  const sends = chunksOf(fleet, 50).map((chunk, index) =>
    scanOf(
      chunk.map((each) => each.nodeId),
      { sequence: index + 1, comment: `run-1 w1-b1 patch ${index + 1}` },
    ),
  );
  const sent = await send(turn({ sends }), account.dependencies);
  return { account, sent };
}

describe('pings', () => {
  test('[F22] asks after nodes whose command is overdue, and tells who does not ping', async () => {
    const { account, sent } = await longScans(2);
    await account.wait(60);
    account.aws.ssm.setNode(node(0, { fates: { ...fates, agent: 'offline' } }));
    await account.wait(8 * 60);

    const early = await run(sent, account.dependencies);
    await account.wait(2 * 60);
    const late = await run(early, account.dependencies);

    expect(early).toMatchObject({ next: 'wait', answers: { pings: [] }, pingedAt: sent.pingedAt });
    expect(late).toMatchObject({
      next: 'evaluate',
      answers: { pings: [{ nodeId: nodeId(0), isOnline: false }] },
    });
    expect(late.answers.pings).toHaveLength(1);
    expect(late.pingedAt).toBeGreaterThan(sent.pingedAt + 10 * 60_000);
  });

  test('[F22] keeps the node that Systems Manager no longer knows from hiding the others', async () => {
    const { account, sent } = await longScans(3);
    await account.wait(11 * 60);
    const open = sent.open.map((command) => ({ ...command, awaiting: [...command.awaiting, nodeId(99)] }));

    const after = await run({ ...sent, open }, account.dependencies);

    expect(after.answers.pings).toEqual([{ nodeId: nodeId(99), isOnline: false, lastPingAt: 0 }]);
  });

  test('[F22] asks after all of them, fifty a call, and not again for some minutes', async () => {
    const { account, sent } = await longScans(250);
    await account.wait(11 * 60);

    const first = await run(sent, account.dependencies);
    const calls = account.inputsOf('DescribeInstanceInformation').length;
    const second = await run(first, account.dependencies);
    await account.wait(150);
    const third = await run(second, account.dependencies);

    expect(calls).toBe(5);
    expect(second.pingedAt).toBe(first.pingedAt);
    expect(third.pingedAt).toBeGreaterThan(first.pingedAt);
  });

  test('tells of two hundred silent nodes at most: no turn carries more', async () => {
    const { account, sent } = await longScans(250);
    await account.wait(11 * 60);
    account.override('DescribeInstanceInformation', () => ({ InstanceInformationList: [] }));

    const after = await run(sent, account.dependencies);

    expect(after.answers.pings).toHaveLength(200);
    expect(after.open.flatMap((command) => command.awaiting)).toHaveLength(250);
  });

  test('begins no further page after a minute, and keeps what it has found', async () => {
    const { account, sent } = await longScans(150);
    await account.wait(11 * 60);
    let now = account.dependencies.now();
    const dependencies = { ...account.dependencies, now: () => now };
    let pages = 0;
    account.override('DescribeInstanceInformation', () => {
      pages += 1;
      now += 40_000;
      return { InstanceInformationList: [] };
    });

    const after = await run(sent, dependencies);

    // Each page is asked for twice: who is missing by mistake is not given up.
    expect(pages).toBe(2);
    expect(after.answers.pings).toHaveLength(50);
  });

  test('says nothing of nodes that ping', async () => {
    const { account, sent } = await longScans(3);
    await account.wait(11 * 60);

    const after = await run(sent, account.dependencies);

    expect(after).toMatchObject({ next: 'wait', answers: { pings: [] } });
    expect(after.pingedAt).toBeGreaterThan(sent.pingedAt);
  });
});
