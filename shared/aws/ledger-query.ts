import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Table } from './dynamodb-batches.ts';
import { type Place, placeKeyOf } from './ledger-items.ts';

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
  for await (const page of pages) items.push(...z.array(query.schema).parse(page.Items ?? []));
  return items;
}
