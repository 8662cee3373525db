import fc from 'fast-check';
import { VirtualClock } from '../../../local/clock.ts';
import { makePace } from '../../../shared/aws/pace.ts';

function paceOn(callsPerSecond: number) {
  const clock = new VirtualClock(0);
  const pace = makePace(callsPerSecond, {
    now: () => clock.now(),
    sleep: (milliseconds) => clock.sleep(milliseconds),
  });
  return { clock, pace };
}

describe('makePace', () => {
  test('lets the first call through at once', async () => {
    const { clock, pace } = paceOn(8);

    await pace();

    expect(clock.now()).toBe(0);
  });

  test('[F04] spaces calls evenly, also those that come at the same time', async () => {
    const { clock, pace } = paceOn(4);
    const times: number[] = [];

    await Promise.all(Array.from({ length: 5 }, () => pace().then(() => times.push(clock.now()))));

    expect(times).toEqual([0, 250, 500, 750, 1000]);
  });

  test('saves nothing up: after a rest no burst follows', async () => {
    const { clock, pace } = paceOn(4);
    await pace();
    await clock.sleep(10_000);
    const times: number[] = [];

    await Promise.all(Array.from({ length: 3 }, () => pace().then(() => times.push(clock.now()))));

    expect(times).toEqual([10_000, 10_250, 10_500]);
  });

  test('is never faster than its rate, whenever calls come', async () => {
    const rests = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 2, maxLength: 30 });

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), rests, async (callsPerSecond, pauses) => {
        const { clock, pace } = paceOn(callsPerSecond);
        const times: number[] = [];
        for (const pause of pauses) {
          await clock.sleep(pause);
          await pace();
          times.push(clock.now());
        }
        const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
        return Math.min(...gaps) >= 1000 / callsPerSecond - 1e-6;
      }),
      { seed: 1, numRuns: 30 },
    );
  });
});
