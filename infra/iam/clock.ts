import { arnOf, localArn } from '../cloudformation.ts';
import { type Grant, nodeArns } from './policy.ts';

/** What a node lacks, patch by patch, and which baseline asks for it. */
export const readPatches: readonly Grant[] = [
  {
    sid: 'ReadPatches',
    actions: ['ssm:DescribeInstancePatchStates', 'ssm:DescribeInstancePatches'],
    resource: nodeArns,
  },
  { sid: 'ReadBaselines', actions: ['ssm:GetPatchBaselineForPatchGroup'], resource: 'unscopable' },
];

/**
 * A look writes what has come and gone, and what has become of the findings of nodes that are compliant. The report reads
 * everything, notes what it has told, and drops what was held for it.
 */
export const keepLedger = ledger(['Query', 'BatchWriteItem', 'BatchGetItem', 'UpdateItem']);

/** Of the ledger: the nodes of the findings, what was told of them, and what has to wait for the report. */
export const keepTroubles = ledger(['BatchGetItem', 'BatchWriteItem', 'UpdateItem']);

function ledger(operations: readonly string[]): Grant {
  return {
    sid: 'Ledger',
    actions: operations.map((operation) => `dynamodb:${operation}`),
    resource: arnOf('LedgerTable'),
  };
}

/** Powertools' own records. */
export const tellOnce: Grant = {
  sid: 'TellOnce',
  actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
  resource: arnOf('IdempotencyTable'),
};

/** Lambda's poller receives as the function; what cannot be understood the function puts aside itself. */
export const takeFindings: readonly Grant[] = [
  {
    sid: 'TakeFindings',
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resource: arnOf('FindingsQueue'),
  },
  { sid: 'PutAside', actions: ['sqs:SendMessage'], resource: arnOf('FindingsDeadLetters') },
];

/** Findings belong to the account's hub in this Region. Source: Service Authorization Reference, "AWS Security Hub". */
const hub = localArn('securityhub', 'hub/default');

/** Of findings that are told: they come by themselves, or were held. */
export const markFindings: Grant = {
  sid: 'MarkFindings',
  actions: ['securityhub:BatchUpdateFindings'],
  resource: hub,
};

/** Of the findings of nodes that are compliant again: they have to be searched for. */
export const resolveFindings: Grant = {
  sid: 'ResolveFindings',
  actions: ['securityhub:GetFindings', 'securityhub:BatchUpdateFindings'],
  resource: hub,
};
