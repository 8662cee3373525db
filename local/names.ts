import { defaultScope } from './fleet/generate.ts';

/** What the embedded account has, by the names that the deployed stack would give. */
export const bucketName = 'fleet-patcher-local';
export const alertsTopic = 'fleet-patcher-alerts';
export const reportsTopic = 'fleet-patcher-reports';
export const chatTopic = 'fleet-patcher-chat';
export const ledgerTable = 'fleet-patcher-ledger';
export const idempotencyTable = 'fleet-patcher-idempotency';
export const findingsQueue = 'fleet-patcher-findings';
export const findingsDeadLetterQueue = 'fleet-patcher-findings-dead-letters';
export const hookDocumentName = 'fleet-patcher-hooks';

/** The state machine that people start by hand. */
export const patchFleetArn = `arn:aws:states:${defaultScope.region}:${defaultScope.accountId}:stateMachine:patch-fleet`;

/** The ARN of a topic in the embedded account. */
export function topicArn(name: string): string {
  return `arn:aws:sns:${defaultScope.region}:${defaultScope.accountId}:${name}`;
}
