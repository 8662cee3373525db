import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../functions/resolve-targets/handler.ts';
import type { FleetNode } from '../../../local/fleet/node.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { readNewestBatch, readPlan } from '../../../shared/lambda/run-store.ts';
import { type AccountOptions, type EmbeddedAccount, startAccount } from '../../support/embedded-account.ts';
import { execution } from '../turns.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-policies-'));
afterAll(() => rmSync(directory, { recursive: true }));

const baselines = [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] }];

/** An account with nodes and one policy `prd-web`, of which only what is different is said. */
export async function accountWithPolicy(
  fleet: readonly FleetNode[],
  policy: Readonly<Record<string, unknown>> = {},
  options: Partial<AccountOptions> = {},
): Promise<EmbeddedAccount> {
  const policyFile = join(directory, 'fleet.json');
  const policies = { 'prd-web': { patchGroup: 'prd-web', baselines, ...policy } };
  writeFileSync(policyFile, JSON.stringify({ version: 1, policies }));
  return startAccount({ nodes: fleet, policyFile, ...options });
}

/** Runs the state, and answers with what it returned and the plan that it wrote. */
export async function resolved(account: EmbeddedAccount, request: Readonly<Record<string, unknown>> = {}) {
  const input = { execution, request: { policy: 'prd-web', ...request } };
  const turn = await run(input, account.dependencies);
  const plan = await readPlan(account.dependencies.store, 'run-1');
  if (!plan) throw new Error('ResolveTargets wrote no plan');
  return { turn, plan };
}

/** The untouched state of a batch that ResolveTargets wrote. */
export async function plannedBatch(account: EmbeddedAccount, batchId = 'w1-b1') {
  const { store } = account.dependencies;
  const plan = await readPlan(store, 'run-1');
  if (!plan) throw new Error('ResolveTargets wrote no plan');
  return readNewestBatch(store, plan.settings, batchId);
}

/** Each node that was left out, with its outcome. */
export function leftOut(plan: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(plan.leftOut.map((node) => [node.nodeId, node.outcome]));
}
