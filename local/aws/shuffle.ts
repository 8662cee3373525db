import type { Random } from '../random.ts';

/** The items in an order that the stream decides. */
export function shuffled<Item>(items: readonly Item[], stream: Random): Item[] {
  return items
    .map((item) => ({ item, place: stream.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
