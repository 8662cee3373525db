/**
 * Invoked by: Lambda's poller of the queue of findings, with some minutes' worth of Security Hub's events.
 * Side effects: publishes one message a policy to SNS; notes what was told in the ledger's table; marks findings in
 * Security Hub; sends what it cannot understand to the dead letters.
 * Safe to run twice: each telling of a node is claimed before it is published, and what was claimed and told is not
 * told again. Only if it dies between the publishing and the two notes of it does a message come twice, and never not
 * at all: messages that are named in `batchItemFailures` come again.
 */
import { makeDynamoClient } from '../../shared/aws/dynamo-client.ts';
import { makeLedger } from '../../shared/aws/ledger.ts';
import { makeSendMessages, type SendMessages } from '../../shared/aws/queue.ts';
import { makeSecurityHub, type SecurityHub } from '../../shared/aws/security-hub.ts';
import { makePublish } from '../../shared/aws/topic.ts';
import { makeTroubles } from '../../shared/aws/troubles.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import { type Claims, makeClaims } from '../../shared/lambda/idempotency.ts';
import { inParallel } from '../../shared/lambda/in-parallel.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { readPolicies } from '../../shared/lambda/read-policies.ts';
import type { TellingDependencies } from '../../shared/lambda/tell.ts';
import { buryMalformed } from './bury-malformed.ts';
import { claimNode } from './claim-node.ts';
import { type KnowingDependencies, type KnownNode, knowNodes } from './know-nodes.ts';
import type { NodeWork } from './node-work.ts';
import { readRecords } from './read-records.ts';
import { type NotifyFindingInput, notifyFindingInput } from './schema.ts';
import { settleWork } from './settle-work.ts';
import { tellPeople } from './tell-people.ts';

/** The clients and stores of this function. */
export type NotifyingDependencies = TellingDependencies &
  KnowingDependencies & {
    readonly claims: Claims;
    readonly securityHub: SecurityHub;
    readonly sendMessages: SendMessages;
  };

interface Notified {
  /** What Lambda is to hand over once more. Source: Lambda developer guide, "Implementing partial batch responses". */
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
  readonly nodesTold: number;
  readonly usage: Usage;
}

export async function run(input: NotifyFindingInput, dependencies: NotifyingDependencies): Promise<Notified> {
  const { config, log } = dependencies;
  const { policies } = await readPolicies(config);
  const { nodes, malformed, ignored } = readRecords(input, dependencies.now());
  const known = await knowNodes(nodes, policies, dependencies);
  const works = await inParallel(known, (node) => claim(node, policies, dependencies));
  const told = await tellPeople(works, policies, dependencies);
  const again = new Set(await settleWork(works, told, dependencies));
  // Last, so that an event of which a part has to come again is not there twice.
  const lost = malformed.filter(({ messageId }) => !again.has(messageId));
  for (const messageId of await buryMalformed(lost, dependencies)) again.add(messageId);
  const nodesTold = told.reduce((sum, each) => sum + each.works.length, 0);
  log('FP_FINDINGS_READ', {
    events: input.Records.length,
    nodes: nodes.length,
    nodesTold,
    malformed: malformed.length,
    ignored,
    again: again.size,
  });
  return {
    batchItemFailures: [...again].map((itemIdentifier) => ({ itemIdentifier })),
    nodesTold,
    usage: noUsage,
  };
}

/** A node whose telling cannot be claimed comes again, and holds up no other. */
async function claim(
  node: KnownNode,
  policies: PolicyFile['policies'],
  dependencies: NotifyingDependencies,
): Promise<NodeWork> {
  const { claims, log } = dependencies;
  const policy = node.policy === null ? undefined : policies[node.policy];
  try {
    return await claimNode(node, { policy, claims, now: dependencies.now() });
  } catch (error) {
    log('FP_FINDINGS_BUSY', { nodeId: node.nodeId, error: String(error) });
    return { node, told: null, held: [], after: null, toldNow: [], toldBefore: [], stale: [], isBusy: true };
  }
}

export const handler = makeHandler({
  name: 'notify-finding',
  input: notifyFindingInput,
  run,
  own: (count, { config, now, sleep, random }) => {
    const dynamo = makeDynamoClient(count);
    return {
      publish: makePublish(count),
      ledger: makeLedger(config.ledgerTable, count),
      troubles: makeTroubles(config.ledgerTable, dynamo),
      claims: makeClaims(config.idempotencyTable, dynamo),
      securityHub: makeSecurityHub(count, { now, sleep, random }),
      sendMessages: makeSendMessages(count, config.hasCustomEndpoint),
    };
  },
});
