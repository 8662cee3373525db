import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type HeldFinding, heldFindingSchema } from '../domain/findings/held.ts';
import { type BatchRetry, batchWrite, numbersAsTheyAre, realTime, type Table } from './dynamodb-batches.ts';
import { itemKinds, type Place, placeKeyOf } from './ledger-items.ts';
import { itemsOf } from './ledger-query.ts';

/** Findings that people are to be told of with the next report. */
export interface HeldFindings {
  /** The same finding is held once, however often it comes. */
  hold(findings: readonly HeldFinding[]): Promise<void>;
  /** All of them, each with its id. */
  all(): Promise<(HeldFinding & { readonly id: string })[]>;
  /** They are dealt with. */
  drop(ids: readonly string[]): Promise<void>;
}

const itemSchema = heldFindingSchema.extend({ item: z.string() });

/**
 * In the ledger's table, all in our own place: a finding may come from where no policy has nodes, and is looked for there
 * too. They do not expire: what nobody has told is not forgotten.
 */
export function makeHeldFindings(
  tableName: string,
  client: DynamoDBClient,
  { home, retry = realTime }: { readonly home: Place; readonly retry?: BatchRetry },
): HeldFindings {
  const document = DynamoDBDocumentClient.from(client, {
    ...numbersAsTheyAre,
    marshallOptions: { removeUndefinedValues: true },
  });
  const table: Table = { name: tableName, client: document, retry };
  const place = placeKeyOf(home);
  return {
    async hold(findings) {
      const items = new Map(findings.map((held) => [itemOf(held), held]));
      await batchWrite(table, { put: [...items].map(([item, held]) => ({ place, item, ...held })) });
    },
    async all() {
      const items = await itemsOf(table, { place: home, kind: itemKinds.held, schema: itemSchema });
      return items.map(({ item, ...held }) => ({ ...held, id: item }));
    },
    async drop(ids) {
      await batchWrite(table, { delete: [...new Set(ids)].map((item) => ({ place, item })) });
    },
  };
}

/** By what it says, and not by its id alone: of a finding that changes, each version may be news. */
function itemOf({ finding }: HeldFinding): string {
  const { accountId, region, nodeId } = finding;
  const hash = createHash('sha256').update(JSON.stringify(finding)).digest('hex');
  return `${itemKinds.held}${accountId}/${region}/${nodeId}#${hash.slice(0, 32)}`;
}
