import type { NodeMemory } from '../../fleet/agent-memory.ts';
import type { NodeRecord } from './records.ts';

/** Where the patches stand in a node's list that only other baselines ask for. */
const foreignStart = 2_000_000;

/** A Scan that somebody else makes of a node, by another baseline than the one of its patch group. */
export interface ForeignScan {
  readonly baselineId: string;
  /** How many patches it finds missing, none of which the node's own baseline asks for. */
  readonly missing: number;
}

/**
 * The node's memory after such a Scan, which has just ended: the last writer wins, so nothing of what the own baseline
 * asks for is reported any more, and what is present belongs to no baseline. The truth on the node is what it was.
 */
export function rescanned({ node, memory }: NodeRecord, scan: ForeignScan, at: number): NodeMemory {
  const { presentAtFirst, installed, pendingReboot } = memory;
  return {
    ...memory,
    report: {
      presentAtFirst,
      installed,
      pendingReboot,
      missing: Array.from({ length: scan.missing }, (_, index) => foreignStart + index),
      failed: [],
      operation: 'Scan',
      baselineId: scan.baselineId,
      isGoverning: false,
      snapshotId: undefined,
      rebootOption: 'NoReboot',
      installOverrideList: undefined,
      startedAt: at - node.fate.scanSeconds * 1000,
      endedAt: at,
    },
  };
}
