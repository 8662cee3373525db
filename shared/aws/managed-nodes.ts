import {
  DescribeInstancePatchStatesCommand,
  type InstanceInformation,
  type InstancePatchState,
  paginateDescribeInstanceInformation,
} from '@aws-sdk/client-ssm';
import { chunksOf } from '../domain/command.ts';
import type { PlatformType } from '../domain/estimate.ts';
import { excerpt } from '../domain/excerpt.ts';
import { momentOf } from '../domain/moment.ts';
import { type PatchCounts, patchCountsSchema } from '../domain/truth.ts';
import { rowsOf, textOf } from './answers.ts';
import { limited, makePageLimit } from './page-limit.ts';
import type { Ssm } from './ssm-clients.ts';

/** Both operations take so many ids, and give so many rows a page. */
const pageSize = 50;

const listingStates = 'ssm:DescribeInstancePatchStates';
const listingNodes = 'ssm:DescribeInstanceInformation';

/** A node that Systems Manager knows. Times in ms. */
export interface ManagedNode {
  readonly nodeId: string;
  readonly isOnline: boolean;
  readonly pingStatus: string;
  readonly lastPingAt: number;
  /** Null for one that this product has never heard of. */
  readonly platformType: PlatformType | null;
}

/** The filter of one tag; SSM refuses a second filter beside it. No values: any value. */
export interface TagQuery {
  readonly key: string;
  readonly values: readonly string[];
}

/** All nodes with a tag, EC2 and hybrid alike; stopped ones are missing. Source: API DescribeInstanceInformation. */
export async function managedNodesByTag(ssm: Ssm, tag: TagQuery): Promise<Map<string, ManagedNode>> {
  const filter =
    tag.values.length > 0
      ? { Key: `tag:${tag.key}`, Values: [...tag.values] }
      : { Key: 'tag-key', Values: [tag.key] };
  const nodes = new Map<string, ManagedNode>();
  await ssm.pace();
  const pages = paginateDescribeInstanceInformation({ client: ssm.client, pageSize }, { Filters: [filter] });
  for await (const page of limited(listingNodes, pages, (each) => each.NextToken)) {
    for (const row of rowsOf(listingNodes, page.InstanceInformationList)) {
      const node = managedNodeOf(row);
      if (node) nodes.set(node.nodeId, node);
    }
    await ssm.pace();
  }
  return nodes;
}

/**
 * Whether nodes still ping. SSM leaves stopped nodes out without a word; since a page can be short by mistake, those
 * are asked for once more, and are offline only if they are missing twice. Where many ids are no longer known it takes
 * long: no page is begun once `isOver`, and the rest is left out.
 */
export async function pingsOf(
  ssm: Ssm,
  nodeIds: readonly string[],
  isOver: () => boolean = () => false,
): Promise<ManagedNode[]> {
  const found: ManagedNode[] = [];
  for (const chunk of chunksOf(nodeIds, pageSize)) {
    if (isOver()) break;
    const listed = await pingsOfSome(ssm, chunk);
    const missing = without(chunk, listed);
    const listedLater = missing.length > 0 ? await pingsOfSome(ssm, missing) : [];
    found.push(...listed, ...listedLater, ...without(missing, listedLater).map(unknownNode));
  }
  return found;
}

function without(nodeIds: readonly string[], listed: readonly ManagedNode[]): string[] {
  const known = new Set(listed.map((node) => node.nodeId));
  return nodeIds.filter((nodeId) => !known.has(nodeId));
}

/** One id that SSM no longer knows fails the whole call: the ids are halved until the bad ones stand alone. */
async function pingsOfSome(ssm: Ssm, nodeIds: readonly string[]): Promise<ManagedNode[]> {
  const Filters = [{ Key: 'InstanceIds', Values: [...nodeIds] }];
  const found: ManagedNode[] = [];
  await ssm.pace();
  try {
    const pages = paginateDescribeInstanceInformation({ client: ssm.client, pageSize }, { Filters });
    for await (const page of limited(listingNodes, pages, (each) => each.NextToken)) {
      found.push(
        ...rowsOf(listingNodes, page.InstanceInformationList).flatMap((row) => managedNodeOf(row) ?? []),
      );
      if (page.NextToken) await ssm.pace();
    }
    return found;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidInstanceId') throw error;
    if (nodeIds.length === 1) return nodeIds.map(unknownNode);
    const middle = Math.ceil(nodeIds.length / 2);
    return [
      ...(await pingsOfSome(ssm, nodeIds.slice(0, middle))),
      ...(await pingsOfSome(ssm, nodeIds.slice(middle))),
    ];
  }
}

function unknownNode(nodeId: string): ManagedNode {
  return { nodeId, isOnline: false, pingStatus: 'Unknown', lastPingAt: 0, platformType: 'Linux' };
}

function managedNodeOf(row: InstanceInformation): ManagedNode | undefined {
  const nodeId = textOf(row.InstanceId);
  if (!nodeId) return undefined;
  return {
    nodeId,
    isOnline: row.PingStatus === 'Online',
    pingStatus: excerpt(textOf(row.PingStatus) ?? '') || 'Unknown',
    lastPingAt: momentOf(row.LastPingDateTime) ?? 0,
    platformType: platformTypeOf(row.PlatformType),
  };
}

function platformTypeOf(word: string | undefined): PlatformType | null {
  if (word === undefined) return 'Linux';
  return word === 'Linux' || word === 'Windows' || word === 'MacOS' ? word : null;
}

/** The last patch operation on a node, whenever that was. Times in ms. */
export interface PatchState {
  readonly nodeId: string;
  readonly operation: string;
  /** The baseline that it went by: an id, or the ARN of one of AWS's own. */
  readonly baselineId: string;
  /** The patch group that the node said it belongs to; empty if none. */
  readonly patchGroup: string;
  readonly snapshotId: string | null;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly counts: PatchCounts;
}

/** Patch states by node; a node that never had a patch operation is absent. Source: API DescribeInstancePatchStates. */
export async function patchStatesOf(ssm: Ssm, nodeIds: readonly string[]): Promise<Map<string, PatchState>> {
  const states = new Map<string, PatchState>();
  for (const chunk of chunksOf(nodeIds, pageSize)) {
    const countPage = makePageLimit(listingStates);
    let token: string | undefined;
    do {
      await ssm.pace();
      const page = await ssm.client.send(
        new DescribeInstancePatchStatesCommand({
          InstanceIds: chunk,
          MaxResults: pageSize,
          NextToken: token,
        }),
      );
      for (const row of rowsOf(listingStates, page.InstancePatchStates)) {
        const state = patchStateOf(row);
        if (state) states.set(state.nodeId, state);
      }
      token = page.NextToken || undefined;
      countPage(token);
    } while (token);
  }
  return states;
}

/** Counts that are none say nothing of the node: then there is no patch state, and its patching is not proven. */
function patchStateOf(row: InstancePatchState): PatchState | undefined {
  const counts = countsOf(row);
  const nodeId = textOf(row.InstanceId);
  if (!nodeId || !counts) return undefined;
  return {
    nodeId,
    operation: textOf(row.Operation) ?? '',
    baselineId: textOf(row.BaselineId) ?? '',
    patchGroup: textOf(row.PatchGroup) ?? '',
    snapshotId: textOf(row.SnapshotId) ?? null,
    startedAt: momentOf(row.OperationStartTime) ?? 0,
    endedAt: momentOf(row.OperationEndTime) ?? 0,
    counts,
  };
}

function countsOf(row: InstancePatchState): PatchCounts | undefined {
  return patchCountsSchema.safeParse({
    installed: row.InstalledCount ?? 0,
    missing: row.MissingCount ?? 0,
    failed: row.FailedCount ?? 0,
    rejected: row.InstalledRejectedCount ?? 0,
    pendingReboot: row.InstalledPendingRebootCount ?? 0,
  }).data;
}
