/**
 * State: UpdateLedger, of watch-sla. Invoked by: watch-sla, every hour for each policy in each of its scopes.
 * Side effects: writes to the ledger's table; resolves the findings of nodes that are compliant; touches no node.
 * dryRun: the clock knows none, it touches no node.
 * Safe to run twice: what was read is not read again, and a look that died midway is made again from its start.
 */
import { makeDynamoClient } from '../../shared/aws/dynamo-client.ts';
import { makeEc2Clients } from '../../shared/aws/instances.ts';
import { makeLedger } from '../../shared/aws/ledger.ts';
import { makeSecurityHub } from '../../shared/aws/security-hub.ts';
import { makeTroubles } from '../../shared/aws/troubles.ts';
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { deployedPolicies } from '../../shared/lambda/policies.ts';
import { type LookDependencies, lookAtScope } from './look-at-scope.ts';
import { type UpdateLedgerInput, updateLedgerInput } from './schema.ts';
import { targetOf } from './target.ts';
import { type WriteDependencies, writeLook } from './write-look.ts';

interface Updated {
  readonly nodes: number;
  readonly read: number;
  /** Nodes whose patches the next look has to read: this one is then not noted as complete. */
  readonly left: number;
  readonly opened: number;
  readonly closed: number;
  readonly resolved: number;
  readonly usage: Usage;
}

export async function run(
  input: UpdateLedgerInput,
  dependencies: LookDependencies & WriteDependencies,
): Promise<Updated> {
  const { config, log } = dependencies;
  const policies = await deployedPolicies(config);
  const target = targetOf(input, policies);
  const look = await lookAtScope(target, dependencies);
  const written = await writeLook(target, look, dependencies);
  const { nodes, read, left } = look;
  const { accountId, region } = target.scope;
  log('FP_LEDGER_UPDATED', { policy: target.name, accountId, region, nodes, read, left, ...written });
  return { nodes, read, left, ...written, usage: noUsage };
}

export const handler = makeHandler({
  name: 'update-ledger',
  input: updateLedgerInput,
  run,
  own: (count, { config, monotonic, sleep, random }) => ({
    ec2For: makeEc2Clients(count),
    ledger: makeLedger(config.ledgerTable, count),
    troubles: makeTroubles(config.ledgerTable, makeDynamoClient(count)),
    securityHub: makeSecurityHub(count, { now: monotonic, sleep, random }),
  }),
});
