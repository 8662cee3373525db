import type { PatchCounts } from './truth.ts';

export type PlatformType = 'Linux' | 'Windows' | 'MacOS';

/** What is known of a node before it is patched. */
export interface Evidence {
  readonly platformType: PlatformType;
  /** The last patch operation's findings; null for a node that never had one. */
  readonly before: PatchCounts | null;
  /** Seconds that the last Scan took; null if the last operation was not a Scan. */
  readonly scanSeconds: number | null;
}

/** Seconds, as estimates; only the order of nodes, the fit into the window and the pace of polling depend on them. */
export interface Expected {
  readonly patch: number;
  readonly verify: number;
  readonly total: number;
}

/** Both hooks, their delivery included. */
const hooksSeconds = 120;
/** Per package or update, and for one reboot. Cumulative updates make Windows the slower by far. */
const perPatch = { Linux: 20, MacOS: 60, Windows: 150 } as const;
const reboot = { Linux: 120, MacOS: 180, Windows: 300 } as const;
const unknownScanSeconds = 60;
/** For a node without a patch state: a month's worth of patches. */
const unknownMissing = 6;

/**
 * How long a node will probably take: the more patches are missing and the slower its last scan, the longer. No command
 * goes on beyond the policy's own timeout.
 */
export function expectedSeconds(
  evidence: Evidence,
  run: { readonly operation: 'Install' | 'Scan'; readonly reboots: boolean; readonly timeoutSeconds: number },
): Expected {
  const scan = Math.min(run.timeoutSeconds, evidence.scanSeconds ?? unknownScanSeconds);
  if (run.operation === 'Scan') return { patch: scan, verify: scan, total: scan };
  const missing = evidence.before ? evidence.before.missing + evidence.before.failed : unknownMissing;
  const rebootSeconds = run.reboots && missing > 0 ? reboot[evidence.platformType] : 0;
  const work = scan + missing * perPatch[evidence.platformType];
  const patch = Math.min(run.timeoutSeconds, work) + rebootSeconds;
  return { patch, verify: scan, total: patch + scan + hooksSeconds };
}

/** Seconds that a wave takes at best: nobody is faster than its longest node, nor than all of its work shared out. */
export function waveSeconds(seconds: readonly number[], concurrency: number): number {
  const longest = seconds.toSorted((a, b) => b - a);
  const shared = seconds.reduce((sum, each) => sum + each, 0) / concurrency;
  // With more nodes than places, two of the longest `concurrency + 1` nodes have to share one.
  const pair = (longest[concurrency - 1] ?? 0) + (longest[concurrency] ?? 0);
  return Math.max(longest[0] ?? 0, shared, longest.length > concurrency ? pair : 0);
}
