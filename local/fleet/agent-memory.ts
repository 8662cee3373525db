import type { FleetNode } from './node.ts';

/** What a patch operation reported last. Times are epoch milliseconds; Install never fills `missing`. */
export interface PatchReport {
  readonly operation: 'Scan' | 'Install';
  readonly snapshotId: string | undefined;
  readonly rebootOption: 'RebootIfNeeded' | 'NoReboot';
  readonly installOverrideList: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly installed: number;
  readonly pendingReboot: number;
  readonly missing: number;
  readonly failed: number;
}

/** The result of a hook that this node keeps per (RunId, Step). `endedAt` may lie ahead: it still runs. */
export interface HookRecord {
  readonly endedAt: number;
  /** The document's exit code, which a second delivery ends with as well. */
  readonly exitCode: number;
  readonly stdout: string;
}

/** What a node keeps between commands. The truth about its patches, whatever was reported. */
export interface NodeMemory {
  readonly installed: number;
  readonly pendingReboot: number;
  readonly missing: number;
  /** How many patches were there before the first Install of ours, and when that was. */
  readonly installedAtFirst: number;
  readonly lastInstallAt: number | undefined;
  readonly lastNoRebootInstallAt: number | undefined;
  readonly report: PatchReport;
  readonly hooks: ReadonlyMap<string, HookRecord>;
}

/** The Scan that was there before us: its end in epoch milliseconds, its own snapshot. */
export interface EarlierScan {
  readonly scannedAt: number;
  readonly snapshotId: string;
}

/** A node that an earlier Scan has reported on. */
export function initialMemory(node: FleetNode, scan: EarlierScan): NodeMemory {
  const { scannedAt, snapshotId } = scan;
  const { installedPatches, missingPatches, scanSeconds } = node.fate;
  return {
    installed: installedPatches,
    pendingReboot: 0,
    missing: missingPatches,
    installedAtFirst: installedPatches,
    lastInstallAt: undefined,
    lastNoRebootInstallAt: undefined,
    report: {
      operation: 'Scan',
      snapshotId,
      rebootOption: 'RebootIfNeeded',
      installOverrideList: undefined,
      startedAt: scannedAt - scanSeconds * 1000,
      endedAt: scannedAt,
      installed: installedPatches,
      pendingReboot: 0,
      missing: missingPatches,
      failed: 0,
    },
    hooks: new Map(),
  };
}

/** A reboot turns what waited for it into what is installed. Only the next Scan reports so. */
export function rebooted(memory: NodeMemory): NodeMemory {
  return { ...memory, installed: memory.installed + memory.pendingReboot, pendingReboot: 0 };
}
