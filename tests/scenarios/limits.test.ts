import { fleetOf, nodeOf } from '../../chaos/nodes.ts';
import { type Played, play } from '../../chaos/play.ts';
import { brokenPromises } from '../../chaos/promises/promises.ts';
import { messagesOf, outcomesOf, recordOf } from './look.ts';

/** Child executions that the run's Map runs started: a batch that is handed over has more than one. */
function legsOf({ events }: Played): number {
  return events.filter(({ type }) => type === 'ExecutionStarted').length - 1;
}

describe('the quotas of Step Functions', () => {
  test('[F29] a run of 24 hours stays far below both, and goes on in a fresh execution before its history is long', async () => {
    const nodes = Array.from({ length: 26 }, (_, index) =>
      nodeOf(index, 'healthy', { fate: { installSeconds: 3200 } }),
    );

    const played = await play({ nodes, policy: { rollout: { maxConcurrency: '1' } } });

    const { historyEventsMax, payloadBytesMax } = played.execution.usage;
    expect(brokenPromises(played)).toEqual([]);
    expect(recordOf(played).outcomes).toEqual({ Patched: 26 });
    expect(recordOf(played).makespanSeconds).toBeGreaterThan(24 * 3600);
    expect(legsOf(played)).toBeGreaterThan(1);
    expect(historyEventsMax).toBeLessThan(5_000);
    expect(payloadBytesMax).toBeLessThan(20_000);
  }, 300_000);

  test('[F29] sixty nodes at once make a payload that is nowhere near its limit', async () => {
    const played = await play({ nodes: fleetOf(60) });

    expect(brokenPromises(played)).toEqual([]);
    expect(recordOf(played).outcomes).toEqual({ Patched: 60 });
    expect(played.execution.usage.payloadBytesMax).toBeLessThan(60_000);
  });

  test('[F32] an execution name as long as AWS takes it makes a run like any other', async () => {
    const name = `prd-web_${'x'.repeat(72)}`;

    const played = await play({ nodes: fleetOf(2), name });

    expect(recordOf(played).outcomes).toEqual({ Patched: 2 });
    expect(recordOf(played).runId.length).toBeLessThanOrEqual(60);
  });
});

describe('AWS at its worst', () => {
  test('[F03] [F05] [F17] lost replies, stale pages and dying handlers patch nobody twice', async () => {
    const faults = { 'lost-reply': 0.1, 'stale-page': 0.5, 'killed-handler': 0.03, 'server-error': 0.05 };

    const played = await play({ nodes: fleetOf(15), faults, policy: { rollout: { maxConcurrency: '4' } } });

    const ran = played.aws.ssm.journal.executions.filter(({ executed }) => executed);
    expect(brokenPromises(played)).toEqual([]);
    expect(new Set(outcomesOf(played))).toEqual(new Set(['Patched']));
    expect(ran.filter(({ step }) => step === 'preHook')).toHaveLength(15);
    expect(ran.filter(({ step }) => step === 'postHook')).toHaveLength(15);
    expect(ran.filter(({ step }) => step === 'Install')).toHaveLength(15);
  });

  test('[F04] throttling at a third of all calls slows the run down, and fails no node', async () => {
    const played = await play({ nodes: fleetOf(10), faults: { throttle: 0.3 } });

    expect(brokenPromises(played)).toEqual([]);
    expect(new Set(outcomesOf(played))).toEqual(new Set(['Patched']));
  });

  test('[F33] a redriven or restarted run of the same name asks for the same patches', async () => {
    const first = await play({ nodes: fleetOf(2) });
    const second = await play({ nodes: fleetOf(2), seed: 2 });

    expect(recordOf(second).snapshotId).toBe(recordOf(first).snapshotId);
  });

  test('the same seed is the same run, to the byte', async () => {
    const options = {
      seed: 42,
      nodes: fleetOf(8, ['healthy', 'patchFails', 'dropsOut']),
      faults: { throttle: 0.1, 'lost-reply': 0.05, 'stale-page': 0.2, 'killed-handler': 0.02 },
    };

    const [one, other] = [await play(options), await play(options)];

    expect(JSON.stringify(other.record)).toBe(JSON.stringify(one.record));
    expect(messagesOf(other, 'run-ended')).toEqual(messagesOf(one, 'run-ended'));
    expect(other.aws.ssm.journal).toEqual(one.aws.ssm.journal);
  });
});
