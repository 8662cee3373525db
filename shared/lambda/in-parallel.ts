/** As many as an SDK client has connections for, less some. */
const ofOneClient = 32;

/**
 * Does the same with each item, some of them at once; answers in their order. After a failure no other item is begun, and
 * it is thrown when nothing is under way any more: a frozen environment would go on with it in its next invocation.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { atOnce = ofOneClient }: { readonly atOnce?: number } = {},
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      try {
        results.set(index, await work(item));
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
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
