import {
  DescribeInstancePatchesCommand,
  GetPatchBaselineForPatchGroupCommand,
  OperatingSystem,
  type PatchComplianceData,
} from '@aws-sdk/client-ssm';
import { excerpt } from '../domain/excerpt.ts';
import { baselineIdOf } from '../domain/ledger/governing.ts';
import type { ListedPatch } from '../domain/ledger/listed-patch.ts';
import { shortened } from '../domain/message.ts';
import { momentOf } from '../domain/moment.ts';
import type { Policy } from '../domain/policy.ts';
import { digestOf } from '../domain/run-id.ts';
import { rowsOf, textOf } from './answers.ts';
import { makePageLimit } from './page-limit.ts';
import type { Ssm } from './ssm-clients.ts';

/** The most that DescribeInstancePatches gives a page. */
const pageSize = 100;

type BaselineSystem = Policy['baselines'][number]['operatingSystem'];

/** All that Patch Manager has baselines for, also those that no policy can name. */
export const everyOperatingSystem = Object.values(OperatingSystem);

/**
 * The patches of a node as its last patch operation left them, in no order; null if Systems Manager does not know the
 * node any more. Source: API DescribeInstancePatches.
 */
export async function patchesOf(ssm: Ssm, nodeId: string): Promise<ListedPatch[] | null> {
  const patches: ListedPatch[] = [];
  const countPage = makePageLimit('ssm:DescribeInstancePatches');
  let token: string | undefined;
  try {
    do {
      await ssm.pace();
      const page = await ssm.client.send(
        new DescribeInstancePatchesCommand({ InstanceId: nodeId, MaxResults: pageSize, NextToken: token }),
      );
      patches.push(
        ...rowsOf('ssm:DescribeInstancePatches', page.Patches).flatMap((row) => listedPatchOf(row) ?? []),
      );
      token = page.NextToken || undefined;
      countPage(token);
    } while (token);
    return patches;
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidInstanceId') return null;
    throw error;
  }
}

function listedPatchOf(row: PatchComplianceData): ListedPatch | undefined {
  const name = textOf(row.KBId) || textOf(row.Title);
  if (!name) return undefined;
  return {
    patchId: patchIdOf(name),
    title: shortText(row.Title) || shortText(name),
    classification: shortText(row.Classification),
    severity: shortText(row.Severity),
    state: shortText(row.State),
    installedAt: momentOf(row.InstalledTime) || null,
  };
}

/** Patches are named by whoever makes them; one list of them has to fit into memory, and each into an item. */
function shortText(text: string | undefined): string {
  return shortened(textOf(text) ?? '', 500);
}

/** A part of a table's key, which takes 1,024 bytes: what is too long keeps its beginning, and stays itself. */
function patchIdOf(name: string): string {
  return Buffer.byteLength(name) <= 800 ? name : `${excerpt(name)} ${digestOf(name)}`;
}

/**
 * The ids of the baselines that nodes of a patch group go by: the registered ones, and AWS's own for an operating
 * system without. Null if we may not ask. Source: API GetPatchBaselineForPatchGroup.
 */
export async function governingBaselines(
  ssm: Ssm,
  patchGroup: string,
  systems: readonly (BaselineSystem | OperatingSystem)[],
): Promise<Set<string> | null> {
  const ids = new Set<string>();
  try {
    for (const system of systems) {
      await ssm.pace();
      const { BaselineId } = await ssm.client.send(
        new GetPatchBaselineForPatchGroupCommand({ PatchGroup: patchGroup, OperatingSystem: system }),
      );
      if (BaselineId) ids.add(baselineIdOf(BaselineId));
    }
    return ids;
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return null;
    throw error;
  }
}
