import { drawCharts } from '../../../bench/report/charts.ts';
import { promisesTable, resultsTable } from '../../../bench/report/table.ts';
import type { ResultRow } from '../../../bench/results.ts';

const promises: ResultRow['promises'] = {
  closedAccount: true,
  unknownIsReported: true,
  successIsReal: true,
  oneMessageARun: true,
  postHookAfterEveryPreHook: true,
  slidingWindow: true,
  concurrencyBound: true,
  oneSnapshot: true,
  failedPreHookIsNotPatched: true,
  hooksOnceUnderLostReplies: true,
  badNodeHarmsNoOther: true,
  throttlingFailsNobody: true,
  windowEndRespected: true,
  errorBudgetHalts: true,
};

function row(different: Partial<ResultRow>): ResultRow {
  return {
    design: 'fleet-patcher',
    nodes: 1000,
    concurrency: 10,
    makespanRatio: 1.05,
    transitionsPerNode: 2,
    apiCallsPerNode: 5,
    throttledShare: 0.125,
    lambdaMsPerNode: 600,
    dollarsPerNode: 0.0001,
    payloadBytesMax: 17_000,
    historyEventsMax: 4000,
    promises,
    ...different,
  };
}

const broken = { ...promises, closedAccount: false };
const rows = [
  row({}),
  row({ design: 'per-server', dollarsPerNode: 0.004, apiCallsPerNode: 50, promises: broken }),
  row({ design: 'automation', nodes: 100, dollarsPerNode: 0 }),
  row({ concurrency: 50, makespanRatio: 7.77 }),
];

describe('the charts', () => {
  const charts = drawCharts(rows, 10);

  test('are one for dollars, time and calls, of the rows at one concurrency', () => {
    expect([...charts.keys()]).toEqual(['dollars.svg', 'makespan.svg', 'calls.svg']);
    expect(charts.get('makespan.svg')).toContain('1.05');
    expect(charts.get('makespan.svg')).not.toContain('7.77');
  });

  test('show a bar a design, longer for more, on a logarithmic scale that bears nothing at all', () => {
    const widths = [...(charts.get('dollars.svg') ?? '').matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(
      ([, width]) => Number(width),
    );

    expect(widths).toHaveLength(3);
    const [ours = 0, perServer = 0, nothing = 0] = widths;
    expect(perServer).toBeGreaterThan(ours);
    expect(nothing).toBe(2);
  });

  test('have colours for light and for dark', () => {
    expect(charts.get('calls.svg')).toContain('@media (prefers-color-scheme: dark)');
  });
});

describe('the tables', () => {
  test('show a line a row with its promises counted', () => {
    const [head, ours, perServer] = resultsTable(rows).split('\n');

    expect(head).toMatch(/^design +nodes +at once +time\/bound/);
    expect(ours).toMatch(/^fleet-patcher +1,000 +10 % +1\.05 .* 12\.5 % .* 14\/14$/);
    expect(perServer).toMatch(/4\.00 .* 13\/14$/);
  });

  test('say of a promise whether all rows of a design keep it, or how many', () => {
    const table = promisesTable([...rows, row({ design: 'automation', promises: broken })]);

    expect(table).toMatch(/closedAccount +yes +no +1 of 2/);
    expect(table).toMatch(/oneSnapshot +yes +yes +yes/);
  });
});
