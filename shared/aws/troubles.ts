import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Trouble, troubleSchema } from '../domain/findings/trouble.ts';
import { updateIf } from './conditional-update.ts';
import { type BatchRetry, batchGet, numbersAsTheyAre, realTime, type Table } from './dynamodb-batches.ts';
import { type Place, placeKeyOf } from './ledger-items.ts';
import { readItems } from './stored-items.ts';

/** What was told of nodes' findings, beside the clock in the ledger's table. Two writers may be at work at once. */
export interface Troubles {
  /** By node id; those of which nothing is known are absent. Read consistently. */
  byNode(place: Place, nodeIds: readonly string[]): Promise<Map<string, Trouble>>;
  /** Never lowers what another has written meanwhile: the newest finding and the last telling win, each for itself. */
  remember(place: Place, trouble: Trouble): Promise<void>;
  /** Notes that a scan showed the node compliant. Not for a node without findings, nor for one with newer ones. */
  noteCompliant(place: Place, nodeId: string, compliantSince: number): Promise<void>;
  /** Notes that the findings until then are resolved. */
  noteResolved(place: Place, nodeId: string, resolvedThrough: number): Promise<void>;
}

/** Longer than any claim on a message about it: a node that is never heard of again leaves nothing for ever. */
const keptSeconds = 400 * 86_400;

export function makeTroubles(
  tableName: string,
  client: DynamoDBClient,
  retry: BatchRetry = realTime,
): Troubles {
  const table: Table = {
    name: tableName,
    client: DynamoDBDocumentClient.from(client, numbersAsTheyAre),
    retry,
  };
  return {
    async byNode(place, nodeIds) {
      const keys = [...new Set(nodeIds)].map((nodeId) => keyOf(place, nodeId));
      const troubles = readItems(tableName, troubleSchema, await batchGet(table, keys));
      return new Map(troubles.map((trouble) => [trouble.nodeId, trouble]));
    },
    remember: (place, trouble) => remember(table, place, trouble),
    async noteCompliant(place, nodeId, compliantSince) {
      const isNewer = '(attribute_not_exists(compliantSince) OR compliantSince < :compliantSince)';
      const condition = `foundAt <= :compliantSince AND ${isNewer}`;
      await updateIf(table, { key: keyOf(place, nodeId), set: { compliantSince }, condition });
    },
    async noteResolved(place, nodeId, resolvedThrough) {
      const condition = 'compliantSince >= :resolvedThrough';
      await updateIf(table, { key: keyOf(place, nodeId), set: { resolvedThrough }, condition });
    },
  };
}

function keyOf(place: Place, nodeId: string) {
  return { place: placeKeyOf(place), item: `trouble#${nodeId}` };
}

async function remember(table: Table, place: Place, trouble: Trouble): Promise<void> {
  const key = keyOf(place, trouble.nodeId);
  const { nodeId, policy, severity, missing, failed, pendingReboot, foundAt, tellings, toldAt, toldFoundAt } =
    trouble;
  const seen = {
    nodeId,
    policy,
    severity,
    missing,
    failed,
    pendingReboot,
    foundAt,
    expiresAt: expiryOf(foundAt),
  };
  const told = {
    tellings,
    ...(toldAt === null ? {} : { toldAt }),
    ...(toldFoundAt === null ? {} : { toldFoundAt }),
  };
  const isNewest = '(attribute_not_exists(foundAt) OR foundAt <= :foundAt)';
  const isWritten = await updateIf(table, {
    key,
    set: { ...seen, ...told },
    condition: `${isNewest} AND (attribute_not_exists(tellings) OR tellings <= :tellings)`,
  });
  if (isWritten) return;
  await updateIf(table, { key, set: told, condition: 'tellings < :tellings' });
  await updateIf(table, { key, set: seen, condition: isNewest });
}

function expiryOf(moment: number): number {
  return Math.floor(moment / 1000) + keptSeconds;
}
