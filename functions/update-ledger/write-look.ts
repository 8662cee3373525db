import type { Ledger } from '../../shared/aws/ledger.ts';
import { type ResolvingDependencies, resolveFindings } from '../../shared/lambda/resolve-findings.ts';
import type { ScopeLook } from './look-at-scope.ts';
import type { Target } from './target.ts';

export type WriteDependencies = ResolvingDependencies & { readonly ledger: Ledger };

/**
 * The clocks first, whatever becomes of the findings. What tells the next look that a node is settled is written
 * only when its findings are, and the look itself at the end, if it is complete: what died is done again.
 */
export async function writeLook(
  { name, scope }: Target,
  look: ScopeLook,
  dependencies: WriteDependencies,
): Promise<{ readonly opened: number; readonly closed: number; readonly resolved: number }> {
  const { ledger } = dependencies;
  const { changes } = look;
  const place = { accountId: scope.accountId, region: scope.region };
  const opened = changes.flatMap((change) => change.opened);
  const closed = changes.flatMap((change) => change.closed);
  const settled = changes.flatMap(({ nodeId, settledSince }) =>
    settledSince === null ? [] : [{ nodeId, compliantSince: settledSince }],
  );
  const isSettled = new Set(settled.map((node) => node.nodeId));
  const nodes = changes.flatMap((change) => change.summary ?? []);
  await ledger.write(place, {
    open: opened,
    updated: changes.flatMap((change) => change.updated),
    closed: closed.filter((entry) => entry.closedBecause !== 'NodeGone'),
    nodes: nodes.filter((node) => !isSettled.has(node.nodeId)),
  });
  if (settled.length > 0) await resolveFindings(place, settled, dependencies);
  await ledger.write(place, {
    closed: closed.filter((entry) => entry.closedBecause === 'NodeGone'),
    nodes: nodes.filter((node) => isSettled.has(node.nodeId)),
    ...(look.left === 0 ? { look: { policy: name, lookedAt: look.now } } : {}),
  });
  return { opened: opened.length, closed: closed.length, resolved: settled.length };
}
