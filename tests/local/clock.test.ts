import { VirtualClock } from '../../local/clock.ts';
import { ScaledClock } from '../../local/scaled-clock.ts';

const startsAt = Date.UTC(2030, 0, 1);

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('the virtual clock', () => {
  test('fires timers by due time, and those of one time by age', async () => {
    const clock = new VirtualClock(startsAt);
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.now() - startsAt}`);

    clock.setTimeout(note('c'), 30);
    clock.setTimeout(note('a1'), 10);
    clock.setTimeout(note('b'), 20);
    clock.setTimeout(note('a2'), 10);
    await clock.sleep(40);

    expect(fired).toEqual(['a1@10', 'a2@10', 'b@20', 'c@30']);
  });

  test('lets every promise chain run to its next wait before it moves', async () => {
    const clock = new VirtualClock(startsAt);
    const seen: string[] = [];
    const walk = async (name: string, steps: readonly number[]): Promise<void> => {
      for (const step of steps) {
        await clock.sleep(step);
        await Promise.resolve().then(() => new Promise((resolve) => setImmediate(resolve)));
        seen.push(`${name}@${clock.now() - startsAt}`);
      }
    };

    await Promise.all([walk('x', [5, 5, 5]), walk('y', [7, 3, 5])]);

    expect(seen).toEqual(['x@5', 'y@7', 'x@10', 'y@10', 'x@15', 'y@15']);
  });

  test('stands still while anything is held, and goes on when the last hold is released', async () => {
    const clock = new VirtualClock(startsAt);
    let isFired = false;
    const [one, two] = [clock.hold(), clock.hold()];
    clock.setTimeout(() => {
      isFired = true;
    }, 1);

    await turns(50);
    one.release();
    one.release();
    await turns(50);
    const whileHeld = { isFired, now: clock.now() };
    two.release();
    await turns(50);

    expect(whileHeld).toEqual({ isFired: false, now: startsAt });
    expect(isFired).toBe(true);
  });

  test('passes a latency while its own hold is lifted, and is held again after it', async () => {
    const clock = new VirtualClock(startsAt);
    const fired: number[] = [];
    const hold = clock.hold();
    clock.setTimeout(() => fired.push(clock.now() - startsAt), 50);
    clock.setTimeout(() => fired.push(clock.now() - startsAt), 150);

    await clock.sleepInHold(hold.id, 100);
    await turns(50);

    expect(fired).toEqual([50]);
    expect(clock.now() - startsAt).toBe(100);
  });

  test('stays held by another hold during a latency', async () => {
    const clock = new VirtualClock(startsAt);
    const [server, other] = [clock.hold(), clock.hold()];
    let isAwake = false;
    void clock.sleepInHold(server.id, 100).then(() => {
      isAwake = true;
    });

    await turns(50);
    const whileHeld = isAwake;
    other.release();
    await turns(50);

    expect([whileHeld, isAwake]).toEqual([false, true]);
  });

  test('goes on when a hold is released in the middle of its latency', async () => {
    const clock = new VirtualClock(startsAt);
    const hold = clock.hold();
    void clock.sleepInHold(hold.id, 100);

    hold.release();
    await clock.sleep(500);
    const later = clock.hold();
    void clock.sleep(100);
    await turns(50);
    later.release();

    expect(clock.now() - startsAt).toBe(500);
  });

  test('sleeps without a hold when the header names none', async () => {
    const clock = new VirtualClock(startsAt);

    await clock.sleepInHold(undefined, 10);
    await clock.sleepInHold('gone', 10);

    expect(clock.now() - startsAt).toBe(20);
  });

  test('fires no timer that a callback has cleared', async () => {
    const clock = new VirtualClock(startsAt);
    const fired: string[] = [];
    const late = clock.setTimeout(() => fired.push('late'), 10);
    clock.setTimeout(() => clock.clearTimeout(Number(late)), 5);

    await clock.sleep(20);

    expect(fired).toEqual([]);
  });

  test('starts a refreshed timer again, waiting or fired, but not a cleared one', async () => {
    const clock = new VirtualClock(startsAt);
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.now() - startsAt}`);
    const waiting = clock.setTimeout(note('waiting'), 10);
    const done = clock.setTimeout(note('done'), 2);
    const cleared = clock.setTimeout(note('cleared'), 10);
    clock.clearTimeout(cleared);

    await clock.sleep(5);
    for (const timer of [waiting, done, cleared]) timer.refresh();
    await clock.sleep(20);

    expect(fired).toEqual(['done@2', 'done@7', 'waiting@15']);
  });

  test('orders a hundred thousand timers, most of them cleared, within seconds', async () => {
    const clock = new VirtualClock(startsAt);
    const fired: number[] = [];
    const began = performance.now();

    for (let index = 0; index < 100_000; index += 1) {
      const timer = clock.setTimeout(() => fired.push(clock.now()), (index * 7919) % 100_003);
      if (index % 10 !== 0) clock.clearTimeout(timer);
    }
    await clock.sleep(200_000);

    expect(fired).toHaveLength(10_000);
    expect(fired).toEqual([...fired].sort((one, other) => one - other));
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe('the scaled clock', () => {
  test('multiplies wall time', async () => {
    const clock = new ScaledClock(startsAt, 1000);

    await clock.sleep(20_000);

    expect(clock.now() - startsAt).toBeGreaterThanOrEqual(19_000);
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  test('does not fire at once a timer that is longer than Node.js can wait', async () => {
    const clock = new ScaledClock(startsAt, 1);
    let isFired = false;

    const timer = clock.setTimeout(() => {
      isFired = true;
    }, 99_999_999_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.clearTimeout(timer);

    expect(isFired).toBe(false);
  });
});
