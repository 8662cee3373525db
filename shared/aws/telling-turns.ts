import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { updateIf } from './conditional-update.ts';
import { realTime, type Table } from './dynamodb-batches.ts';
import { itemKinds, type Place, placeKeyOf } from './ledger-items.ts';

/** Whose turn it is to tell a policy's people of findings; null: those of nodes without a policy. */
export interface TellingTurns {
  /** True if it is ours: people were told of nothing in so many milliseconds. It then counts as told at `at` (ms). */
  take(policy: string | null, at: number, quietMilliseconds: number): Promise<boolean>;
  /** They were not told after all: the turn that was taken at `at` is for whoever comes next. */
  giveBack(policy: string | null, at: number): Promise<void>;
}

/** Far longer than anybody has to be left in peace. */
const keptSeconds = 86_400;

/** In the ledger's table, in our own place: nodes of one policy are in several. */
export function makeTellingTurns(tableName: string, client: DynamoDBClient, home: Place): TellingTurns {
  const table: Table = { name: tableName, client: DynamoDBDocumentClient.from(client), retry: realTime };
  const keyOf = (policy: string | null) => ({
    place: placeKeyOf(home),
    item: `${itemKinds.told}${policy ?? ''}`,
  });
  return {
    take(policy, at, quietMilliseconds) {
      return updateIf(table, {
        key: keyOf(policy),
        set: { toldAt: at, expiresAt: Math.floor(at / 1000) + keptSeconds },
        condition: 'attribute_not_exists(toldAt) OR toldAt <= :quietSince',
        facts: { quietSince: at - quietMilliseconds },
      });
    },
    async giveBack(policy, at) {
      await updateIf(table, {
        key: keyOf(policy),
        set: { toldAt: 0 },
        condition: 'toldAt = :takenAt',
        facts: { takenAt: at },
      });
    },
  };
}
