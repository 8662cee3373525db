import { afterWave, factsOf } from '../../../shared/domain/wave.ts';
import {
  minute,
  planWith,
  runningBatch,
  settingsOf,
  startedAt,
  waitingNode,
  waveOf,
} from '../../support/domain-builders.ts';

const plan = planWith({ waves: [waveOf(0), waveOf(1)], bakeSeconds: 600 });
const done = factsOf(runningBatch([waitingNode(1, { outcome: 'Patched' })], { status: 'done', turn: 8 }));
const given = [{ batchId: 'w1-b1', turn: 0 }];

describe('after a wave', () => {
  test('whose batches are done comes the next', () => {
    const after = afterWave(plan, { waveIndex: 0, given, batches: [done] }, startedAt);

    expect(after).toEqual({ next: 'nextWave', waveIndex: 1 });
  });

  test('that was the last the run finishes', () => {
    const after = afterWave(plan, { waveIndex: 1, given: [], batches: [done] }, startedAt);

    expect(after).toEqual({ next: 'finish', isHalted: false, reason: 'all waves are done' });
  });

  test('[F29] its batches that were handed over go on, and only those', () => {
    const handedOver = { ...done, batchId: 'w1-b2', status: 'handedOver' as const, turn: 40 };

    const known = [...given, { batchId: 'w1-b2', turn: 20 }];

    const after = afterWave(plan, { waveIndex: 0, given: known, batches: [done, handedOver] }, startedAt);

    expect(after).toEqual({ next: 'continue', batches: [{ batchId: 'w1-b2', turn: 40 }] });
  });

  test('[F30] a batch that came no further than it was given has died, and ends the run', () => {
    const stuck = { ...done, status: 'handedOver' as const, turn: 40 };

    const after = afterWave(
      plan,
      { waveIndex: 0, given: [{ batchId: 'w1-b1', turn: 40 }], batches: [stuck] },
      startedAt,
    );

    expect(after).toEqual({ next: 'finish', isHalted: false, reason: 'batches died: w1-b1' });
  });

  test.each(['planned', 'running'] as const)('[F30] a batch left %s has died', (status) => {
    const after = afterWave(plan, { waveIndex: 0, given, batches: [{ ...done, status }] }, startedAt);

    expect(after).toEqual({ next: 'finish', isHalted: false, reason: 'batches died: w1-b1' });
  });

  test('batches that still have nodes in flight go on, though another has died or halted', () => {
    const handedOver = { ...done, status: 'handedOver' as const, turn: 9 };
    const died = { ...done, batchId: 'w1-b2', status: 'running' as const };
    const halted = { ...done, batchId: 'w1-b3', halt: 'error budget spent' };

    const after = afterWave(plan, { waveIndex: 0, given, batches: [died, handedOver, halted] }, startedAt);

    expect(after).toMatchObject({ next: 'continue', batches: [{ batchId: 'w1-b1' }] });
  });

  test('that was halted the run finishes, for that reason', () => {
    const after = afterWave(plan, { waveIndex: 0, given, batches: [{ ...done, halt: 'spent' }] }, startedAt);

    expect(after).toEqual({ next: 'finish', isHalted: true, reason: 'spent' });
  });

  test('the errors of all its batches count together', () => {
    const roomy = planWith({ waves: [waveOf(0, { maxErrors: 1 }), waveOf(1)] });
    const half = [waitingNode(1, { outcome: 'PatchFailed' }), waitingNode(2, { outcome: 'Patched' })];
    const failed = factsOf(runningBatch(half, { status: 'done' }));
    const batchesOf = (count: number) => ({ waveIndex: 0, given, batches: Array(count).fill(failed) });

    expect(afterWave(roomy, batchesOf(1), startedAt).next).toBe('nextWave');
    expect(afterWave(roomy, batchesOf(2), startedAt)).toEqual({
      next: 'finish',
      isHalted: true,
      reason: 'error budget spent: 2 errors in wave 1, 1 allowed',
    });
  });

  test.each([
    ['failed', 'PatchFailed', true, 'no node of wave 1 ended with success'],
    ['could not be reached', 'Unreachable', true, 'no node of wave 1 ended with success'],
    ['were out of time', 'NotReached', false, 'no node of wave 1 ended in time'],
  ] as const)(
    'whose nodes all %s no other comes, whatever its budget',
    (_what, outcome, isHalted, reason) => {
      const roomy = planWith({ waves: [waveOf(0, { maxErrors: 99 }), waveOf(1)] });
      const batches = [factsOf(runningBatch([waitingNode(1, { outcome })], { status: 'done' }))];

      const after = afterWave(roomy, { waveIndex: 0, given, batches }, startedAt);

      expect(after).toEqual({ next: 'finish', isHalted, reason });
    },
  );

  test('one node that was patched is proof enough for the next', () => {
    const roomy = planWith({ waves: [waveOf(0, { maxErrors: 99 }), waveOf(1)] });
    const mixed = (['Unreachable', 'AlreadyCompliant', 'NotReached'] as const).map((outcome, index) =>
      waitingNode(index, { outcome }),
    );
    const batches = [factsOf(runningBatch(mixed, { status: 'done' }))];

    expect(afterWave(roomy, { waveIndex: 0, given, batches }, startedAt).next).toBe('nextWave');
  });

  test('no other comes 48 hours after the start of a run without a window, its bake counted', () => {
    const wave = { waveIndex: 0, given, batches: [done] };
    const last = startedAt + 48 * 60 * minute - 10 * minute;

    expect(afterWave(plan, wave, last - 1).next).toBe('nextWave');
    expect(afterWave(plan, wave, last)).toMatchObject({ next: 'finish', isHalted: false });
  });

  test('no other comes that would start in the cutoff of the window', () => {
    const settings = settingsOf({ deadline: startedAt + 70 * minute, cutoffSeconds: 3600 });
    const wave = { waveIndex: 0, given, batches: [done] };

    expect(afterWave({ ...plan, settings }, wave, startedAt - 1).next).toBe('nextWave');
    expect(afterWave({ ...plan, settings }, wave, startedAt).next).toBe('finish');
  });

  test('[F26] no other comes that would start after the window, its bake counted', () => {
    const closing = { ...plan, settings: settingsOf({ deadline: startedAt + 10 * minute }) };
    const wave = { waveIndex: 0, given, batches: [done] };

    expect(afterWave(closing, wave, startedAt - 1).next).toBe('nextWave');
    expect(afterWave(closing, wave, startedAt)).toEqual({
      next: 'finish',
      isHalted: false,
      reason: 'window closing: the next wave would start too late',
    });
  });
});
