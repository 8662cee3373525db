import { functions } from '../../infra/functions.ts';
import { readDefinition, statesOf } from './read-definition.ts';

const { machines } = readDefinition('patch-fleet');
const states = statesOf(machines);
const maps = states.filter(({ state }) => state.Type === 'Map');

/** SSM shows a command seconds after it was sent, and the embedded fault `stale-page` hides it for two minutes. */
const listingLagSeconds = 120;

/** How Lambda and Step Functions call a function that may have sent before it died. */
const deaths = [
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Sandbox.Timedout',
  'States.Timeout',
];

/** Of the function, as its folder says. */
const sendingTimeout = functions.find(({ name }) => name === 'send-command')?.timeoutSeconds ?? Number.NaN;

test('the machine outlives a run of a day', () => {
  expect(machines[0]?.TimeoutSeconds).toBeGreaterThan(24 * 3600);
});

test('[F03] a send in doubt waits without jitter, for longer than a listing can lag', () => {
  const sending = states.find(({ name }) => name === 'SendCommand');
  const retriers = sending?.state.Retry.filter((retrier) => retrier.MaxAttempts !== 0) ?? [];

  const [unsent, unheard, rest] = retriers;
  expect(retriers).toHaveLength(3);
  expect(rest?.ErrorEquals).toEqual(['States.ALL']);
  expect(rest?.JitterStrategy).toBeUndefined();
  expect(rest?.IntervalSeconds).toBeGreaterThan(listingLagSeconds);
  expect(rest?.BackoffRate).toBeGreaterThanOrEqual(1);
  // A function that Lambda did not answer for may send until its own timeout.
  expect(unheard?.ErrorEquals).toContain('Lambda.SdkClientException');
  expect(unheard?.JitterStrategy).toBeUndefined();
  expect(unheard?.IntervalSeconds).toBeGreaterThan(listingLagSeconds + sendingTimeout);
  expect(unsent?.ErrorEquals).not.toEqual(expect.arrayContaining(['CommandInDoubtError']));
  expect(unsent?.ErrorEquals.filter((name) => deaths.includes(name))).toEqual([]);
});

describe('the Map run', () => {
  test('[F30] is distributed, of Standard executions, tolerates every failure and is never repeated', () => {
    expect(maps).toHaveLength(1);
    for (const { state } of maps) {
      expect(state.ItemProcessor?.ProcessorConfig).toEqual({
        Mode: 'DISTRIBUTED',
        ExecutionType: 'STANDARD',
      });
      expect(state.ToleratedFailurePercentage).toBe(100);
      expect(state.Retry).toEqual([]);
    }
  });

  test('[F30] gives its children all that their states read of the input', () => {
    const [map] = maps;

    const given = Object.keys(map?.state['ItemSelector'] ?? {}).map((key) => key.replace(/\.\$$/, ''));

    expect(given.toSorted()).toEqual(['batchId', 'kind', 'runId', 'turn']);
  });

  test('[F31] is caught whatever it fails with, so that the account is closed', () => {
    for (const { state } of maps) {
      expect(state.Catch.map(({ ErrorEquals, Next }) => [...ErrorEquals, Next])).toEqual([
        ['States.DataLimitExceeded', 'EvaluateWave'],
        ['States.ALL', 'EvaluateWave'],
      ]);
    }
  });
});
