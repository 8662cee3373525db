import { z } from 'zod';

/** A name that is spelt wrongly is a failure of the whole batch, and so is an id that is empty or none. */
const responseSchema = z.strictObject({
  batchItemFailures: z.array(z.strictObject({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * The ids of the messages that failed, by what the function answered: none for an empty answer, all for one that is
 * not of the form, or that names a message of another batch. Source: Lambda developer guide, "Handling errors for
 * an SQS event source in Lambda", "Success and failure conditions".
 */
export function failedItems(answer: unknown, messageIds: readonly string[]): ReadonlySet<string> {
  if (answer === null || answer === undefined) return new Set();
  const known = new Set(messageIds);
  const { data } = responseSchema.safeParse(answer);
  const failed = data && (data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return failed?.every((id) => known.has(id)) ? new Set(failed) : known;
}
