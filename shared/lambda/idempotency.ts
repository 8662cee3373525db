import {
  IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyRecordStatus,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { makeDynamoClient } from '../aws/dynamo-client.ts';

/**
 * `claimed`: ours to do, nobody else's. `busy`: somebody is at it, or has died at it a short while ago. `done`: it was
 * done, with this result.
 */
export type Claim =
  | { readonly outcome: 'claimed' }
  | { readonly outcome: 'busy' }
  | { readonly outcome: 'done'; readonly result: unknown };

/** What is kept with what was done: plain JSON. */
export type ClaimResult = Readonly<Record<string, string | number>>;

/** Things that are to be done once although they are asked for more than once, each by its key. */
export interface Claims {
  claim(key: string): Promise<Claim>;
  /** It is done, and stays so; `result` is what the next one to claim it is told. */
  finish(key: string, result: ClaimResult): Promise<void>;
  /** It was not done: the next one may. */
  release(key: string): Promise<void>;
}

/** Longer than SQS and EventBridge together can hold an event back. */
const keptSeconds = 16 * 86_400;

/**
 * Powertools' persistence layer without its wrapper: that claims one thing an invocation, and here an invocation claims
 * hundreds, and does them in one message. A claim is given up after `claimMilliseconds`, if nobody has finished it: as
 * long as whoever makes it can live.
 */
export function makeClaims(
  tableName: string,
  awsSdkV3Client: ReturnType<typeof makeDynamoClient>,
  claimMilliseconds: number,
): Claims {
  const layer = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client });
  layer.configure({
    config: new IdempotencyConfig({ expiresAfterSeconds: keptSeconds, hashFunction: 'sha256' }),
    keyPrefix: 'findings',
  });
  return {
    claim: (key) => claim(layer, key, claimMilliseconds),
    finish: (key, result) => layer.saveSuccess(key, { ...result }),
    release: (key) => layer.deleteRecord(key),
  };
}

async function claim(
  layer: DynamoDBPersistenceLayer,
  key: string,
  claimMilliseconds: number,
): Promise<Claim> {
  try {
    await layer.saveInProgress(key, claimMilliseconds);
    return { outcome: 'claimed' };
  } catch (error) {
    if (!(error instanceof IdempotencyItemAlreadyExistsError)) throw error;
    // The record comes with the refusal: the condition asks for it.
    const record = error.existingRecord;
    return record?.getStatus() === IdempotencyRecordStatus.COMPLETED
      ? { outcome: 'done', result: record.getResponse() }
      : { outcome: 'busy' };
  }
}
