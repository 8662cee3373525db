import type { NodeScope } from '../../fleet/generate.ts';
import type { FleetNode } from '../../fleet/node.ts';
import { operatingSystemOf } from '../../fleet/platforms.ts';
import { hexDigits, random } from '../../random.ts';

/** A patch baseline that is registered for a patch group of one account and region. */
export interface PatchBaseline extends NodeScope {
  readonly patchGroup: string;
  /** In a baseline's words, such as AMAZON_LINUX_2023. A group has at most one baseline for each. */
  readonly operatingSystem: string;
  /** `pb-` and 17 hex digits. */
  readonly baselineId: string;
}

/** Which baseline governs which nodes: user guide, Patch Manager, "Patch groups" and "Predefined baselines". */
export class PatchBaselines {
  private readonly registered = new Map<string, string>();

  /** Throws a RangeError when a patch group would have two baselines for one operating system. */
  constructor(baselines: readonly PatchBaseline[]) {
    for (const baseline of baselines) {
      const key = keyOf(baseline, baseline);
      if (this.registered.has(key)) throw new RangeError(`a second baseline is registered for ${key}`);
      this.registered.set(key, baseline.baselineId);
    }
  }

  /** The id by which DescribeInstancePatchStates knows the node's own baseline. */
  governing(node: FleetNode): string {
    const patchGroup = patchGroupOf(node);
    const operatingSystem = operatingSystemOf(node);
    return this.find(node, { patchGroup, operatingSystem }) ?? defaultBaseline(operatingSystem);
  }

  /** The registered baseline of a group, if there is one. */
  find(scope: NodeScope, group: Pick<PatchBaseline, 'patchGroup' | 'operatingSystem'>): string | undefined {
    return this.registered.get(keyOf(scope, group));
  }
}

/** The predefined baseline of an operating system, which governs groups that have none registered. */
export function defaultBaseline(operatingSystem: string): string {
  return `pb-${hexDigits(random('baseline', operatingSystem), 17)}`;
}

/** The patch group in either spelling of its tag; empty without one. */
export function patchGroupOf(node: FleetNode): string {
  return node.tags['Patch Group'] ?? node.tags['PatchGroup'] ?? '';
}

function keyOf(
  { accountId, region }: NodeScope,
  { patchGroup, operatingSystem }: Pick<PatchBaseline, 'patchGroup' | 'operatingSystem'>,
): string {
  return [accountId, region, patchGroup, operatingSystem].join(' / ');
}
