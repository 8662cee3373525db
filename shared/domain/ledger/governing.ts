import type { OpenEntry } from './ledger.ts';

/**
 * The ids of the baselines that Patch Manager uses for the policy's patch group; null if we may not ask. Every scan
 * overwrites the report before it, also one by another baseline, which has another idea of what is missing.
 */
export type Governing = ReadonlySet<string> | null;

/** `pb-…`, also of the ARN by which AWS's own baselines go. */
export function baselineIdOf(idOrArn: string): string {
  return idOrArn.split('/').at(-1) ?? idOrArn;
}

/** Whether a report can start and stop the clock of this entry: if we may not ask, its own baseline's can. */
export function governsEntry(baselineId: string, entry: OpenEntry, governing: Governing): boolean {
  const id = baselineIdOf(baselineId);
  return governing?.has(id) ?? id === baselineIdOf(entry.baselineId);
}

/** Whether a report can start a clock: if we may not ask, better one clock too many than one too few. */
export function canOpen(baselineId: string, governing: Governing): boolean {
  return governing?.has(baselineIdOf(baselineId)) ?? true;
}

/** Whether a scan speaks for the node as a whole: if we may not ask, it has to for each of its entries. */
export function governsNode(baselineId: string, open: readonly OpenEntry[], governing: Governing): boolean {
  return canOpen(baselineId, governing) && open.every((entry) => governsEntry(baselineId, entry, governing));
}
