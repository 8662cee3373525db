/** As many as an SDK client has connections for, less some. */
const ofOneClient = 32;

/** Does the same with each item, some of them at once; answers in their order. The first failure is that of all. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { atOnce = ofOneClient }: { readonly atOnce?: number } = {},
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return [...results.entries()].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}

/** So many objects of some megabytes each may be in memory at once. */
const readAhead = 4;

/**
 * What `load` gives for each item, in their order, while those that follow are on their way: for what is too large to
 * be held all at once.
 */
export async function* oneByOne<Item, Result>(
  items: readonly Item[],
  load: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  for (const item of items) {
    const loading = load(item);
    // Its failure is seen when its turn comes, and not before.
    loading.catch(() => undefined);
    underWay.push(loading);
    const first = underWay.length < readAhead ? undefined : underWay.shift();
    if (first) yield await first;
  }
  for (const loading of underWay) yield await loading;
}
