import { openStates } from './ledger.ts';

/** A patch of one node as its last patch operation lists it. Source: API PatchComplianceData. */
export interface ListedPatch {
  readonly patchId: string;
  readonly title: string;
  readonly classification: string;
  /** Words of the operating system. */
  readonly severity: string;
  /** As answered: `InstalledOther`, though the model says `INSTALLED_OTHER`. */
  readonly state: string;
  /** Epoch milliseconds; null where it is no time at all, as for what is missing. */
  readonly installedAt: number | null;
}

type OpenState = (typeof openStates)[number];

/**
 * What a state means for the clock. `unknown`: a word that Patch Manager did not have when this was written; it
 * neither starts a clock nor stops one.
 */
export type Meaning =
  | { readonly kind: 'open'; readonly state: OpenState }
  | { readonly kind: 'installed' | 'notRequired' | 'unknown' };

/** By the word without case and underscores. Source: user guide, "Patch compliance state values". */
const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...openStates.map((state) => [plain(state), { kind: 'open', state }] as const),
  ['installed', { kind: 'installed' }],
  ['installedother', { kind: 'installed' }],
  ['installedrejected', { kind: 'installed' }],
  ['notapplicable', { kind: 'notRequired' }],
  ['availablesecurityupdate', { kind: 'notRequired' }],
]);

export function meaningOf(state: string): Meaning {
  return meanings.get(plain(state)) ?? { kind: 'unknown' };
}

function plain(word: string): string {
  return word.replaceAll('_', '').toLowerCase();
}

/** The more a row says against the patch, the earlier it stands here. */
const worstFirst = ['Failed', 'Missing', 'InstalledPendingReboot', 'unknown', 'installed', 'notRequired'];

/**
 * One row for each patch: a package of which an old version is installed and a new one missing counts as missing. Of
 * several installed versions, as Linux keeps of its kernel, the one that came last counts.
 */
export function worstByPatch(rows: readonly ListedPatch[]): Map<string, ListedPatch> {
  const worst = new Map<string, ListedPatch>();
  for (const row of rows) {
    const known = worst.get(row.patchId);
    if (!known || comesFirst(row, known)) worst.set(row.patchId, row);
  }
  return worst;
}

function comesFirst(row: ListedPatch, known: ListedPatch): boolean {
  const difference = badness(row) - badness(known);
  return difference < 0 || (difference === 0 && (row.installedAt ?? 0) > (known.installedAt ?? 0));
}

function badness(row: ListedPatch): number {
  const meaning = meaningOf(row.state);
  return worstFirst.indexOf(meaning.kind === 'open' ? meaning.state : meaning.kind);
}
