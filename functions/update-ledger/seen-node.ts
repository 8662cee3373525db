import type { PatchState } from '../../shared/aws/managed-nodes.ts';
import type { PatchOperation, SeenNode } from '../../shared/domain/ledger/look.ts';
import type { FoundNode } from '../../shared/lambda/find-candidates.ts';

/** A node as the clock looks at it. */
export function seenNodeOf(found: FoundNode): SeenNode {
  return {
    nodeId: found.nodeId,
    standing: found.standing,
    platformType: found.isManaged ? found.platformType : null,
    isListed: found.isManaged || found.isStopped,
    operation: operationOf(found.patchState),
  };
}

/** Null for what is neither a Scan nor an Install, or has no end: it tells nothing of when a patch was missing. */
export function operationOf(state: PatchState | null): PatchOperation | null {
  if (!state || state.endedAt <= 0) return null;
  if (state.operation !== 'Scan' && state.operation !== 'Install') return null;
  const { missing, failed, pendingReboot, rejected } = state.counts;
  return {
    kind: state.operation,
    baselineId: state.baselineId,
    snapshotId: state.snapshotId,
    endedAt: state.endedAt,
    missing,
    failed,
    pendingReboot,
    rejected,
  };
}
