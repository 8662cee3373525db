import type { NodeCase } from './node-cases.ts';
import type { WindowTimes } from './prospect.ts';

/** How many windows opened after `since` and had closed when the node was scanned: what is still open, they missed. */
export type CountMissed = (since: number, lastScanAt: number | null) => number;

/** `windows` in order, as the calendar gives them. */
export function missedAmong(windows: readonly WindowTimes[]): CountMissed {
  const openings = windows.map((window) => window.opensAt);
  const closings = windows.map((window) => window.closesAt);
  return (since, lastScanAt) =>
    lastScanAt === null ? 0 : Math.max(0, countBelow(closings, lastScanAt) - countBelow(openings, since + 1));
}

/** Windows in a row that installed nothing on a node that lacks something; 0 for one that lacks nothing. */
export function missedByNode(node: NodeCase, countMissed: CountMissed): number {
  const oldest = node.entries.reduce((least, entry) => Math.min(least, entry.firstSeenAt), Infinity);
  if (oldest === Infinity) return 0;
  return countMissed(Math.max(oldest, node.lastInstalledAt ?? 0), node.lastScanAt);
}

/** How many of a rising list lie below a value. */
function countBelow(rising: readonly number[], value: number): number {
  let from = 0;
  let to = rising.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((rising[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
