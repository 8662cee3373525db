import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { behindRetry, type CallCounter, counter, patient } from './client-config.ts';

/** DynamoDB in our own account and Region. Its calls are counted. */
export function makeDynamoClient(count: CallCounter): DynamoDBClient {
  const client = new DynamoDBClient(patient);
  client.middlewareStack.add(counter('dynamodb', count), behindRetry);
  return client;
}
