import { type PatchFact, patchAt } from '../../fleet/agent-inventory.ts';
import { random } from '../../random.ts';
import type { NodeRecord } from './records.ts';

const day = 86_400_000;

/** Where the patches that are not in the baseline stand in a node's list. */
const othersStart = 1_000_000;

/** A patch with the state that the last operation reported: camel case, as DescribeInstancePatches answers. */
export interface ListedPatch extends PatchFact {
  readonly state: 'Installed' | 'InstalledPendingReboot' | 'Failed' | 'Missing' | 'InstalledOther';
  /** Epoch milliseconds; 0 for what is not installed. */
  readonly installedAt: number;
}

/** How many patches outside its baseline a node has. */
export function otherCount(record: NodeRecord): number {
  return random(record.node.nodeId, 'others').integer(20);
}

/** The patches of a node as last reported. An Install lists none as Missing. */
export function listedPatches(record: NodeRecord): readonly ListedPatch[] {
  const { installed } = record.memory.report;
  const others = Array.from({ length: otherCount(record) }, (_, index) =>
    listed(record, othersStart + index, 'InstalledOther'),
  );
  const good = Array.from({ length: installed }, (_, index) => listed(record, index, 'Installed'));
  return [...good, ...nonCompliantPatches(record), ...others];
}

/** The ones that make the node non-compliant. */
export function nonCompliantPatches(record: NodeRecord): readonly ListedPatch[] {
  const { installed, pendingReboot, failed, missing } = record.memory.report;
  const total = pendingReboot + failed + missing;
  return Array.from({ length: total }, (_, index) => {
    if (index < pendingReboot) return listed(record, installed + index, 'InstalledPendingReboot');
    return listed(record, installed + index, index < pendingReboot + failed ? 'Failed' : 'Missing');
  });
}

function listed(record: NodeRecord, index: number, state: ListedPatch['state']): ListedPatch {
  const fact = patchAt(record.node, index);
  const { installedAtFirst, lastInstallAt, report } = record.memory;
  const longAgo = Math.max(0, report.startedAt - fact.ageDays * day);
  const isOurs = index >= installedAtFirst && index < othersStart && lastInstallAt !== undefined;
  if (state === 'Missing' || state === 'Failed') return { ...fact, state, installedAt: 0 };
  return { ...fact, state, installedAt: isOurs ? lastInstallAt : longAgo };
}
