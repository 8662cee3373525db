import { type PatchFact, patchAt } from '../../fleet/agent-inventory.ts';
import type { InstalledPatch } from '../../fleet/agent-memory.ts';
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

/** How many patches outside the reporting baseline a node has: to another one, ours are such. */
export function otherCount(record: NodeRecord): number {
  const { isGoverning } = record.memory.report;
  return drawnOthers(record) + (isGoverning ? 0 : presentCount(record));
}

/** How many patches of the reporting baseline are installed. */
export function installedCount(record: NodeRecord): number {
  return record.memory.report.isGoverning ? presentCount(record) : 0;
}

/** The patches of a node as last reported. An Install lists none as Missing. */
export function listedPatches(record: NodeRecord): readonly ListedPatch[] {
  const { presentAtFirst, installed, isGoverning } = record.memory.report;
  const state = isGoverning ? 'Installed' : 'InstalledOther';
  const others = Array.from({ length: drawnOthers(record) }, (_, index) =>
    presentLong(record, othersStart + index, 'InstalledOther'),
  );
  const good = Array.from({ length: presentAtFirst }, (_, index) => presentLong(record, index, state));
  const ours = installed.map((patch) => put(record, patch, state));
  return [...good, ...ours, ...nonCompliantPatches(record), ...others];
}

/** The ones that make the node non-compliant. */
export function nonCompliantPatches(record: NodeRecord): readonly ListedPatch[] {
  const { pendingReboot, failed, missing } = record.memory.report;
  return [
    ...pendingReboot.map((patch) => put(record, patch, 'InstalledPendingReboot')),
    ...failed.map((index) => absent(record, index, 'Failed')),
    ...missing.map((index) => absent(record, index, 'Missing')),
  ];
}

function drawnOthers(record: NodeRecord): number {
  return random(record.node.nodeId, 'others').integer(20);
}

function presentCount({ memory }: NodeRecord): number {
  return memory.report.presentAtFirst + memory.report.installed.length;
}

function presentLong(record: NodeRecord, index: number, state: ListedPatch['state']): ListedPatch {
  const fact = patchAt(record.node, index);
  return { ...fact, state, installedAt: Math.max(0, record.memory.knownSince - fact.ageDays * day) };
}

function put(record: NodeRecord, patch: InstalledPatch, state: ListedPatch['state']): ListedPatch {
  return { ...patchAt(record.node, patch.index), state, installedAt: patch.installedAt };
}

function absent(record: NodeRecord, index: number, state: 'Failed' | 'Missing'): ListedPatch {
  return { ...patchAt(record.node, index), state, installedAt: 0 };
}
