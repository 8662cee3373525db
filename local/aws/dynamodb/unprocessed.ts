import { z } from 'zod';
import { type Random, random } from '../../random.ts';
import { AwsError } from '../service.ts';

const writeSchema = z.looseObject({ RequestItems: z.record(z.string(), z.array(z.unknown())) });
const readSchema = z.looseObject({
  RequestItems: z.record(z.string(), z.looseObject({ Keys: z.array(z.unknown()) })),
});

/** What of a batch call is performed, and what is given back. */
export interface DealtBatch {
  readonly performed: unknown;
  readonly unprocessed: Readonly<Record<string, unknown>>;
}

/**
 * The fault `unprocessed-items` for BatchWriteItem and BatchGetItem: a function of the seed and of how many batch
 * calls there have been. Throws as DynamoDB does when nothing at all could be performed.
 */
export class UnprocessedItems {
  private readonly seed: number;
  private readonly rate: number;
  private calls = 0;

  constructor(seed: number, rate: number) {
    this.seed = seed;
    this.rate = rate;
  }

  /** Input that is not a batch is left as it is: DynamoDB refuses it. */
  deal(operation: string, input: unknown): DealtBatch {
    const whole = { performed: input, unprocessed: {} };
    if (this.rate === 0) return whole;
    this.calls += 1;
    const stream = random(this.seed, 'unprocessed-items', 'dynamodb', this.calls);
    if (!stream.chance(this.rate)) return whole;
    return (operation === 'BatchWriteItem' ? dealWrites(input, stream) : dealReads(input, stream)) ?? whole;
  }
}

function dealWrites(input: unknown, stream: Random): DealtBatch | undefined {
  const { data } = writeSchema.safeParse(input);
  if (!data) return undefined;
  const tables = Object.entries(data.RequestItems).map(([table, requests]) => {
    const [kept, left] = split(requests, stream);
    return { table, kept, left };
  });
  const RequestItems = Object.fromEntries(
    tables.filter(({ kept }) => kept.length > 0).map(({ table, kept }) => [table, kept]),
  );
  const unprocessed = Object.fromEntries(
    tables.filter(({ left }) => left.length > 0).map(({ table, left }) => [table, left]),
  );
  return checked({ performed: { ...data, RequestItems }, unprocessed }, RequestItems);
}

function dealReads(input: unknown, stream: Random): DealtBatch | undefined {
  const { data } = readSchema.safeParse(input);
  if (!data) return undefined;
  const tables = Object.entries(data.RequestItems).map(([table, request]) => {
    const [kept, left] = split(request.Keys, stream);
    return { table, request, kept, left };
  });
  const RequestItems = Object.fromEntries(
    tables
      .filter(({ kept }) => kept.length > 0)
      .map(({ table, request, kept }) => [table, { ...request, Keys: kept }]),
  );
  const unprocessed = Object.fromEntries(
    tables
      .filter(({ left }) => left.length > 0)
      .map(({ table, request, left }) => [table, { ...request, Keys: left }]),
  );
  return checked({ performed: { ...data, RequestItems }, unprocessed }, RequestItems);
}

function split(items: readonly unknown[], stream: Random): readonly [readonly unknown[], readonly unknown[]] {
  const isLeft = items.map(() => stream.chance(0.5));
  return [items.filter((_item, index) => !isLeft[index]), items.filter((_item, index) => isLeft[index])];
}

function checked(batch: DealtBatch, kept: Readonly<Record<string, unknown>>): DealtBatch {
  if (Object.keys(kept).length > 0) return batch;
  throw new AwsError(
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  );
}
