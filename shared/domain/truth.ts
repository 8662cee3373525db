import * as z from 'zod';

const count = z.number().int().nonnegative();

/** Counts of one patch operation on one node. Source: API InstancePatchState. */
export const patchCountsSchema = z.object({
  installed: count,
  missing: count,
  failed: count,
  rejected: count,
  pendingReboot: count,
});
export type PatchCounts = z.infer<typeof patchCountsSchema>;

/** What a patch state says of a node. */
export type Verdict = 'compliant' | 'pendingReboot' | 'nonCompliant';

/** A node that only waits for its reboot is told from one that lacks a patch: the first is a policy's choice. */
export function verdictOf(counts: PatchCounts): Verdict {
  if (counts.missing + counts.failed + counts.rejected > 0) return 'nonCompliant';
  return counts.pendingReboot > 0 ? 'pendingReboot' : 'compliant';
}

/**
 * True if this run changed nothing: the operation before it had found nothing to install, and as many patches are
 * installed now as then. SSM has no count of what one operation installed.
 */
export function changedNothing(before: PatchCounts | null, after: PatchCounts): boolean {
  return before !== null && before.missing + before.failed === 0 && before.installed === after.installed;
}

/** `2 missing, 1 failed`; empty for a compliant node. */
export function troubleText(counts: PatchCounts): string {
  return [
    [counts.missing, 'missing'],
    [counts.failed, 'failed'],
    [counts.rejected, 'rejected'],
    [counts.pendingReboot, 'pending a reboot'],
  ]
    .filter(([number]) => Number(number) > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(', ');
}
