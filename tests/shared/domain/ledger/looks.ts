import type { NodeSummary, OpenEntry } from '../../../../shared/domain/ledger/ledger.ts';
import type { ListedPatch } from '../../../../shared/domain/ledger/listed-patch.ts';
import type { PatchOperation, SeenNode } from '../../../../shared/domain/ledger/look.ts';
import { type NodeLook, reconcile } from '../../../../shared/domain/ledger/reconcile.ts';
import { hour, nodeIdOf } from '../../../support/domain-builders.ts';

/** The first scan of these tests ends at `monday`; a look is ten minutes later unless said otherwise. */
export const monday = Date.parse('2026-01-12T03:00:00Z');
export const day = 24 * hour;
export const tenMinutes = 600_000;
const nodeId = nodeIdOf(1);
export const ownBaseline = 'pb-0123456789abcdef0';
export const otherBaseline = 'pb-0fedcba9876543210';

/** A Scan by the governing baseline that found one patch missing. */
export function operationOf(rest: Partial<PatchOperation> = {}): PatchOperation {
  return {
    kind: 'Scan',
    baselineId: ownBaseline,
    snapshotId: null,
    endedAt: monday,
    missing: 1,
    failed: 0,
    pendingReboot: 0,
    rejected: 0,
    ...rest,
  };
}

/** A ready node of Systems Manager with that operation. */
export function seenWith(rest: Partial<PatchOperation> | null = {}, seen: Partial<SeenNode> = {}): SeenNode {
  const operation = rest && operationOf(rest);
  return { nodeId, standing: 'ready', platformType: 'Linux', isListed: true, operation, ...seen };
}

/** A node that Systems Manager does not know, or does not any more. */
export const unmanaged = seenWith(null, { standing: 'unmanaged', platformType: null, isListed: false });

export function listed(patchId: string, state: string, rest: Partial<ListedPatch> = {}): ListedPatch {
  const title = `${patchId}:1.0`;
  return {
    patchId,
    title,
    classification: 'Security',
    severity: 'Critical',
    state,
    installedAt: null,
    ...rest,
  };
}

/** The entry that the first scan opens for the patch `kernel`. */
export function entryOf(rest: Partial<OpenEntry> = {}): OpenEntry {
  return {
    nodeId,
    patchId: 'kernel',
    policy: 'prd-web',
    title: 'kernel:1.0',
    classification: 'Security',
    severity: 'Critical',
    state: 'Missing',
    firstSeenAt: monday,
    baselineId: ownBaseline,
    foretoldAt: null,
    breachToldAt: null,
    ...rest,
  };
}

/** The node as the look after the first scan left it. */
export function summaryOf(rest: Partial<NodeSummary> = {}): NodeSummary {
  return {
    nodeId,
    policy: 'prd-web',
    platformType: 'Linux',
    standing: 'ready',
    lastListedAt: monday + tenMinutes,
    operation: operationOf(),
    lastScanAt: monday,
    lastInstalledAt: null,
    ...rest,
  };
}

/** A look of policy `prd-web`, at a node that nothing is known of unless it is said. */
export function looking(rest: Partial<NodeLook>) {
  return reconcile({
    nodeId,
    policy: 'prd-web',
    now: monday + tenMinutes,
    lastLookAt: null,
    before: null,
    open: [],
    seen: null,
    patches: null,
    governing: new Set([ownBaseline]),
    isTerminated: false,
    ...rest,
  });
}

/** A look ten minutes after an operation of a node that lacked `kernel` since the first scan. */
export function lookingAgain(
  operation: Partial<PatchOperation> & { readonly endedAt: number },
  patches: readonly ListedPatch[],
  rest: Partial<NodeLook> = {},
) {
  return looking({
    now: operation.endedAt + tenMinutes,
    lastLookAt: monday + tenMinutes,
    before: summaryOf(),
    open: [entryOf()],
    seen: seenWith(operation),
    patches,
    ...rest,
  });
}
