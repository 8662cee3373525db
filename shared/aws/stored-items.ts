import type * as z from 'zod';
import { problemsOf } from '../domain/problems.ts';
import { InvalidPayloadError } from '../errors.ts';

/**
 * Items of a table, read. Throws InvalidPayloadError for one of another version, with its key: what is not understood
 * is neither passed over nor written anew.
 */
export function readItems<Item>(
  table: string,
  schema: z.ZodType<Item>,
  items: readonly Readonly<Record<string, unknown>>[],
): Item[] {
  return items.map((item) => {
    const result = schema.safeParse(item);
    if (result.success) return result.data;
    const { place, item: key } = item;
    throw new InvalidPayloadError(
      `item ${JSON.stringify([place, key])} of table ${table} is not what this version writes: ${problemsOf(result.error, item).slice(0, 5).join('; ')}`,
    );
  });
}
