import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { chunksOf } from '../domain/command.ts';
import {
  type ClosedEntry,
  type NodeSummary,
  nodeSummarySchema,
  type OpenEntry,
  openEntrySchema,
} from '../domain/ledger/ledger.ts';
import { momentSchema } from '../domain/moment.ts';
import type { CallCounter } from './client-config.ts';
import { makeDynamoClient } from './dynamo-client.ts';
import {
  type BatchRetry,
  batchGet,
  batchWrite,
  numbersAsTheyAre,
  realTime,
  type Table,
} from './dynamodb-batches.ts';
import {
  closedItem,
  itemKinds,
  type Look,
  lookItem,
  nodeItem,
  nodeKey,
  openItem,
  openKey,
  type Place,
  reportedOf,
} from './ledger-items.ts';
import { itemsOf } from './ledger-query.ts';
import { readItems } from './stored-items.ts';

export type { Place } from './ledger-items.ts';

type EntryKey = Pick<OpenEntry, 'nodeId' | 'patchId'>;

/** The first-seen clock of nodes and patches, by place. What is read is consistent with what was written. */
export interface Ledger {
  nodesOf(place: Place): Promise<NodeSummary[]>;
  /** By node id; those that are not there are absent. */
  nodesById(place: Place, nodeIds: readonly string[]): Promise<Map<string, NodeSummary>>;
  openEntriesOf(place: Place): Promise<OpenEntry[]>;
  looksOf(place: Place): Promise<Look[]>;
  /**
   * Closed entries are written before their open ones are deleted: what dies in between is closed again. Nodes, by
   * which a look knows what it has read, come after their entries, and the look itself comes last.
   */
  write(place: Place, changes: LedgerChanges): Promise<void>;
  /** Notes that people were told; entries that are gone meanwhile stay gone. `at` in epoch milliseconds. */
  markTold(
    place: Place,
    entries: readonly EntryKey[],
    mark: 'foretoldAt' | 'breachToldAt',
    at: number,
  ): Promise<void>;
}

interface LedgerChanges {
  readonly nodes?: readonly NodeSummary[];
  /** Entries that are new. */
  readonly open?: readonly OpenEntry[];
  /** Entries that were open when they were read: people may have been told of them since, or they may be gone. */
  readonly updated?: readonly OpenEntry[];
  readonly closed?: readonly ClosedEntry[];
  readonly look?: Look;
}

/** UpdateItem has no batch: so many are under way at once. */
const updatesAtOnce = 10;

const lookSchema = z.object({ policy: z.string(), lookedAt: momentSchema });

export function makeLedger(tableName: string, count: CallCounter, retry: BatchRetry = realTime): Ledger {
  const client = DynamoDBDocumentClient.from(makeDynamoClient(count), {
    marshallOptions: { removeUndefinedValues: true },
    ...numbersAsTheyAre,
  });
  const table: Table = { client, name: tableName, retry };
  return {
    nodesOf: (place) => itemsOf(table, { place, kind: itemKinds.node, schema: nodeSummarySchema }),
    openEntriesOf: (place) => itemsOf(table, { place, kind: itemKinds.open, schema: openEntrySchema }),
    looksOf: (place) => itemsOf(table, { place, kind: itemKinds.look, schema: lookSchema }),
    async nodesById(place, nodeIds) {
      const items = await batchGet(
        table,
        [...new Set(nodeIds)].map((nodeId) => nodeKey(place, nodeId)),
      );
      const nodes = readItems(tableName, nodeSummarySchema, items);
      return new Map(nodes.map((node) => [node.nodeId, node]));
    },
    write: (place, changes) => write(table, place, changes),
    async markTold(place, entries, mark, at) {
      await update(
        table,
        entries.map((entry) => ({ key: openKey(place, entry), set: { [mark]: Math.floor(at) } })),
      );
    },
  };
}

async function write(table: Table, place: Place, changes: LedgerChanges): Promise<void> {
  const { nodes = [], open = [], updated = [], closed = [], look } = changes;
  await batchWrite(table, { put: closed.map((entry) => closedItem(place, entry)) });
  await batchWrite(table, {
    put: open.map((entry) => openItem(place, entry)),
    delete: closed.map((entry) => openKey(place, entry)),
  });
  await update(
    table,
    updated.map((entry) => ({ key: openKey(place, entry), set: reportedOf(entry) })),
  );
  await batchWrite(table, { put: nodes.map((node) => nodeItem(place, node)) });
  if (look) await batchWrite(table, { put: [lookItem(place, look)] });
}

interface Update {
  readonly key: Readonly<Record<string, string>>;
  readonly set: Readonly<Record<string, string | number>>;
}

/** Sets attributes of items; those that are gone meanwhile stay gone. */
async function update(table: Table, updates: readonly Update[]): Promise<void> {
  for (const some of chunksOf(updates, updatesAtOnce)) {
    await Promise.all(some.map((each) => updateItem(table, each)));
  }
}

/** Source: API UpdateItem. */
async function updateItem({ client, name }: Table, { key, set }: Update): Promise<void> {
  const attributes = Object.keys(set);
  try {
    await client.send(
      new UpdateCommand({
        TableName: name,
        Key: key,
        UpdateExpression: `set ${attributes.map((attribute) => `#${attribute} = :${attribute}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(#item)',
        ExpressionAttributeNames: {
          '#item': 'item',
          ...Object.fromEntries(attributes.map((attribute) => [`#${attribute}`, attribute])),
        },
        ExpressionAttributeValues: Object.fromEntries(
          attributes.map((attribute) => [`:${attribute}`, set[attribute]]),
        ),
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
  }
}
