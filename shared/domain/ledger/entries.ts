import type { ClosedEntry, closedReasons, OpenEntry } from './ledger.ts';

/** The entry with its end. No clock runs backwards: it ends when it began at the earliest. `at` in epoch ms. */
export function closeEntry(
  entry: OpenEntry,
  end: { readonly at: number; readonly because: (typeof closedReasons)[number] },
): ClosedEntry {
  return { ...entry, closedAt: Math.max(end.at, entry.firstSeenAt), closedBecause: end.because };
}

/** The entries that another policy has looked after until now, with the policy that does now. */
export function withPolicy(entries: readonly OpenEntry[], policy: string): OpenEntry[] {
  return entries.filter((entry) => entry.policy !== policy).map((entry) => ({ ...entry, policy }));
}
