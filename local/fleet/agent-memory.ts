import type { FleetNode } from './node.ts';

/** A patch that came onto the node since the beginning, by its place in the node's list. Epoch milliseconds. */
export interface InstalledPatch {
  readonly index: number;
  readonly installedAt: number;
}

/** Patches by their place in the node's list, so that one of them never takes another's state. */
export interface PatchesByState {
  /** The first so many of the list, which were there from the beginning: their places need no memory. */
  readonly presentAtFirst: number;
  readonly installed: readonly InstalledPatch[];
  readonly pendingReboot: readonly InstalledPatch[];
  readonly missing: readonly number[];
}

/** What a patch operation reported last. Times are epoch milliseconds; Install never fills `missing`. */
export interface PatchReport extends PatchesByState {
  readonly operation: 'Scan' | 'Install';
  readonly baselineId: string;
  /** False: it compared with another baseline than the one of the node's patch group. */
  readonly isGoverning: boolean;
  readonly snapshotId: string | undefined;
  readonly rebootOption: 'RebootIfNeeded' | 'NoReboot';
  readonly installOverrideList: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failed: readonly number[];
}

/** The result of a hook that this node keeps per (RunId, Step). `endedAt` may lie ahead: it still runs. */
export interface HookRecord {
  readonly endedAt: number;
  /** The document's exit code, which a second delivery ends with as well. */
  readonly exitCode: number;
  readonly stdout: string;
}

/** What a node keeps between commands. The truth about its patches, whatever was reported. */
export interface NodeMemory extends PatchesByState {
  /** How many patches its baseline asked for in the beginning: they follow the present ones in the list. */
  readonly askedAtFirst: number;
  /** How many more releases have added to the list's end, as far as an operation has met them. */
  readonly released: number;
  /** The start of the Scan that was there before us: what was present then was installed some days before it. */
  readonly knownSince: number;
  readonly lastNoRebootInstallAt: number | undefined;
  readonly report: PatchReport;
  readonly hooks: ReadonlyMap<string, HookRecord>;
}

/** The Scan that was there before us: its end in epoch milliseconds, its own snapshot. */
export interface EarlierScan {
  readonly scannedAt: number;
  readonly snapshotId: string;
  readonly baselineId: string;
}

/** A node that an earlier Scan has reported on. */
export function initialMemory(node: FleetNode, scan: EarlierScan): NodeMemory {
  const { scannedAt, snapshotId, baselineId } = scan;
  const { installedPatches, missingPatches, scanSeconds } = node.fate;
  const startedAt = scannedAt - scanSeconds * 1000;
  const patches: PatchesByState = {
    presentAtFirst: installedPatches,
    installed: [],
    pendingReboot: [],
    missing: placesFrom(installedPatches, missingPatches),
  };
  return {
    ...patches,
    askedAtFirst: missingPatches,
    released: 0,
    knownSince: startedAt,
    lastNoRebootInstallAt: undefined,
    report: {
      ...patches,
      operation: 'Scan',
      baselineId,
      isGoverning: true,
      snapshotId,
      rebootOption: 'RebootIfNeeded',
      installOverrideList: undefined,
      startedAt,
      endedAt: scannedAt,
      failed: [],
    },
    hooks: new Map(),
  };
}

/** A reboot turns what waited for it into what is installed. Only the next Scan reports so. */
export function rebooted(memory: NodeMemory): NodeMemory {
  return { ...memory, installed: [...memory.installed, ...memory.pendingReboot], pendingReboot: [] };
}

/** What the baseline asks for by then: each release adds its patches to the end of the list, and they are missing. */
export function withReleases(memory: NodeMemory, node: FleetNode, at: number): NodeMemory {
  const due = (node.fate.releases ?? []).filter((release) => release.at <= at);
  const released = due.reduce((sum, { patches }) => sum + patches, 0);
  if (released <= memory.released) return memory;
  const end = memory.presentAtFirst + memory.askedAtFirst + memory.released;
  const missing = [...memory.missing, ...placesFrom(end, released - memory.released)];
  return { ...memory, missing, released };
}

function placesFrom(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, offset) => start + offset);
}
