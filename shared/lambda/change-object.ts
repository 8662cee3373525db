import type * as z from 'zod';
import type { Store } from '../aws/store.ts';
import { problemsOf } from '../domain/problems.ts';
import { ContendedError, InvalidPayloadError } from '../errors.ts';
import type { Dependencies } from './dependencies.ts';

/** Each round one writer gets through; more than so many do not meet. */
const rounds = 12;
/** Milliseconds; doubled with each round, with full jitter. */
const firstPause = 100;
const longestPause = 5_000;

type Pausing = Pick<Dependencies, 'sleep' | 'random'>;

/** After a round, from 0 on, in which somebody else has written an object, or is about to. */
export function pauseAfter(round: number, { sleep, random }: Pausing): Promise<void> {
  return sleep(random() * Math.min(longestPause, firstPause * 2 ** round));
}

/** An object of a known shape with its tag; both undefined where there is none. Throws InvalidPayloadError. */
export async function readObject<Schema extends z.ZodType>(
  store: Store,
  key: string,
  schema: Schema,
): Promise<{ readonly value: z.infer<Schema> | undefined; readonly etag: string | undefined }> {
  const found = await store.getTagged(key);
  if (!found) return { value: undefined, etag: undefined };
  const { data, error } = schema.safeParse(found.value);
  if (error) {
    const problems = problemsOf(error, found.value).slice(0, 5).join('; ');
    throw new InvalidPayloadError(`s3://${store.bucket}/${key} is not what this version writes: ${problems}`);
  }
  return { value: data, etag: found.etag };
}

/**
 * Changes an object that others change too: it is written only as long as nobody else has written since it was read,
 * and otherwise read again. What `change` leaves as it was is not written. Throws ContendedError.
 */
export async function changeObject<Schema extends z.ZodType>(
  key: string,
  schema: Schema,
  { store, ...time }: Pick<Dependencies, 'store'> & Pausing,
  change: (value: z.infer<Schema> | undefined) => z.infer<Schema> | undefined,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const { value, etag } = await readObject(store, key, schema);
    const changed = change(value);
    if (JSON.stringify(changed) === JSON.stringify(value)) return;
    if (await store.putIf(key, changed, etag ?? null)) return;
    await pauseAfter(round, time);
  }
  throw new ContendedError(`s3://${store.bucket}/${key} was changed by others ${rounds} times in a row`);
}
