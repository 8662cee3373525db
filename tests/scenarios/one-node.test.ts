import { fleetOf, hybridNodeOf, nodeOf, type Situation } from '../../chaos/nodes.ts';
import { type Play, type Played, play } from '../../chaos/play.ts';
import { brokenPromises } from '../../chaos/promises/promises.ts';
import { accountOf, executionsOf, messagesOf, minutesOf, outcomesOf, recordOf, sentTo } from './look.ts';

/** A node in a situation among two healthy ones, in a run that keeps its promises. */
async function among(
  situation: Situation,
  changes: Omit<Play, 'nodes'> = {},
): Promise<{ readonly played: Played; readonly nodeId: string }> {
  const odd = nodeOf(3, situation);
  const played = await play({ ...changes, nodes: [nodeOf(1), nodeOf(2), odd] });
  expect(brokenPromises(played)).toEqual([]);
  expect(outcomesOf(played).slice(0, 2)).toEqual(['Patched', 'Patched']);
  return { played, nodeId: odd.nodeId };
}

describe('a run where nothing goes wrong', () => {
  test('[F23] patches EC2 and hybrid nodes: hook, patch, hook, verify', async () => {
    const hybrid = hybridNodeOf(9);

    const played = await play({ nodes: [...fleetOf(4), hybrid] });

    expect(brokenPromises(played)).toEqual([]);
    expect(recordOf(played)).toMatchObject({
      status: 'Succeeded',
      outcomes: { Patched: 5 },
      nodesInScope: 5,
    });
    expect(sentTo(played, hybrid.nodeId)).toEqual(['preHook', 'patch', 'postHook', 'verify']);
    expect(messagesOf(played, 'run-ended').map(({ topicArn }) => topicArn)).toEqual([
      expect.stringMatching(/-reports$/),
    ]);
  });

  test('[F21] finds both spellings of the patch group, and nobody of another', async () => {
    const spaced = nodeOf(2, 'healthy', { tags: { 'Patch Group': 'web' } });
    const other = nodeOf(3, 'healthy', { tags: { PatchGroup: 'web-other' } });

    const played = await play({ nodes: [nodeOf(1), spaced, other] });

    expect(
      recordOf(played)
        .nodes.map(({ nodeId }) => nodeId)
        .toSorted(),
    ).toEqual([nodeOf(1).nodeId, spaced.nodeId]);
    expect(executionsOf(played, other.nodeId)).toEqual([]);
  });

  test('[F16] gives all patch operations one SnapshotId', async () => {
    const played = await play({ nodes: fleetOf(5), policy: { rollout: { waves: ['1', '100%'] } } });

    const snapshotIds = played.aws.ssm.journal.commands.flatMap(
      ({ parameters }) => parameters['SnapshotId'] ?? [],
    );
    expect(new Set(snapshotIds)).toEqual(new Set([recordOf(played).snapshotId]));
  });

  test('tells who had nothing missing from who was patched', async () => {
    const { played, nodeId } = await among('current');

    expect(accountOf(played, nodeId).outcome).toBe('AlreadyCompliant');
  });

  test('patches a node that has no hooks', async () => {
    const { played, nodeId } = await among('withoutHooks');

    expect(accountOf(played, nodeId).outcome).toBe('Patched');
  });
});

describe('a hook that does not succeed', () => {
  test.each(['preHookFails', 'preHookHangs'] as const)('%s: the node is left alone', async (situation) => {
    const { played, nodeId } = await among(situation);

    expect(accountOf(played, nodeId).outcome).toBe('PreHookFailed');
    expect(sentTo(played, nodeId)).toEqual(['preHook']);
    expect(messagesOf(played, 'run-ended').map(({ message }) => message.includes(nodeId))).toEqual([true]);
  });

  test.each(['postHookFails', 'postHookHangs'] as const)(
    '%s: somebody is told at once, long before the run has ended',
    async (situation) => {
      const slow = nodeOf(2, 'healthy', { fate: { installSeconds: 3 * 3600 } });

      const played = await play({
        nodes: [nodeOf(1, situation), slow],
        policy: { patch: { timeoutMinutes: 240 } },
      });

      const [urgent] = messagesOf(played, 'urgent');
      expect(brokenPromises(played)).toEqual([]);
      expect(outcomesOf(played)).toEqual(['PostHookFailed', 'Patched']);
      expect(urgent?.message).toContain(nodeOf(1).nodeId);
      expect(urgent?.topicArn).toMatch(/-alerts$/);
      expect(urgent?.at).toBeLessThan(Date.parse(recordOf(played).endedAt) - 2 * 3_600_000);
    },
  );

  test('a canary whose post-hook fails is told of before the next wave begins', async () => {
    const nodes = fleetOf(5, ['postHookFails']);

    const played = await play({ nodes, policy: { rollout: { waves: ['2', '100%'], bakeMinutes: 30 } } });

    const [urgent] = messagesOf(played, 'urgent');
    const nextWave = played.aws.ssm.journal.commands.find(({ comment }) => comment.includes(' w2-'));
    expect(recordOf(played).outcomes).toEqual({ Patched: 4, PostHookFailed: 1 });
    expect(urgent?.at).toBeLessThan((nextWave?.at ?? 0) - 29 * 60_000);
  });
});

describe('a patch that does not succeed', () => {
  test.each([
    ['patchFails', 'PatchFailed', 'Failed'],
    ['patchHangs', 'TimedOut', 'TimedOut'],
  ] as const)('%s: its post-hook runs all the same, and is told so', async (situation, outcome, told) => {
    const { played, nodeId } = await among(situation, { policy: { patch: { timeoutMinutes: 30 } } });

    const postHook = played.aws.ssm.journal.commands.find(
      ({ comment, nodeIds }) => comment.includes('postHook') && nodeIds.includes(nodeId),
    );
    expect(accountOf(played, nodeId).outcome).toBe(outcome);
    expect(postHook?.parameters['PatchResult']).toEqual([told]);
    expect(executionsOf(played, nodeId).find(({ step }) => step === 'postHook')?.result).toBe('Success');
  });

  test('[F18] a command that failed after all was installed is believed by its patch state', async () => {
    const { played, nodeId } = await among('falseFailure');

    expect(accountOf(played, nodeId)).toMatchObject({
      outcome: 'Patched',
      reason: expect.stringContaining('the command ended Failed'),
    });
  });

  test('[F07] [F18] a node that still misses a patch is NonCompliant, though every command ended Success', async () => {
    const { played, nodeId } = await among('stubborn');

    expect(accountOf(played, nodeId)).toMatchObject({ outcome: 'NonCompliant', reason: '2 missing' });
    expect(accountOf(played, nodeId).steps.map(({ status }) => status)).toEqual(Array(4).fill('Success'));
  });

  test('[F15] without a reboot a node ends PatchedPendingReboot', async () => {
    const played = await play({ nodes: fleetOf(2), request: { overrides: { rebootOption: 'NoReboot' } } });

    expect(brokenPromises(played)).toEqual([]);
    expect(outcomesOf(played)).toEqual(['PatchedPendingReboot', 'PatchedPendingReboot']);
    expect(recordOf(played).status).toBe('Succeeded');
  });
});

describe('a node that does not answer', () => {
  test('[F10] one that is lost after its reboot is given up in time, and its slot is used', async () => {
    const nodes = fleetOf(2, ['lostAfterReboot']);
    const policy = { patch: { connectionLostMinutes: 15 }, rollout: { maxConcurrency: '1' } };

    const played = await play({ nodes, policy });

    const [lost, next] = [nodes[0]?.nodeId, nodes[1]?.nodeId];
    const patchStep = accountOf(played, lost).steps.find(({ step }) => step === 'patch');
    const rebootedAt = Date.parse(patchStep?.startedAt ?? '') + 180_000;
    const heldMinutes = (Date.parse(patchStep?.endedAt ?? '') - rebootedAt) / 60_000;
    expect(brokenPromises(played)).toEqual([]);
    expect(accountOf(played, lost).outcome).toBe('LostAfterReboot');
    expect(heldMinutes).toBeLessThanOrEqual(15);
    expect(accountOf(played, next).outcome).toBe('Patched');
    expect(messagesOf(played, 'urgent').map(({ message }) => message.includes(`${lost}`))).toEqual([true]);
  });

  test('one whose reboot is long, but not too long, gets its post-hook', async () => {
    const played = await play({ nodes: [nodeOf(1, 'healthy', { fate: { rebootSeconds: 14 * 60 } })] });

    expect(outcomesOf(played)).toEqual(['Patched']);
  });

  test('[F22] one that was away before the run is Unreachable, and nothing is sent to it', async () => {
    const { played, nodeId } = await among('offline');

    expect(accountOf(played, nodeId)).toMatchObject({ outcome: 'Unreachable', batch: null });
    expect(sentTo(played, nodeId)).toEqual([]);
  });

  test('[F08] [F10] one that drops out is Unreachable after the delivery timeout, and spends the error budget', async () => {
    const nodes = fleetOf(4, ['dropsOut']);
    const policy = {
      patch: { deliveryTimeoutMinutes: 5 },
      rollout: { waves: ['1', '100%'], maxErrors: '0' },
    };

    const played = await play({ nodes, policy });

    expect(brokenPromises(played)).toEqual([]);
    expect(accountOf(played, nodes[0]?.nodeId).outcome).toBe('Unreachable');
    expect(minutesOf(played, nodes[0]?.nodeId)).toBeLessThan(8);
    expect(recordOf(played)).toMatchObject({ status: 'Halted', outcomes: { Unreachable: 1, NotReached: 3 } });
  });

  test('[F02] those that are terminated between plan and send do not hurt their neighbours', async () => {
    const played = await play({ nodes: fleetOf(20), faults: { 'refused-node': 0.2 } });

    const refused = recordOf(played).nodes.filter(({ outcome }) => outcome === 'Unreachable');
    expect(brokenPromises(played)).toEqual([]);
    expect(refused.length).toBeGreaterThan(1);
    expect(recordOf(played).outcomes).toEqual({ Patched: 20 - refused.length, Unreachable: refused.length });
    for (const node of refused) {
      expect(node.reason).toContain('InvalidInstanceId');
      expect(sentTo(played, node.nodeId)).toEqual([]);
    }
  });

  test('those that lose the tag by which IAM lets us send do not take post-hooks from their neighbours', async () => {
    const played = await play({ nodes: fleetOf(20), faults: { 'retagged-node': 0.1 } });

    const { retagged } = played.aws;
    expect(brokenPromises(played)).toEqual([]);
    expect(retagged.size).toBeGreaterThan(1);
    for (const { nodeId, outcome } of recordOf(played).nodes)
      expect(outcome === 'Patched').toBe(!retagged.has(nodeId));
  });
});

describe('a node that is not to be touched', () => {
  test('is accounted for by what it is', async () => {
    const played = await play({
      nodes: [
        nodeOf(1),
        nodeOf(2, 'healthy', { tags: { PatchGroup: 'web', PatchOptOut: 'audit' } }),
        nodeOf(3, 'healthy', { instanceState: 'stopped' }),
        nodeOf(4, 'healthy', { isManaged: false }),
        nodeOf(5, 'healthy', { platformType: 'MacOS' }),
      ],
    });

    expect(brokenPromises(played)).toEqual([]);
    expect(outcomesOf(played)).toEqual(['Patched', 'OptedOut', 'Stopped', 'Unmanaged', 'NotReached']);
    expect(played.aws.ssm.journal.executions.map(({ nodeId }) => nodeId)).toEqual(
      Array(4).fill(nodeOf(1).nodeId),
    );
  });
});
