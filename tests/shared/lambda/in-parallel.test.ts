import { setImmediate } from 'node:timers/promises';
import { inParallel } from '../../../shared/lambda/in-parallel.ts';

describe('work in parallel', () => {
  test('is done with 32 items at once, and answers in their order', async () => {
    let atWork = 0;
    let most = 0;
    const items = Array.from({ length: 100 }, (_, index) => index);

    const results = await inParallel(items, async (item) => {
      atWork += 1;
      most = Math.max(most, atWork);
      for (let turn = 0; turn < 100 - item; turn += 1) await setImmediate();
      atWork -= 1;
      return item * 2;
    });

    expect(most).toBe(32);
    expect(results).toEqual(items.map((item) => item * 2));
  });

  test('is done with as many at once as it is told', async () => {
    let atWork = 0;
    let most = 0;
    const work = async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      await setImmediate();
      atWork -= 1;
    };

    await inParallel(Array.from({ length: 100 }), work, { atOnce: 50 });

    expect(most).toBe(50);
  });

  test('fails as its first failure, when nothing is under way any more, and begins nothing after it', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const act = inParallel(
      [0, 1, 2, 3, 4],
      async (item) => {
        begun.push(item);
        for (let turn = 0; turn < 3 * item; turn += 1) await setImmediate();
        ended.push(item);
        if (item === 1) throw new Error(`item ${item}`);
      },
      { atOnce: 3 },
    );

    await expect(act).rejects.toThrow('item 1');
    expect([begun, ended]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });

  test('is nothing for nothing', async () => {
    expect(await inParallel([], async () => 1)).toEqual([]);
  });
});
