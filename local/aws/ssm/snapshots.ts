import type { NodeRecord } from './records.ts';

const threeDays = 3 * 24 * 3_600_000;

/**
 * Patch snapshots by account, region, patch group, operating system and id. One lives for three days from its
 * first use: user guide, Patch Manager, "SSM Command document for patching: AWS-RunPatchBaseline" (SnapshotId).
 */
export class Snapshots {
  private readonly firstUses = new Map<string, number>();

  /** Whether the node would patch from a snapshot that is gone; the first use makes it. */
  isExpired(
    { node }: NodeRecord,
    use: { readonly snapshotId: string | undefined; readonly at: number },
  ): boolean {
    if (use.snapshotId === undefined) return false;
    const group = node.tags['Patch Group'] ?? node.tags['PatchGroup'];
    const key = JSON.stringify([node.accountId, node.region, group, node.platformName, use.snapshotId]);
    const firstUse = this.firstUses.get(key) ?? use.at;
    this.firstUses.set(key, firstUse);
    return use.at - firstUse > threeDays;
  }
}
