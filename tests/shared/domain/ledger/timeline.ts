import type { ClosedEntry, OpenEntry } from '../../../../shared/domain/ledger/ledger.ts';
import type { ListedPatch } from '../../../../shared/domain/ledger/listed-patch.ts';
import { isReadNeeded, type PatchOperation } from '../../../../shared/domain/ledger/look.ts';
import {
  knownNodes,
  type LedgerOfPlace,
  reconcilePlace,
  unknownNode,
} from '../../../../shared/domain/ledger/reconcile-place.ts';
import { listed, operationOf, otherBaseline, ownBaseline, seenWith } from './looks.ts';

/** What becomes of one patch of a node, in its truth. Times in ms, ascending; it starts as not needed at all. */
export interface Turn {
  readonly at: number;
  readonly patchId: string;
  readonly becomes: 'missing' | 'installed' | 'notNeeded';
}

export interface Operation {
  readonly at: number;
  readonly kind: 'Scan' | 'Install';
  readonly isOwn: boolean;
}

/** The life of one node, and when it is looked at. */
export interface Timeline {
  readonly turns: readonly Turn[];
  readonly operations: readonly Operation[];
  readonly looks: readonly number[];
}

/** How a patch is on the node at a time, whoever reports it. */
export function truthAt({ turns }: Timeline, patchId: string, at: number): Turn | undefined {
  return turns.findLast((turn) => turn.patchId === patchId && turn.at <= at);
}

/** The operation that a look sees: the last one overwrites all before it. */
export function visibleAt({ operations }: Timeline, look: number): Operation | undefined {
  return operations.findLast((operation) => operation.at <= look);
}

/** What DescribeInstancePatches answers after the operation: an Install, or another baseline, lists nothing as missing. */
function listAfter(timeline: Timeline, operation: Operation): ListedPatch[] {
  const patchIds = [...new Set(timeline.turns.map((turn) => turn.patchId))];
  return patchIds.flatMap((patchId) => {
    const truth = truthAt(timeline, patchId, operation.at);
    if (truth?.becomes === 'installed') {
      return listed(patchId, operation.isOwn ? 'Installed' : 'InstalledOther', { installedAt: truth.at });
    }
    const isListed = truth?.becomes === 'missing' && operation.isOwn && operation.kind === 'Scan';
    return isListed ? listed(patchId, 'Missing') : [];
  });
}

function patchOperation(list: readonly ListedPatch[], operation: Operation): PatchOperation {
  return operationOf({
    kind: operation.kind,
    endedAt: operation.at,
    baselineId: operation.isOwn ? ownBaseline : otherBaseline,
    missing: list.filter((row) => row.state === 'Missing').length,
  });
}

/** Plays the looks against a ledger in memory, reading patches only where that is needed. */
export function play(timeline: Timeline): { readonly open: OpenEntry[]; readonly closed: ClosedEntry[] } {
  let known: LedgerOfPlace = { nodes: [], open: [] };
  const closed: ClosedEntry[] = [];
  for (const [index, now] of timeline.looks.entries()) {
    const visible = visibleAt(timeline, now);
    const list = visible ? listAfter(timeline, visible) : [];
    const seen = seenWith(visible ? patchOperation(list, visible) : null);
    const before = knownNodes(known).get(seen.nodeId) ?? unknownNode;
    const isRead = isReadNeeded(seen.operation, before, now);
    const changes = reconcilePlace({
      policy: 'prd-web',
      now,
      lastLookAt: timeline.looks[index - 1] ?? null,
      known,
      seen: [seen],
      patches: new Map(isRead ? [[seen.nodeId, list]] : []),
      governing: new Set([ownBaseline]),
      terminated: new Set(),
    });
    for (const change of changes) {
      closed.push(...change.closed);
      known = {
        nodes: change.summary ? [change.summary] : known.nodes,
        open: afterwards(known.open, [...change.opened, ...change.updated], change.closed),
      };
    }
  }
  return { open: [...known.open], closed };
}

function afterwards(
  before: readonly OpenEntry[],
  written: readonly OpenEntry[],
  closed: readonly ClosedEntry[],
): OpenEntry[] {
  const open = new Map([...before, ...written].map((entry) => [entry.patchId, entry]));
  for (const entry of closed) open.delete(entry.patchId);
  return [...open.values()];
}
