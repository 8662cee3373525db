import { type Ec2For, terminatedOf } from '../../shared/aws/instances.ts';
import type { Ledger } from '../../shared/aws/ledger.ts';
import { isReadNeeded, newOperation, type SeenNode } from '../../shared/domain/ledger/look.ts';
import type { NodeChanges } from '../../shared/domain/ledger/reconcile.ts';
import {
  knownNodes,
  type LedgerOfPlace,
  missedNodes,
  reconcilePlace,
  unknownNode,
} from '../../shared/domain/ledger/reconcile-place.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { findCandidates, lookingUp } from '../../shared/lambda/find-candidates.ts';
import { governingOf, readPatches } from './read-patches.ts';
import { seenNodeOf } from './seen-node.ts';
import type { Target } from './target.ts';

/** Well below the function's timeout: what is read by then is written, and the next look reads on. */
const readingMilliseconds = 600_000;

export interface LookDependencies extends Dependencies {
  readonly ec2For: Ec2For;
  readonly ledger: Ledger;
}

/** What a look has seen and made of it. `now` in epoch milliseconds: when its nodes were listed. */
export interface ScopeLook {
  readonly now: number;
  readonly nodes: number;
  readonly read: number;
  readonly left: number;
  readonly changes: readonly NodeChanges[];
}

/** Throws ScopeUnavailableError if Systems Manager or EC2 cannot be asked: nothing is written then. */
export async function lookAtScope(target: Target, dependencies: LookDependencies): Promise<ScopeLook> {
  const { ledger } = dependencies;
  const { policy, scope } = target;
  const clients = { ssm: dependencies.ssmFor(scope), ec2: dependencies.ec2For(scope) };
  const startedAt = dependencies.now();
  const seen = (await findCandidates(policy, scope, clients)).map(seenNodeOf);
  const now = Math.floor(dependencies.now());
  const known = { nodes: await ledger.nodesOf(scope), open: await ledger.openEntriesOf(scope) };
  const looks = await ledger.looksOf(scope);
  const missed = missedNodes(target.name, { known, seen }).filter((nodeId) => nodeId.startsWith('i-'));
  const terminated = await lookingUp(scope, () => terminatedOf(clients.ec2, missed));
  const news = newsOf(seen, { known, now });
  const isTimeUp = () => dependencies.now() - startedAt > readingMilliseconds;
  const { patches, left, governing } = await lookingUp(scope, async () => ({
    ...(await readPatches(news.toRead, clients.ssm, isTimeUp)),
    governing: await governingOf(policy, news.operations, clients.ssm),
  }));
  const changes = reconcilePlace({
    policy: target.name,
    now,
    lastLookAt: looks.find((look) => look.policy === target.name)?.lookedAt ?? null,
    known,
    seen,
    patches,
    governing,
    terminated,
  });
  return { now, nodes: seen.length, read: patches.size, left, changes };
}

/**
 * The operations that no look has seen yet, and the nodes whose patches have to be read for them: first those that
 * were left the longest, or the same ones would be left each time.
 */
function newsOf(
  seen: readonly SeenNode[],
  { known, now }: { readonly known: LedgerOfPlace; readonly now: number },
) {
  const nodes = knownNodes(known);
  const knownOf = ({ nodeId }: SeenNode) => nodes.get(nodeId) ?? unknownNode;
  const readAt = (node: SeenNode) => knownOf(node).before?.operation?.endedAt ?? 0;
  return {
    toRead: seen
      .filter((node) => isReadNeeded(node.operation, knownOf(node), now))
      .toSorted((one, other) => readAt(one) - readAt(other)),
    operations: seen.flatMap((node) => newOperation(node.operation, knownOf(node).before, now) ?? []),
  };
}
