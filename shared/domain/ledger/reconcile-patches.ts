import { closeEntry, withPolicy } from './entries.ts';
import { canOpen, type Governing, governsEntry } from './governing.ts';
import type { ClosedEntry, OpenEntry } from './ledger.ts';
import { type ListedPatch, meaningOf, worstByPatch } from './listed-patch.ts';
import type { PatchOperation } from './look.ts';
import { patchSeverityOf } from './severity.ts';

interface PatchLook {
  readonly policy: string;
  readonly nodeId: string;
  readonly open: readonly OpenEntry[];
  /** The new operation, which ended by now; null if there is none. */
  readonly operation: PatchOperation | null;
  readonly patches: readonly ListedPatch[] | null;
  readonly governing: Governing;
}

interface PatchChanges {
  readonly opened: readonly OpenEntry[];
  readonly updated: readonly OpenEntry[];
  readonly closed: readonly ClosedEntry[];
  /** What is open afterwards. */
  readonly kept: readonly OpenEntry[];
}

/** An operation that is looked at with the list that it left behind. */
interface Report {
  readonly policy: string;
  readonly operation: PatchOperation;
  readonly governing: Governing;
}

/** What a node's new list of patches opens, changes and closes. */
export function reconcilePatches(look: PatchLook): PatchChanges {
  const { policy, open, operation, patches, governing } = look;
  if (!operation || !patches) {
    return { opened: [], updated: withPolicy(open, policy), closed: [], kept: open };
  }
  const report = { policy, operation, governing };
  const rows = worstByPatch(patches);
  const closed = open.flatMap((entry) => closing(entry, rows.get(entry.patchId), report) ?? []);
  const closedIds = new Set(closed.map((entry) => entry.patchId));
  const before = open.filter((entry) => !closedIds.has(entry.patchId));
  const after = before.map((entry) => continued(entry, rows.get(entry.patchId), report));
  const known = new Set(open.map((entry) => entry.patchId));
  const unknown = [...rows.values()].filter((row) => !known.has(row.patchId));
  const opened = unknown.flatMap((row) => opening(row, look.nodeId, report) ?? []);
  const updated = after.filter((entry, index) => !isSame(entry, before[index]));
  return { opened, updated, closed, kept: [...after, ...opened] };
}

/** Only the baseline that governs the node says what it lacks. */
function opening(row: ListedPatch, nodeId: string, report: Report): OpenEntry | undefined {
  const meaning = meaningOf(row.state);
  if (meaning.kind !== 'open' || !canOpen(report.operation.baselineId, report.governing)) return undefined;
  return {
    nodeId,
    patchId: row.patchId,
    policy: report.policy,
    title: row.title,
    classification: row.classification,
    severity: patchSeverityOf(row.severity),
    state: meaning.state,
    firstSeenAt: report.operation.endedAt,
    baselineId: report.operation.baselineId,
    foretoldAt: null,
    breachToldAt: null,
  };
}

/** The entry as a governing report shows it now; its clock never changes. */
function continued(entry: OpenEntry, row: ListedPatch | undefined, report: Report): OpenEntry {
  const { policy, operation, governing } = report;
  const meaning = row && meaningOf(row.state);
  if (meaning?.kind !== 'open' || !governsEntry(operation.baselineId, entry, governing)) {
    return { ...entry, policy };
  }
  return {
    ...entry,
    policy,
    title: row?.title ?? entry.title,
    classification: row?.classification ?? entry.classification,
    severity: patchSeverityOf(row?.severity),
    state: meaning.state,
    baselineId: operation.baselineId,
  };
}

/**
 * Installed is installed, whoever reports it. That a patch is not asked for any more, only a Scan of the governing
 * baseline says: an Install does not list what is missing, and another baseline asks for other patches.
 */
function closing(entry: OpenEntry, row: ListedPatch | undefined, report: Report): ClosedEntry | undefined {
  const { operation, governing } = report;
  const kind = row ? meaningOf(row.state).kind : 'notRequired';
  const isGoverningScan = operation.kind === 'Scan' && governsEntry(operation.baselineId, entry, governing);
  switch (kind) {
    case 'installed':
      if (!row || !(isGoverningScan || isThisPatch(row, entry))) return undefined;
      if (isOldVersion(row, entry))
        return closeEntry(entry, { at: operation.endedAt, because: 'NoLongerRequired' });
      return closeEntry(entry, { at: installedAt(row, entry, operation), because: 'Installed' });
    case 'notRequired':
      if (!isGoverningScan) return undefined;
      return closeEntry(entry, { at: operation.endedAt, because: 'NoLongerRequired' });
    case 'open':
    case 'unknown':
      return undefined;
  }
}

/**
 * On Linux the id is the package's name without its version: where what is missing is not listed, the version that
 * was installed all the time is, under the same id. It is the patch if the version is, or if it came since.
 */
function isThisPatch(row: ListedPatch, entry: OpenEntry): boolean {
  return row.title === entry.title || (row.installedAt !== null && row.installedAt >= entry.firstSeenAt);
}

/** Another version, which was there before this one was missing: this one was withdrawn, not installed. */
function isOldVersion(row: ListedPatch, entry: OpenEntry): boolean {
  return row.title !== entry.title && row.installedAt !== null && row.installedAt < entry.firstSeenAt;
}

/** The node's own word for when, if it can be true. */
function installedAt(row: ListedPatch, entry: OpenEntry, operation: PatchOperation): number {
  const at = row.installedAt;
  return at !== null && at >= entry.firstSeenAt && at <= operation.endedAt ? at : operation.endedAt;
}

function isSame(entry: OpenEntry, before: OpenEntry | undefined): boolean {
  return JSON.stringify(entry) === JSON.stringify(before);
}
