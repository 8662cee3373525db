import { fleetOf, nodeOf } from '../../chaos/nodes.ts';
import { type Play, play, startsAt } from '../../chaos/play.ts';
import { brokenPromises } from '../../chaos/promises/promises.ts';
import { AwsError } from '../../local/aws/service.ts';
import { accountOf, commandsTo, executionsOf, messagesOf, outcomesOf, recordOf, sentTo } from './look.ts';

describe('a wave that spends its error budget', () => {
  test('[F09] halts the run: no new node starts, nodes in flight finish with their post-hooks', async () => {
    const nodes = fleetOf(12, ['preHookFails', 'preHookFails']);
    const rollout = { waves: ['6', '100%'], maxConcurrency: '3', maxErrors: '1' };

    const played = await play({ nodes, policy: { rollout } });

    const touched = nodes.filter(({ nodeId }) => sentTo(played, nodeId).length > 0);
    const wellStarted = touched.filter(({ fate }) => fate.preHook.kind === 'succeeds');
    expect(brokenPromises(played)).toEqual([]);
    expect(recordOf(played)).toMatchObject({
      status: 'Halted',
      reason: 'error budget spent: 2 errors in wave 1, 1 allowed',
    });
    expect(wellStarted.length).toBeGreaterThan(0);
    for (const { nodeId } of wellStarted) expect(sentTo(played, nodeId)).toContain('postHook');
    expect(recordOf(played).outcomes).toEqual({
      PreHookFailed: 2,
      Patched: wellStarted.length,
      NotReached: 12 - touched.length,
    });
  });

  test('alerts at once, and once more when everything has come to its end', async () => {
    const slow = nodeOf(77, 'healthy', { fate: { installSeconds: 3000 } });
    const nodes = [...fleetOf(6, ['preHookFails', 'preHookFails', 'preHookFails']), slow];

    const played = await play({ nodes, policy: { rollout: { maxErrors: '0' } } });

    const [urgent] = messagesOf(played, 'urgent');
    const [digest] = messagesOf(played, 'run-ended');
    expect(urgent?.message).toContain('Halted');
    expect(digest?.attributes['severity']?.value).toBe('critical');
    expect(digest?.at).toBeGreaterThan((urgent?.at ?? 0) + 2000_000);
    expect(played.execution).toMatchObject({ status: 'FAILED', error: 'RunHalted' });
  });

  test('a canary that fails stops it before anybody else is touched', async () => {
    const nodes = fleetOf(8, ['patchFails']);

    const played = await play({ nodes, policy: { rollout: { waves: ['1', '100%'], maxErrors: '0' } } });

    expect(brokenPromises(played)).toEqual([]);
    expect(outcomesOf(played)).toEqual(['PatchFailed', ...Array(7).fill('NotReached')]);
    expect(nodes.slice(1).flatMap(({ nodeId }) => sentTo(played, nodeId))).toEqual([]);
  });

  test('waves follow each other with the bake time between them', async () => {
    const nodes = fleetOf(6);

    const played = await play({ nodes, policy: { rollout: { waves: ['1', '100%'], bakeMinutes: 20 } } });

    const canaryEnd = Math.max(...executionsOf(played, nodes[0]?.nodeId).map(({ endedAt }) => endedAt ?? 0));
    const starts = nodes.slice(1).map(({ nodeId }) => commandsTo(played, nodeId)[0]?.at ?? 0);
    expect(Math.min(...starts) - canaryEnd).toBeGreaterThanOrEqual(20 * 60_000);
    expect(recordOf(played).outcomes).toEqual({ Patched: 6 });
  });
});

describe('a window that closes', () => {
  test('[F25] [F26] starts no node that would overrun it, and says why', async () => {
    const played = await play({
      nodes: fleetOf(9),
      policy: { rollout: { maxConcurrency: '3' } },
      deadlineMinutes: 16,
    });

    const record = recordOf(played);
    const notReached = record.nodes.filter(({ outcome }) => outcome === 'NotReached');
    expect(brokenPromises(played)).toEqual([]);
    expect(record.outcomes).toEqual({ Patched: 9 - notReached.length, NotReached: notReached.length });
    expect(notReached.length).toBeGreaterThan(0);
    for (const { reason } of notReached) expect(reason).toMatch(/^window closing/);
    for (const { endedAt } of record.nodes.flatMap(({ steps }) => steps))
      expect(Date.parse(endedAt ?? '')).toBeLessThanOrEqual(startsAt + 16 * 60_000);
  });

  test('[F25] reads its end and its cutoff from the window execution', async () => {
    const install = {
      schedule: 'cron(0 22 ? * SAT *)',
      timeZone: 'Asia/Tokyo',
      durationHours: 2,
      cutoffHours: 1,
    };
    const slow = nodeOf(0, 'healthy', { fate: { installSeconds: 61 * 60 } });

    const played = await play({
      nodes: [slow, nodeOf(1), nodeOf(2)],
      policy: { install, rollout: { maxConcurrency: '1' } },
      inWindow: true,
    });

    const late = recordOf(played).nodes.filter(({ outcome }) => outcome === 'NotReached');
    expect(brokenPromises(played)).toEqual([]);
    expect(late.length).toBeGreaterThan(0);
    for (const { reason } of late) expect(reason).toBe('window closing: past its cutoff');
  });

  test('a pre-hook that took too long: the patch is passed over, the post-hook runs', async () => {
    const slow = nodeOf(1, 'healthy', { fate: { preHook: { kind: 'succeeds', seconds: 580 } } });

    const played = await play({ nodes: [slow, nodeOf(2)], deadlineMinutes: 12 });

    expect(brokenPromises(played)).toEqual([]);
    expect(outcomesOf(played)).toEqual(['NotReached', 'Patched']);
    expect(accountOf(played, slow.nodeId).reason).toBe('window closing: the patch would end after it');
    expect(sentTo(played, slow.nodeId)).toEqual(['preHook', 'postHook']);
  });

  test('between two waves leaves the next one alone', async () => {
    const nodes = fleetOf(4);

    const played = await play({
      nodes,
      policy: { rollout: { waves: ['1', '100%'], bakeMinutes: 60 } },
      deadlineMinutes: 50,
    });

    expect(brokenPromises(played)).toEqual([]);
    expect(outcomesOf(played)).toEqual(['Patched', 'NotReached', 'NotReached', 'NotReached']);
  });
});

describe('a command that is throttled until the window closes', () => {
  /** SSM takes nothing of that step until so many minutes after the start. */
  const throttled = (step: string, minutes: number): NonNullable<Play['begin']> => {
    return async ({ ssm }, endpoint) => {
      const { SendCommand: send } = ssm.operations;
      if (!send) throw new Error('the embedded Systems Manager has no SendCommand');
      const perform: typeof send = (input, caller) => {
        const isHeldBack = caller.now < startsAt + minutes * 60_000 && `${input['Comment']}`.includes(step);
        if (isHeldBack) throw new AwsError('ThrottlingException', 'Rate exceeded');
        return send(input, caller);
      };
      Object.assign(ssm.operations, { SendCommand: perform });
      return endpoint;
    };
  };

  test('[F04] [F26] a pre-hook is not sent any more: its nodes are NotReached', async () => {
    const begin = throttled(' preHook ', 40);

    const played = await play({ nodes: fleetOf(3), deadlineMinutes: 20, begin });

    expect(brokenPromises(played)).toEqual([]);
    expect(played.aws.ssm.journal.commands).toEqual([]);
    for (const { outcome, reason } of recordOf(played).nodes)
      expect([outcome, reason]).toEqual(['NotReached', expect.stringMatching(/^window closing/)]);
    expect(Date.parse(recordOf(played).endedAt)).toBeLessThan(startsAt + 20 * 60_000);
  });

  test('[F04] [F26] a patch is passed over, and the post-hook runs', async () => {
    const begin = throttled(' patch ', 40);
    const nodes = fleetOf(3);

    const played = await play({ nodes, deadlineMinutes: 20, begin });

    expect(brokenPromises(played)).toEqual([]);
    for (const { nodeId } of nodes) {
      expect(sentTo(played, nodeId)).toEqual(['preHook', 'postHook']);
      expect(accountOf(played, nodeId)).toMatchObject({
        outcome: 'NotReached',
        reason: 'window closing: the patch would end after it',
      });
    }
    expect(Date.parse(recordOf(played).endedAt)).toBeLessThan(startsAt + 22 * 60_000);
  });
});

describe('what a run can be asked for', () => {
  test('a Scan looks at every node, runs no hook, and is silent when nothing went wrong', async () => {
    const played = await play({ nodes: fleetOf(5, ['stubborn']), request: { operation: 'Scan' } });

    expect(brokenPromises(played)).toEqual([]);
    expect(recordOf(played)).toMatchObject({ status: 'Succeeded', outcomes: { Scanned: 5 } });
    expect(new Set(played.aws.ssm.journal.executions.map(({ step }) => step))).toEqual(new Set(['Scan']));
    expect(played.published).toEqual([]);
  });

  test('a dry run says who would be patched, and touches nothing', async () => {
    const played = await play({ nodes: fleetOf(5), request: { dryRun: true } });

    expect(recordOf(played)).toMatchObject({
      status: 'Succeeded',
      outcomes: { WouldPatch: 5 },
      dryRun: true,
    });
    expect(played.aws.ssm.journal).toEqual({ commands: [], executions: [] });
    expect(played.published).toEqual([]);
  });

  test('a target that nobody carries succeeds in silence', async () => {
    const played = await play({ nodes: [nodeOf(1, 'healthy', { tags: {} })] });

    expect(recordOf(played)).toMatchObject({ status: 'Succeeded', nodesInScope: 0, nodes: [] });
    expect(played.execution.status).toBe('SUCCEEDED');
    expect(played.published).toEqual([]);
  });

  test('a request that is refused fails with what is allowed, tells people, and touches nothing', async () => {
    const played = await play({ nodes: fleetOf(3), request: { operation: 'Reboot' } });

    const [digest] = messagesOf(played, 'run-ended');
    expect(recordOf(played)).toMatchObject({ status: 'Failed', nodesInScope: 0 });
    expect(recordOf(played).reason).toMatch(/InvalidRequestError.*operation.*Reboot/s);
    expect(played.execution).toMatchObject({ status: 'FAILED', error: 'RunFailed' });
    expect(digest?.message).toContain('Reboot');
    expect(played.aws.ssm.journal.commands).toEqual([]);
    expect(played.lambda['resolve-targets']?.invocations).toBe(1);
  });

  test('a run that had work and achieved none of it has failed', async () => {
    const played = await play({ nodes: fleetOf(4, Array(4).fill('patchFails')) });

    expect(brokenPromises(played)).toEqual([]);
    expect(recordOf(played)).toMatchObject({ status: 'Failed', outcomes: { PatchFailed: 4 } });
    expect(messagesOf(played, 'run-ended')).toHaveLength(1);
  });
});
