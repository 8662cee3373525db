import type { Place } from '../aws/ledger.ts';
import type { SecurityHub } from '../aws/security-hub.ts';
import type { Troubles } from '../aws/troubles.ts';
import { isResolved } from '../domain/findings/trouble.ts';
import { SecurityHubUnavailableError } from '../errors.ts';
import type { Dependencies } from './dependencies.ts';
import { inParallel } from './in-parallel.ts';

/** A node that a scan has shown compliant, and when that scan ended, epoch milliseconds. */
export interface CompliantNode {
  readonly nodeId: string;
  readonly compliantSince: number;
}

export type ResolvingDependencies = Pick<Dependencies, 'log' | 'now'> & {
  readonly troubles: Troubles;
  readonly securityHub: SecurityHub;
};

/**
 * Resolves the findings of nodes that are compliant again: Patch Manager never does. Asks Security Hub only about nodes
 * that people were told of, or would have been, and that are not yet resolved. That a node is compliant is noted first,
 * so that a finding which comes late meanwhile is known to be stale; that its findings are resolved is noted last, so
 * that what dies in between is done again. Throws what Security Hub throws, and SecurityHubUnavailableError if it
 * refuses some findings for a reason that passes: whoever calls does not regard these nodes as settled.
 */
export async function resolveFindings(
  place: Place,
  nodes: readonly CompliantNode[],
  { troubles, securityHub, log, now }: ResolvingDependencies,
): Promise<void> {
  const known = await troubles.byNode(
    place,
    nodes.map(({ nodeId }) => nodeId),
  );
  const due = nodes.filter(({ nodeId, compliantSince }) => {
    const trouble = known.get(nodeId);
    return trouble !== undefined && !isResolved(trouble, compliantSince);
  });
  if (due.length === 0) return;
  await inParallel(due, ({ nodeId, compliantSince }) =>
    troubles.noteCompliant(place, nodeId, compliantSince),
  );
  const since = new Map(due.map(({ nodeId, compliantSince }) => [nodeId, compliantSince]));
  const open = await securityHub.openPatchFindings([...since.keys()]);
  const stale = open.filter(({ nodeId, foundAt }) => foundAt <= (since.get(nodeId) ?? -1));
  const note = `Resolved by fleet-patcher on ${new Date(now()).toISOString()}: a later scan showed the node compliant.`;
  const refused = await securityHub.updateWorkflow(
    stale.map(({ key }) => key),
    { status: 'RESOLVED', note },
  );
  for (const { key, code, message } of refused) {
    log('FP_FINDINGS_NOT_MARKED', { status: 'RESOLVED', finding: key.id, code, message });
  }
  const passing = new Set(refused.filter((each) => each.isPassing).map(({ key }) => key.id));
  const unfinished = new Set(stale.filter(({ key }) => passing.has(key.id)).map(({ nodeId }) => nodeId));
  const resolved = due.filter(({ nodeId }) => !unfinished.has(nodeId));
  await inParallel(resolved, ({ nodeId, compliantSince }) =>
    troubles.noteResolved(place, nodeId, compliantSince),
  );
  log('FP_FINDINGS_RESOLVED', { ...place, nodes: resolved.length, findings: stale.length - refused.length });
  if (unfinished.size > 0) {
    const why = [...new Set(refused.map(({ code }) => code))].join(', ');
    throw new SecurityHubUnavailableError(
      `findings of ${unfinished.size} nodes in account ${place.accountId}, ${place.region}, could not be resolved just now: ${why}`,
    );
  }
}
