import { fleetOf, nodeOf } from '../../chaos/nodes.ts';
import { play } from '../../chaos/play.ts';

const patchStatusOf = (record: Awaited<ReturnType<typeof play>>['record'], step: string) =>
  record?.nodes.map(({ steps }) => steps.find((each) => each.step === step)?.status);

describe('a fault of commands', () => {
  test('stuck-pending: nothing is done on the node, and Systems Manager gives the command up', async () => {
    const { aws, record, strikes } = await play({ nodes: fleetOf(2), faults: { 'stuck-pending': 1 } });

    expect(aws.ssm.journal.executions).toEqual([]);
    expect(strikes['stuck-pending']).toBe(2);
    expect(patchStatusOf(record, 'preHook')).toEqual(['Undelivered', 'Undelivered']);
  });

  test('stuck-in-progress: what is done is not heard of', async () => {
    const { aws, record } = await play({ nodes: fleetOf(1), faults: { 'stuck-in-progress': 1 } });

    expect(aws.ssm.journal.executions).toMatchObject([
      { step: 'preHook', result: 'Success', isReported: false },
    ]);
    expect(record?.outcomes).toEqual({ Unreachable: 1 });
  });

  test('stuck-delayed: some are taken late, some never', async () => {
    const { aws, strikes } = await play({ nodes: fleetOf(12), faults: { 'stuck-delayed': 1 } });

    const { commands, executions } = aws.ssm.journal;
    const sentAt = new Map(commands.map(({ commandId, at }) => [commandId, at]));
    const waits = executions.map(({ commandId, startedAt }) => startedAt - (sentAt.get(commandId) ?? 0));
    expect(Math.max(...waits)).toBeGreaterThan(60_000);
    expect(waits.length).toBeLessThan(strikes['stuck-delayed'] ?? 0);
  });

  test('stuck-cancelling: a command that was given up stays so until its total timeout', async () => {
    const played = await play({ nodes: fleetOf(1, ['lostAfterReboot']), faults: { 'stuck-cancelling': 1 } });

    expect(played.strikes['stuck-cancelling']).toBe(1);
    expect(played.record?.outcomes).toEqual({ LostAfterReboot: 1 });
  });
});

describe('a fault of nodes', () => {
  test('vanished-node: it is gone in mid-run, and accounted for', async () => {
    const { aws, record, strikes } = await play({ nodes: fleetOf(6), faults: { 'vanished-node': 0.7 } });

    expect(aws.terminated.size).toBeGreaterThan(1);
    expect(strikes['vanished-node']).toBeGreaterThanOrEqual(aws.terminated.size);
    expect(record?.nodesInScope).toBe(6);
  });

  test('outdated-agent: after its reboot a node is not scanned any more, and not called patched', async () => {
    const { aws, record } = await play({ nodes: fleetOf(1), faults: { 'outdated-agent': 1 } });

    expect(aws.ssm.journal.executions.at(-1)).toMatchObject({ step: 'Scan', result: 'Failed' });
    expect(record?.outcomes['Patched']).toBeUndefined();
  });

  test('wrong-clock: patch states carry the time of the node, and the run does not believe them blindly', async () => {
    const { record, strikes } = await play({
      nodes: [nodeOf(0), nodeOf(1), nodeOf(2)],
      faults: { 'wrong-clock': 1 },
    });

    expect(strikes['wrong-clock']).toBe(3);
    expect(record?.nodesInScope).toBe(3);
  });
});
