import { stringify } from 'csv-stringify/sync';
import { chunksOf } from '../command.ts';
import type { PatchForecast, PolicyForecast } from './forecast.ts';

/** The columns, by their headers. */
const columns: readonly (readonly [
  header: string,
  value: (patch: PatchForecast, policy: string) => string | number,
])[] = [
  ['Policy', (_patch, policy) => policy],
  ['Account', ({ accountId }) => accountId],
  ['Region', ({ region }) => region],
  ['Node', ({ nodeId }) => nodeId],
  ['Node standing', ({ standing }) => standing],
  ['Patch', ({ patchId }) => patchId],
  ['Title', ({ title }) => title],
  ['Classification', ({ entry }) => entry.classification],
  ['Severity', ({ severity }) => severity],
  ['State', ({ entry }) => entry.state],
  ['Status', ({ status }) => status],
  ['First seen', ({ firstSeenAt }) => timeText(firstSeenAt)],
  ['Due', ({ dueAt }) => timeText(dueAt)],
  ['Expected', ({ expectedAt }) => timeText(expectedAt)],
  ['Reason', ({ reason }) => reason ?? ''],
  ['Windows missed', ({ windowsMissed }) => windowsMissed],
];

/**
 * All open patches, a row each, the earliest due first. What begins as a formula is escaped: titles are written by
 * whoever makes the packages, and people open this in a spreadsheet.
 */
export function reportCsv(forecasts: readonly PolicyForecast[]): string {
  const rows = forecasts
    .flatMap(({ policy, patches }) => patches.map((patch) => ({ policy, patch })))
    .toSorted((a, b) => a.patch.dueAt - b.patch.dueAt);
  const parts = chunksOf(rows, rowsAtOnce).map((some) =>
    csvOf(some.map(({ policy, patch }) => columns.map(([, value]) => value(patch, policy)))),
  );
  return [csvOf([columns.map(([header]) => header)]), ...parts].join('');
}

/** The library holds each cell several times while it works: half a million rows at once would fill the function. */
const rowsAtOnce = 5000;

function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  return stringify([...rows], { escape_formulas: true, record_delimiter: 'windows' });
}

function timeText(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString();
}
