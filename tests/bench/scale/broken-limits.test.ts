import { usageOf } from '../../../bench/designs/fleet-patcher.ts';
import { dollarsOf } from '../../../bench/prices.ts';
import { brokenLimits } from '../../../bench/scale/broken-limits.ts';
import { scenarioOf } from '../../../bench/scale/fleet.ts';
import { measureHandlers } from '../../../bench/scale/handlers.ts';
import { playScale } from '../../../bench/scale/play.ts';
import type { ExecutionResult } from '../../../local/stepfunctions/run-state-machine.ts';

const handler = { maxSeconds: 20, cpuSeconds: 5, seconds: 30, maxMemoryMb: 300, idleMemoryMb: 70 };

describe('a run of several accounts', () => {
  test('breaks no limit, and what would is told by name', async () => {
    const scenario = scenarioOf({ seed: 3, accounts: 2, nodesPerAccount: 4, concurrency: '50%' });
    const large = await playScale(scenario, { seed: 3, onProgress: () => undefined });
    const small = large.measured;

    expect(brokenLimits({ large, small, handlers: { notify: handler } })).toEqual([]);
    expect([...large.capture.kept.keys()]).toEqual(
      expect.arrayContaining([
        'resolve-targets',
        'send-command',
        'poll-command',
        'evaluate-result (batch)',
        'evaluate-result (wave)',
        'notify (run ended)',
      ]),
    );

    const measured = {
      ...large.measured,
      nodes: small.nodes,
      payloadBytesMax: 262_145,
      historyEventsMax: 25_000,
      throttledShare: 0.01,
      dollarsPerNode: small.dollarsPerNode * 1.11,
    };
    const record = { ...large.record, nodesInScope: large.record.nodesInScope + 1 };
    const slow = { ...handler, maxSeconds: 61, maxMemoryMb: 512 };
    const problems = brokenLimits({
      large: { ...large, measured, record },
      small,
      handlers: { notify: slow },
    });

    expect(problems).toHaveLength(7);
    expect(problems).toEqual(
      expect.arrayContaining(['notify took 61 s', 'notify needed 512 MB', 'a payload of 262145 bytes']),
    );
  }, 120_000);
});

test('each function is measured with what it was given, though the run is over by then', async () => {
  const scenario = scenarioOf({ seed: 3, accounts: 2, nodesPerAccount: 4, concurrency: '50%' });
  const run = await playScale(scenario, { seed: 3, onProgress: () => undefined });

  const handlers = await measureHandlers(run, scenario.policies);

  expect(Object.keys(handlers)).toEqual([...run.capture.kept.keys()]);
  for (const { cpuSeconds, maxMemoryMb } of Object.values(handlers)) {
    expect(cpuSeconds).toBeGreaterThan(0);
    expect(maxMemoryMb).toBeGreaterThan(0);
  }
}, 120_000);

test('a run costs what its parts cost', () => {
  const nothing = { stateTransitions: 0, payloadBytesMax: 0, historyEventsMax: 0 };
  const priceOf = (stateTransitions: number, calls: Readonly<Record<string, number>> = {}): number => {
    const execution: ExecutionResult = { status: 'SUCCEEDED', usage: { ...nothing, stateTransitions } };
    const counted = { calls, throttled: {}, faults: {}, refusals: {} };
    return dollarsOf(usageOf({ execution, lambda: {}, calls: counted }).consumption);
  };

  expect(priceOf(0)).toBe(0);
  expect(priceOf(1_000_000)).toBeCloseTo(25, 6);
  expect(priceOf(0, { 's3:PutObject': 1000, 's3:GetObject': 1000 })).toBeCloseTo(0.0054, 8);
  expect(priceOf(0, { 's3:ListObjectsV2': 1000 })).toBeCloseTo(0.005, 8);
  expect(priceOf(0, { 'ssm:SendCommand': 1000 })).toBe(0);
});
