import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from './dynamodb-batches.ts';

type Values = Readonly<Record<string, string | number | null>>;

/** Sets attributes under a condition, in which each is called `:name`. False if the condition does not hold. */
export async function updateIf(
  table: Table,
  change: {
    readonly key: Readonly<Record<string, string>>;
    readonly set: Values;
    readonly condition: string;
    /** What else the condition names. */
    readonly facts?: Values;
  },
): Promise<boolean> {
  const names = Object.keys(change.set);
  const values = Object.entries({ ...change.set, ...change.facts });
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: change.key,
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: change.condition,
        // Some of them are words of DynamoDB's own.
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(values.map(([name, value]) => [`:${name}`, value])),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
