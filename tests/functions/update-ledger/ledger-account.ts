import { run } from '../../../functions/update-ledger/handler.ts';
import type { FleetNode } from '../../../local/fleet/node.ts';
import { ledgerTable } from '../../../local/names.ts';
import { makeDynamoClient } from '../../../shared/aws/dynamo-client.ts';
import { makeLedger } from '../../../shared/aws/ledger.ts';
import type { SecurityHub } from '../../../shared/aws/security-hub.ts';
import { makeTroubles } from '../../../shared/aws/troubles.ts';
import { type AccountOptions, home } from '../../support/embedded-account.ts';
import { accountWithPolicy } from '../resolve-targets/account.ts';

export const ownBaseline = 'pb-0123456789abcdef0';
export const stateMachine = {
  Id: `arn:aws:states:${home.region}:${home.accountId}:stateMachine:fleet-patcher-watch-sla`,
};
export const input = { policy: 'prd-web', scope: 0, stateMachine };
const besides = {
  tables: [{ name: ledgerTable, partitionKey: 'place', sortKey: 'item' }],
  patchBaselines: [
    { ...home, patchGroup: 'prd-web', operatingSystem: 'AMAZON_LINUX_2023', baselineId: ownBaseline },
  ],
};

/** Security Hub with one open finding a node; `failure` until it is taken away. */
export class FakeSecurityHub implements SecurityHub {
  failure: Error | undefined;
  readonly resolved: string[] = [];

  async openPatchFindings(nodeIds: readonly string[]) {
    if (this.failure) throw this.failure;
    return nodeIds.map((nodeId) => ({ key: { id: nodeId, productArn: 'arn' }, nodeId, foundAt: 0 }));
  }

  async updateWorkflow(findings: readonly { readonly id: string }[]) {
    this.resolved.push(...findings.map(({ id }) => id));
    return [];
  }
}

/** An account with an empty ledger and one policy, and the function that keeps it. */
export async function accountWithLedger(
  fleet: readonly FleetNode[],
  policy: Readonly<Record<string, unknown>> = {},
  options: Partial<AccountOptions> = {},
) {
  const account = await accountWithPolicy(fleet, policy, { besides, ...options });
  const { clock, counted } = account;
  const count = (operation: string) => void counted.push(operation);
  const retry = { sleep: () => Promise.resolve(), random: () => 0.5 };
  const ledger = makeLedger(ledgerTable, count, retry);
  const troubles = makeTroubles(ledgerTable, makeDynamoClient(count), retry);
  const securityHub = new FakeSecurityHub();
  const dependencies = { ...account.dependencies, ledger, troubles, securityHub };
  const operate = async (Operation: 'Scan' | 'Install', nodes: readonly FleetNode[]) => {
    const InstanceIds = nodes.map(({ nodeId }) => nodeId);
    const request = {
      DocumentName: 'AWS-RunPatchBaseline',
      InstanceIds,
      Parameters: { Operation: [Operation] },
    };
    account.aws.ssm.operations['SendCommand']?.(request, { ...home, now: clock.now() });
    await account.wait(1800);
  };
  return {
    ...account,
    ledger,
    securityHub,
    dependencies,
    /** Makes a look, and answers with what it returned and what it called. */
    async look() {
      counted.length = 0;
      const updated = await run(input, dependencies);
      return { ...updated, calls: Object.groupBy(counted, (operation) => operation) };
    },
    scan: (nodes: readonly FleetNode[]) => operate('Scan', nodes),
    install: (nodes: readonly FleetNode[]) => operate('Install', nodes),
    open: () => ledger.openEntriesOf(home),
    lookedAt: async () => (await ledger.looksOf(home)).find((look) => look.policy === 'prd-web')?.lookedAt,
    closed: async () =>
      (await account.aws.dynamodb.items(ledgerTable)).filter((item) =>
        String(item['item']).startsWith('closed#'),
      ),
    /** People were told of the node's findings. */
    tellOf: (node: FleetNode) =>
      troubles.remember(home, {
        nodeId: node.nodeId,
        policy: 'prd-web',
        severity: 'HIGH',
        missing: 5,
        failed: 0,
        pendingReboot: 0,
        foundAt: 1,
        tellings: 1,
        toldAt: 1,
        toldFoundAt: 1,
        compliantSince: null,
        resolvedThrough: null,
      }),
  };
}
