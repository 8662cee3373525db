import { InvalidAnswerError } from '../errors.ts';

/**
 * The rows of a page; none where it has none. The SDK passes on whatever came, also where the model has a list.
 * Throws InvalidAnswerError for what is none.
 */
export function rowsOf<Row extends object>(what: string, rows: readonly Row[] | null | undefined): Row[] {
  const list: unknown = rows ?? [];
  if (!Array.isArray(list))
    throw new InvalidAnswerError(`${what}: a list was expected, and a ${typeof list} came`);
  return [...(rows ?? [])].filter((row) => typeof row === 'object' && row !== null);
}

/** A text; undefined for none, and for what the model has as a text and is something else. */
export function textOf<Text extends string>(text: Text | null | undefined): Text | undefined {
  return typeof text === 'string' ? text : undefined;
}

/** A count; undefined for none, and for what is no count. */
export function countOf(count: number | null | undefined): number | undefined {
  return Number.isSafeInteger(count) && Number(count) >= 0 ? Number(count) : undefined;
}
