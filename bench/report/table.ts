import { designNames } from '../designs/designs.ts';
import type { ResultRow } from '../results.ts';

const columns: readonly (readonly [string, (row: ResultRow) => string])[] = [
  ['design', ({ design }) => design],
  ['nodes', ({ nodes }) => nodes.toLocaleString('en')],
  ['at once', ({ concurrency }) => `${concurrency} %`],
  ['time/bound', ({ makespanRatio }) => makespanRatio.toFixed(2)],
  ['transitions', ({ transitionsPerNode }) => transitionsPerNode.toFixed(1)],
  ['calls', ({ apiCallsPerNode }) => apiCallsPerNode.toFixed(1)],
  ['throttled', ({ throttledShare }) => `${(100 * throttledShare).toFixed(1)} %`],
  ['Lambda ms', ({ lambdaMsPerNode }) => lambdaMsPerNode.toFixed(0)],
  ['$/1,000 nodes', ({ dollarsPerNode }) => (1000 * dollarsPerNode).toFixed(2)],
  ['payload', ({ payloadBytesMax }) => payloadBytesMax.toLocaleString('en')],
  ['history', ({ historyEventsMax }) => historyEventsMax.toLocaleString('en')],
  ['promises', ({ promises }) => `${keptOf(promises)}/${Object.keys(promises).length}`],
];

function keptOf(promises: ResultRow['promises']): number {
  return Object.values(promises).filter((isKept) => isKept).length;
}

/** The rows as a table for a terminal; transitions, calls and Lambda milliseconds are a node's. */
export function resultsTable(rows: readonly ResultRow[]): string {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  return aligned(cells);
}

/** Which design keeps which promise in all of its rows. */
export function promisesTable(rows: readonly ResultRow[]): string {
  const designs = designNames.filter((name) => rows.some(({ design }) => design === name));
  const names = Object.keys(rows[0]?.promises ?? {});
  const body = names.map((name) => [
    name,
    ...designs.map((design) => {
      const own = rows
        .filter((row) => row.design === design)
        .map(({ promises }) => new Map(Object.entries(promises)).get(name) === true);
      const kept = own.filter((isKept) => isKept).length;
      return kept === own.length ? 'yes' : kept === 0 ? 'no' : `${kept} of ${own.length}`;
    }),
  ]);
  return aligned([['promise', ...designs], ...body]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
