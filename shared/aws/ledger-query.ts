import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { Table } from './dynamodb-batches.ts';
import { type Place, placeKeyOf } from './ledger-items.ts';
import { limited } from './page-limit.ts';
import { readItems } from './stored-items.ts';

/** All of a kind in a place, consistent with what was written. Source: API Query. */
export async function itemsOf<Item>(
  { client, name }: Table,
  query: { readonly place: Place; readonly kind: string; readonly schema: z.ZodType<Item> },
): Promise<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: name,
      KeyConditionExpression: '#place = :place and begins_with(#item, :kind)',
      ExpressionAttributeNames: { '#place': 'place', '#item': 'item' },
      ExpressionAttributeValues: { ':place': placeKeyOf(query.place), ':kind': query.kind },
      ConsistentRead: true,
    },
  );
  const items: Item[] = [];
  for await (const page of limited('dynamodb:Query', pages, (each) => each.LastEvaluatedKey)) {
    items.push(...readItems(name, query.schema, page.Items ?? []));
  }
  return items;
}
