import { type DesignName, designNames } from '../designs/designs.ts';
import type { ResultRow } from '../results.ts';

/** A chart's file name without its ending, its title, and what its bars show. */
interface Chart {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly value: (row: ResultRow) => number;
  readonly label: (value: number) => string;
}

const charts: readonly Chart[] = [
  {
    name: 'dollars',
    title: 'Dollars for 1,000 nodes, one run',
    unit: 'logarithmic; published prices, no free tier',
    value: ({ dollarsPerNode }) => 1000 * dollarsPerNode,
    label: (value) => `$${value.toFixed(2)}`,
  },
  {
    name: 'makespan',
    title: 'Time over the lower bound',
    unit: 'logarithmic; 1.0 is the best scheduler imaginable',
    value: ({ makespanRatio }) => makespanRatio,
    label: (value) => value.toFixed(2),
  },
  {
    name: 'calls',
    title: 'AWS API calls a node',
    unit: 'logarithmic; attempts included',
    value: ({ apiCallsPerNode }) => apiCallsPerNode,
    label: (value) => value.toFixed(1),
  },
];

const width = 760;
const left = 130;
const right = 80;
const bar = 16;
const gap = 4;

/** Charts of the rows at one concurrency, by file name: bars by design for each fleet size, on a logarithmic scale. */
export function drawCharts(rows: readonly ResultRow[], concurrency: number): ReadonlyMap<string, string> {
  const shown = rows.filter((row) => row.concurrency === concurrency);
  return new Map(charts.map((chart) => [`${chart.name}.svg`, draw(chart, shown, concurrency)]));
}

function draw(chart: Chart, rows: readonly ResultRow[], concurrency: number): string {
  const sizes = [...new Set(rows.map(({ nodes }) => nodes))];
  const values = rows.map(chart.value).filter((value) => value > 0);
  const scale = logScale(values);
  const parts: string[] = [];
  let y = 62;
  for (const nodes of sizes) {
    parts.push(`<text class="size" x="0" y="${y + 2}">${nodes.toLocaleString('en')} nodes</text>`);
    y += 10;
    for (const design of designNames) {
      const row = rows.find((each) => each.nodes === nodes && each.design === design);
      if (!row) continue;
      parts.push(barOf({ design, value: chart.value(row), label: chart.label(chart.value(row)), y, scale }));
      y += bar + gap;
    }
    y += 22;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="${chart.title}">
${style}
<text class="title" x="0" y="18">${chart.title}, ${concurrency} % of the nodes at once</text>
<text class="unit" x="0" y="36">${chart.unit}</text>
${parts.join('\n')}
</svg>
`;
}

/** Readable on white and on black: the text's colour follows the reader's mode, the bars' fit both. */
const style = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.unit, .value { font-size: 12px; fill: #57606a; }
.size { font-weight: 600; }
.ours { fill: #2da44e; }
.other { fill: #8c959f; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.unit, .value { fill: #9198a1; }
.ours { fill: #3fb950; }
.other { fill: #6e7681; }
}
</style>`;

function barOf(part: {
  readonly design: DesignName;
  readonly value: number;
  readonly label: string;
  readonly y: number;
  readonly scale: (value: number) => number;
}): string {
  const { design, value, label, y, scale } = part;
  const length = scale(value);
  const kind = design === 'fleet-patcher' ? 'ours' : 'other';
  return [
    `<text x="0" y="${y + 13}">${design}</text>`,
    `<rect class="${kind}" x="${left}" y="${y}" width="${length.toFixed(1)}" height="${bar}" rx="2"/>`,
    `<text class="value" x="${(left + length + 6).toFixed(1)}" y="${y + 13}">${label}</text>`,
  ].join('\n');
}

/** From half the smallest value to the largest; at least a factor of two, so that equal values fill no chart. */
function logScale(values: readonly number[]): (value: number) => number {
  const least = Math.min(...values) / 2;
  const most = Math.max(...values, least * 4);
  const room = width - left - right;
  return (value) => (value <= least ? 2 : (room * Math.log(value / least)) / Math.log(most / least));
}
