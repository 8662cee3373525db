import { oneByOne } from '../../../shared/lambda/in-parallel.ts';

const items = Array.from({ length: 20 }, (_, index) => index);

async function all<Result>(results: AsyncIterable<Result>): Promise<Result[]> {
  const found: Result[] = [];
  for await (const result of results) found.push(result);
  return found;
}

describe('what is too large to be held all at once', () => {
  test('comes one by one in its order, whichever is loaded first', async () => {
    const slowFirst = (item: number) =>
      new Promise<number>((resolve) => {
        setTimeout(() => resolve(item), item % 2 === 0 ? 3 : 0);
      });

    expect(await all(oneByOne(items, slowFirst))).toEqual(items);
  });

  test('is loaded a few ahead, and no more than four at once', async () => {
    let held = 0;
    let most = 0;
    const load = async (item: number) => {
      held += 1;
      most = Math.max(most, held);
      return item;
    };

    for await (const _item of oneByOne(items, load)) held -= 1;

    expect(most).toBe(4);
  });

  test('ends with the first that cannot be loaded, after those before it', async () => {
    const seen: number[] = [];
    const act = async () => {
      const load = async (item: number) => {
        if (item >= 2) throw new Error(`no ${item}`);
        return item;
      };
      for await (const item of oneByOne(items, load)) seen.push(item);
    };

    await expect(act()).rejects.toThrow('no 2');
    expect(seen).toEqual([0, 1]);
  });

  test('is nothing where there is nothing', async () => {
    expect(await all(oneByOne([], async () => 1))).toEqual([]);
  });
});
