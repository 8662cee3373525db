import type { Resources } from '../cloudformation.ts';

/**
 * `LedgerTable` holds the clock of every node and patch, and nobody could tell it again: it outlives the stack, can be
 * taken back to any second of the last weeks, and is not deleted by mistake. `IdempotencyTable` holds some days of
 * Powertools' records, and goes with the stack.
 */
export function tableResources(): Resources {
  return {
    LedgerTable: {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'place', AttributeType: 'S' },
          { AttributeName: 'item', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'place', KeyType: 'HASH' },
          { AttributeName: 'item', KeyType: 'RANGE' },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        // The account's own aws/dynamodb key, whose use CloudTrail shows; it needs no grant.
        SSESpecification: { SSEEnabled: true },
      },
    },
    IdempotencyTable: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
        SSESpecification: { SSEEnabled: true },
      },
    },
  };
}
