import { installedCount, nonCompliantPatches, otherCount } from './patch-list.ts';
import type { NodeRecord } from './records.ts';

/** What Patch Manager hears of one operation on one node. Times are epoch milliseconds. */
export interface PatchOperationReport {
  readonly nodeId: string;
  readonly accountId: string;
  readonly region: string;
  readonly commandId: string;
  readonly baselineId: string;
  readonly operation: 'Scan' | 'Install';
  readonly startedAt: number;
  readonly endedAt: number;
  readonly rebootOption: 'RebootIfNeeded' | 'NoReboot';
  readonly missing: number;
  readonly failed: number;
  readonly pendingReboot: number;
  readonly installed: number;
  readonly installedOther: number;
  /** Of the patches that make the node non-compliant; null for a compliant node. */
  readonly highestSeverity: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'UNSPECIFIED' | null;
}

/** Worst first, with the words that patches carry. */
const levels = [
  ['CRITICAL', ['Critical']],
  ['HIGH', ['Important']],
  ['MEDIUM', ['Medium', 'Moderate']],
  ['LOW', ['Low']],
] as const;

/** The report that stands in the node's patch state. */
export function patchOperationReport(record: NodeRecord, commandId: string): PatchOperationReport {
  const { node, memory } = record;
  const { baselineId, operation, startedAt, endedAt, rebootOption } = memory.report;
  const { missing, failed, pendingReboot } = memory.report;
  return {
    nodeId: node.nodeId,
    accountId: node.accountId,
    region: node.region,
    commandId,
    baselineId,
    operation,
    startedAt,
    endedAt,
    rebootOption,
    missing: missing.length,
    failed: failed.length,
    pendingReboot: pendingReboot.length,
    installed: installedCount(record),
    installedOther: otherCount(record),
    highestSeverity: highestSeverity(record),
  };
}

function highestSeverity(record: NodeRecord): PatchOperationReport['highestSeverity'] {
  const words = new Set(nonCompliantPatches(record).map(({ severity }) => severity));
  if (words.size === 0) return null;
  return levels.find(([, names]) => names.some((name) => words.has(name)))?.[0] ?? 'UNSPECIFIED';
}
