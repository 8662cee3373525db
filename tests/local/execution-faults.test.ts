import { fleetOf } from '../../chaos/nodes.ts';
import { type Play, play } from '../../chaos/play.ts';
import type { FaultName } from '../../local/faults.ts';

const ending = (fault: FaultName, rate: number, options: Partial<Play> = {}) =>
  play({ nodes: fleetOf(2), faults: { [fault]: rate }, tellsOfEnd: true, ...options });

describe('a fault of executions', () => {
  test.each([
    ['stopped-run', 'ABORTED'],
    ['timed-out-run', 'TIMED_OUT'],
  ] as const)('%s ends the run as %s, and close-run closes it', async (fault, status) => {
    const { execution, record, strikes, told } = await ending(fault, 1);

    expect(execution.status).toBe(status);
    expect(strikes[fault]).toBeGreaterThan(0);
    expect(told).toEqual({ delivered: 1, dead: 0, failures: [] });
    expect(record).toMatchObject({ status: 'Failed', reason: expect.stringContaining(status) });
  });

  test('failed-batch ends a batch at its first state with an error that nothing catches', async () => {
    const { events, record, strikes } = await ending('failed-batch', 1);

    const ended = events.filter((event) => event.type === 'ExecutionEnded').map(({ status }) => status);
    expect(ended).toEqual(['FAILED', 'FAILED']);
    expect(strikes['failed-batch']).toBe(1);
    expect(record?.outcomes).toEqual({ Unknown: 2 });
  });

  test('redeployed leaves the run with the settings of its plan, whatever becomes of the policy', async () => {
    const storms = [{ fault: 'redeployed', rate: 1, fromMinute: 1, minutes: 600 } as const];
    const { record, strikes } = await play({ nodes: fleetOf(3), storms });

    expect(strikes.redeployed).toBeGreaterThan(5);
    expect(record).toMatchObject({ status: 'Succeeded', outcomes: { Patched: 3 } });
  });
});

describe("the event of a run's end", () => {
  test.each([
    ['delivered-twice', { delivered: 2, dead: 0 }],
    ['delivered-late', { delivered: 1, dead: 0 }],
    ['delivered-never', { delivered: 0, dead: 0 }],
  ] as const)('comes as %s says, and people are told once at most', async (fault, told) => {
    const played = await ending(fault, 1, { faults: { [fault]: 1, 'stopped-run': 1 } });

    expect(played.told).toEqual({ ...told, failures: [] });
    expect(played.strikes[fault]).toBe(1);
    expect(played.published).toHaveLength(told.delivered === 0 ? 0 : 1);
    expect(played.record === undefined).toBe(told.delivered === 0);
  });

  test('is given up by close-run after its attempts, for the dead letters', async () => {
    const storms = [{ fault: 's3-denied', rate: 1, fromMinute: 0, minutes: 10_000 } as const];
    const { execution, record, told } = await play({ nodes: fleetOf(1), storms, tellsOfEnd: true });

    expect(execution.status).toBe('FAILED');
    expect(record).toBeUndefined();
    expect(told).toEqual({ delivered: 1, dead: 1, failures: Array(3).fill('AccessDenied') });
  });
});
