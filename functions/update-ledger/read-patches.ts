import { patchStatesOf } from '../../shared/aws/managed-nodes.ts';
import { everyOperatingSystem, governingBaselines, patchesOf } from '../../shared/aws/patches.ts';
import type { Ssm } from '../../shared/aws/ssm-clients.ts';
import { chunksOf } from '../../shared/domain/command.ts';
import { canOpen, type Governing } from '../../shared/domain/ledger/governing.ts';
import type { ListedPatch } from '../../shared/domain/ledger/listed-patch.ts';
import { isSameOperation, type PatchOperation, type SeenNode } from '../../shared/domain/ledger/look.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { operationOf } from './seen-node.ts';

/** Nodes whose operation is looked at again in one call, after their patches were read. */
const nodesPerCheck = 50;

export interface ReadPatches {
  readonly patches: ReadonlyMap<string, readonly ListedPatch[]>;
  /** How many nodes were left for the next look, because time was up. */
  readonly left: number;
}

/**
 * The patches of these nodes, until time is up. SSM does not say to which operation a list belongs, and a scan may
 * end between two calls: where the node's operation is another one afterwards, its list is not used.
 */
export async function readPatches(
  nodes: readonly SeenNode[],
  ssm: Ssm,
  isTimeUp: () => boolean,
): Promise<ReadPatches> {
  const patches = new Map<string, readonly ListedPatch[]>();
  let done = 0;
  for (const chunk of chunksOf(nodes, nodesPerCheck)) {
    if (isTimeUp()) break;
    const lists = await listsOf(chunk, ssm);
    const states = await patchStatesOf(ssm, [...lists.keys()]);
    for (const node of chunk) {
      const list = lists.get(node.nodeId);
      const after = operationOf(states.get(node.nodeId) ?? null);
      if (list && node.operation && after && isSameOperation(after, node.operation)) {
        patches.set(node.nodeId, list);
      }
    }
    done += chunk.length;
  }
  return { patches, left: nodes.length - done };
}

async function listsOf(nodes: readonly SeenNode[], ssm: Ssm): Promise<Map<string, ListedPatch[]>> {
  const lists = new Map<string, ListedPatch[]>();
  for (const { nodeId } of nodes) {
    const list = await patchesOf(ssm, nodeId);
    if (list) lists.set(nodeId, list);
  }
  return lists;
}

/**
 * The baselines that govern the policy's nodes. A node can carry the patch group and run a system that the policy
 * has no baseline for: AWS's own then governs it, and is asked for as soon as a report is not by one of the policy's.
 */
export async function governingOf(
  policy: Policy,
  operations: readonly PatchOperation[],
  ssm: Ssm,
): Promise<Governing> {
  if (operations.length === 0) return new Set();
  const own = policy.baselines.map((baseline) => baseline.operatingSystem);
  const named = await governingBaselines(ssm, policy.patchGroup, own);
  if (named === null || operations.every(({ baselineId }) => canOpen(baselineId, named))) return named;
  const others = everyOperatingSystem.filter((system) => !own.some((each) => each === system));
  const rest = await governingBaselines(ssm, policy.patchGroup, others);
  return new Set([...named, ...(rest ?? [])]);
}
