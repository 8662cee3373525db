import { quietWaitSeconds, waitSecondsFor } from '../../../shared/domain/wait.ts';
import { openCommand, startedAt } from '../../support/domain-builders.ts';

const idle = { open: [], sends: [], pollSeconds: 15, now: startedAt };

describe('the wait before a poll', () => {
  test.each([
    ['is long while nothing can have finished, though never without an end', 3600, 120],
    ['ends when the first node may have finished', 70, 70],
    ['is never shorter than the pace of polling', 2, 15],
    ['is the pace of polling once a node is overdue', -500, 15],
  ])('%s', (_what, earliestSeconds, expected) => {
    const open = [
      openCommand({ earliestAt: startedAt + 7200_000 }),
      openCommand({ earliestAt: startedAt + earliestSeconds * 1000 }),
    ];

    expect(waitSecondsFor({ ...idle, open })).toBe(expected);
  });

  test('is of whole seconds, as a Wait state takes them', () => {
    expect(waitSecondsFor({ ...idle, open: [openCommand({ earliestAt: startedAt + 30_200 })] })).toBe(31);
  });

  test('is short where nothing is open: there is nothing to wait for', () => {
    expect(waitSecondsFor(idle)).toBe(1);
  });
});

describe('the wait after a poll that found nothing', () => {
  test('grows up to a minute, from the pace of polling', () => {
    const waits = Array.from({ length: 10 }, (_, index) => quietWaitSeconds(15, index + 1));

    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBe(19);
    expect(waits.at(-1)).toBe(60);
  });

  test('is never shorter than the pace of polling', () => {
    expect(quietWaitSeconds(60, 1)).toBe(60);
    expect(quietWaitSeconds(90, 1)).toBe(90);
  });
});
