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

  test('fails as its first failure', async () => {
    const act = inParallel([1, 2], async (item) => {
      throw new Error(`item ${item}`);
    });

    await expect(act).rejects.toThrow('item 1');
  });

  test('is nothing for nothing', async () => {
    expect(await inParallel([], async () => 1)).toEqual([]);
  });
});
