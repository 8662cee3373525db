/**
 * State: ListScopes, the first of watch-sla. Invoked by: watch-sla, every hour.
 * Side effects: none; it reads the policies that lie beside the function.
 * dryRun: the clock knows none, it touches no node.
 * Safe to run twice: the same policies make the same list.
 */
import { noUsage, type Usage } from '../../shared/domain/usage.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { makeHandler } from '../../shared/lambda/make-handler.ts';
import { readPolicies } from '../../shared/lambda/read-policies.ts';
import { type ListScopesInput, listScopesInput } from './schema.ts';

interface ScopeItem {
  readonly policy: string;
  /** Index into the policy's scopes; 0 stands for our own account where it names none. */
  readonly scope: number;
}

export async function run(
  _input: ListScopesInput,
  { config, log }: Dependencies,
): Promise<{ readonly items: ScopeItem[]; readonly usage: Usage }> {
  const { policies } = await readPolicies(config);
  const items = Object.entries(policies).flatMap(([policy, { scopes }]) =>
    Array.from({ length: scopes?.length ?? 1 }, (_, scope) => ({ policy, scope })),
  );
  log('FP_SCOPES_LISTED', { policies: Object.keys(policies).length, scopes: items.length });
  return { items, usage: noUsage };
}

export const handler = makeHandler({ name: 'list-scopes', input: listScopesInput, run, own: () => ({}) });
