/**
 * Invoked by: Lambda's poller of the queue of findings, with some minutes' worth of Security Hub's events.
 * Side effects: publishes one message a policy to SNS, or holds the findings in the ledger's table if the policy's people
 * were told of others a short while ago; notes what was told there; marks findings in Security Hub; sends what it cannot
 * understand to the dead letters.
 * Safe to run twice: each telling of a node is claimed before it is published, and what was claimed and told is not
 * told again. Only if it dies between the publishing and the two notes of it does a message come twice, and never not
 * at all: messages that are named in `batchItemFailures` come again, and what is held is told with the next report.
 */
import { makeDynamoClient } from '../../shared/aws/dynamo-client.ts';
import { type HeldFindings, makeHeldFindings } from '../../shared/aws/held-findings.ts';
import { type Ledger, makeLedger } from '../../shared/aws/ledger.ts';
import { makeSendMessages, type SendMessages } from '../../shared/aws/queue.ts';
import { makeSecurityHub } from '../../shared/aws/security-hub.ts';
import { makeTellingTurns } from '../../shared/aws/telling-turns.ts';
import { makePublish } from '../../shared/aws/topic.ts';
import { makeTroubles } from '../../shared/aws/troubles.ts';
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import { knowNodes } from '../../shared/lambda/findings/know-nodes.ts';
import type { NodeWork } from '../../shared/lambda/findings/node-work.ts';
import { type FindingsDependencies, tellFindings } from '../../shared/lambda/findings/tell-findings.ts';
import { homeOf } from '../../shared/lambda/home.ts';
import { makeClaims } from '../../shared/lambda/idempotency.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { deployedPolicies } from '../../shared/lambda/policies.ts';
import { buryMalformed } from './bury-malformed.ts';
import { policiesByPatchGroup } from './policies-by-patch-group.ts';
import { readRecords } from './read-records.ts';
import { type NotifyFindingInput, notifyFindingInput } from './schema.ts';

/** The clients and stores of this function. */
export type NotifyingDependencies = FindingsDependencies & {
  readonly ledger: Pick<Ledger, 'nodesById'>;
  readonly heldFindings: Pick<HeldFindings, 'hold'>;
  readonly sendMessages: SendMessages;
};

/**
 * Somewhat more than the hour between two reports, which are not always in time: what is held is then told by a report
 * alone, and not by one of us a moment before it too.
 */
const quietMilliseconds = 65 * 60_000;

/** The function's own timeout (function.yml): whoever has claimed for longer is dead. */
const claimMilliseconds = 300_000;

interface Notified {
  /** What Lambda is to hand over once more. Source: Lambda developer guide, "Implementing partial batch responses". */
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
  readonly nodesTold: number;
  /** Nodes that people are told of with the next report. */
  readonly nodesHeld: number;
  readonly usage: Usage;
}

export async function run(input: NotifyFindingInput, dependencies: NotifyingDependencies): Promise<Notified> {
  const { config, log, ledger, troubles, heldFindings } = dependencies;
  const { policies } = await deployedPolicies(config);
  const { nodes, malformed, ignored } = readRecords(input, dependencies.now());
  const known = await knowNodes(nodes, policies, {
    ledger,
    troubles,
    policiesOfUnlisted: (place, nodeIds) => policiesByPatchGroup({ place, nodeIds }, policies, dependencies),
  });
  const manner = {
    quietMilliseconds,
    hold: (works: readonly NodeWork[]) =>
      heldFindings.hold(
        works.flatMap(({ node, news }) => news.map((finding) => ({ finding, policy: node.policy }))),
      ),
  };
  const outcome = await tellFindings(known, { policies, manner }, dependencies);
  const again = new Set(outcome.again);
  // Last, so that an event of which a part has to come again is not there twice.
  const lost = malformed.filter(({ messageId }) => !again.has(messageId));
  for (const messageId of await buryMalformed(lost, dependencies)) again.add(messageId);
  const { nodesTold, nodesHeld } = outcome;
  log('FP_FINDINGS_READ', {
    events: input.Records.length,
    nodes: nodes.length,
    nodesTold,
    nodesHeld,
    malformed: malformed.length,
    ignored,
    again: again.size,
  });
  const batchItemFailures = [...again].map((itemIdentifier) => ({ itemIdentifier }));
  return { batchItemFailures, nodesTold, nodesHeld, usage: noUsage };
}

export const handler = makeHandler({
  name: 'notify-finding',
  input: notifyFindingInput,
  run,
  own: (count, { config, monotonic, sleep, random }) => {
    const dynamo = makeDynamoClient(count);
    const home = homeOf(config);
    return {
      publish: makePublish(count),
      ledger: makeLedger(config.ledgerTable, count),
      troubles: makeTroubles(config.ledgerTable, dynamo),
      heldFindings: makeHeldFindings(config.ledgerTable, dynamo, { home }),
      turns: makeTellingTurns(config.ledgerTable, dynamo, home),
      claims: makeClaims(config.idempotencyTable, dynamo, claimMilliseconds),
      securityHub: makeSecurityHub(count, { now: monotonic, sleep, random }),
      sendMessages: makeSendMessages(count, config.hasCustomEndpoint),
    };
  },
});
