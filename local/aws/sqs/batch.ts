import { z } from 'zod';
import { AwsError } from '../service.ts';
import { sqsError } from './errors.ts';

type Members = Readonly<Record<string, unknown>>;

/** What SQS answers to a batch: HTTP 200, whatever became of its entries. */
interface BatchAnswer extends Members {
  readonly Successful: readonly Members[];
  readonly Failed: readonly Members[];
}

const entriesSchema = z.array(z.record(z.string(), z.unknown()));

/** Throws what refuses the whole batch: no entry, more than ten, ids that are not well formed or not distinct. */
export function readEntries(input: Members): readonly Members[] {
  const entries = entriesSchema.safeParse(input['Entries']).data ?? [];
  if (entries.length === 0) throw sqsError.emptyBatch();
  if (entries.length > 10) throw sqsError.tooManyEntries(entries.length);
  const ids = entries.map(({ Id }) => String(Id));
  if (!ids.every((id) => /^[\w-]{1,80}$/.test(id))) throw sqsError.invalidId();
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw sqsError.repeatedId(repeated);
  return entries;
}

/** Performs the entries one by one; what one of them is refused with is told in `Failed`. */
export function performEach(entries: readonly Members[], perform: (entry: Members) => Members): BatchAnswer {
  const Successful: Members[] = [];
  const Failed: Members[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry['Id'], ...perform(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message, statusCode } = error;
      Failed.push({ Id: entry['Id'], Code: code, Message: message, SenderFault: statusCode < 500 });
    }
  }
  return { Successful, Failed };
}
