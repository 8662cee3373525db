import { fleetFor, scopesFor, targetsOf } from '../../bench/fleet.ts';
import { runJob } from '../../bench/job.ts';
import { dollarsOf } from '../../bench/prices.ts';
import committed from '../../bench/results.json' with { type: 'json' };

const plan = { seed: 2, nodes: 30, concurrencyPercent: 20, maxErrorsPercent: 100 };

const designs = ['fleet-patcher', 'per-server', 'barrier', 'with-hooks', 'automation'];

describe('the committed results', () => {
  const rowOf = (design: string, nodes: number, concurrency: number) =>
    committed.results.find(
      (row) => row.design === design && row.nodes === nodes && row.concurrency === concurrency,
    );
  const sizes = [100, 1000, 10_000].flatMap((nodes) =>
    [5, 10, 50].map((percent) => [nodes, percent] as const),
  );

  test('have one row for each design, size and concurrency, each with the same members', () => {
    expect(Object.keys(committed)).toEqual(['seed', 'results']);
    expect(committed.results).toHaveLength(designs.length * sizes.length);
    for (const [nodes, concurrency] of sizes) {
      for (const design of designs) {
        expect(Object.keys(rowOf(design, nodes, concurrency) ?? {})).toEqual([
          'design',
          'nodes',
          'concurrency',
          'makespanRatio',
          'transitionsPerNode',
          'apiCallsPerNode',
          'throttledShare',
          'lambdaMsPerNode',
          'dollarsPerNode',
          'payloadBytesMax',
          'historyEventsMax',
          'promises',
        ]);
      }
    }
  });

  test('show ours within its bounds, and every promise kept', () => {
    const ours = committed.results.filter(({ design }) => design === 'fleet-patcher');
    expect(ours.flatMap(({ promises }) => Object.values(promises)).filter((isKept) => !isKept)).toEqual([]);
    expect(rowOf('fleet-patcher', 1000, 10)?.makespanRatio).toBeLessThanOrEqual(1.08);
    for (const concurrency of [5, 10, 50]) {
      const large = rowOf('fleet-patcher', 10_000, concurrency);
      expect(large?.transitionsPerNode).toBeLessThanOrEqual(1.5);
      expect(large?.apiCallsPerNode).toBeLessThanOrEqual(3);
      expect(large?.throttledShare).toBeLessThan(0.01);
      for (const nodes of [1000, 10_000]) {
        const theirs = rowOf('per-server', nodes, concurrency)?.dollarsPerNode ?? 0;
        expect(rowOf('fleet-patcher', nodes, concurrency)?.dollarsPerNode).toBeLessThanOrEqual(theirs / 30);
      }
    }
  });
});

describe('a row of the results', () => {
  test('has the members that the issue prescribes', async () => {
    const row = { kind: 'row', design: 'per-server', seed: 2, nodes: 30, concurrency: 20 } as const;

    const result = await runJob(row);

    expect(result).toMatchObject({
      measured: {
        design: 'per-server',
        nodes: 30,
        concurrency: 20,
        makespanRatio: expect.any(Number),
        transitionsPerNode: expect.any(Number),
        apiCallsPerNode: expect.any(Number),
        throttledShare: expect.any(Number),
        lambdaMsPerNode: expect.any(Number),
        dollarsPerNode: expect.any(Number),
        payloadBytesMax: expect.any(Number),
        historyEventsMax: expect.any(Number),
      },
    });
  });

  test.each(['per-server', 'barrier', 'with-hooks', 'automation'] as const)(
    'of %s is the same for the same seed, and another for another',
    async (design) => {
      const row = (seed: number) => runJob({ kind: 'row', design, seed, nodes: 30, concurrency: 20 });

      const [first, again, other] = [await row(2), await row(2), await row(3)];

      expect(again).toEqual(first);
      expect(other).not.toEqual(first);
    },
  );
});

describe("the benchmark's fleet", () => {
  test('has its patch group under one key, and nobody opted out by a second tag', () => {
    const targets = targetsOf(fleetFor(plan));

    expect(targets).toHaveLength(30);
    const keys = new Set(targets.flatMap(({ tags }) => Object.keys(tags)));
    expect(keys).toContain('PatchGroup');
    expect(keys).not.toContain('Patch Group');
    expect(keys).not.toContain('PatchOptOut');
  });

  test('lives in as many accounts as the quota of managed nodes asks for', () => {
    expect([100, 2000, 2001, 10_000].map((nodes) => scopesFor(nodes).length)).toEqual([1, 1, 2, 5]);
    const sizes = Map.groupBy(fleetFor({ ...plan, nodes: 10_000 }), ({ accountId }) => accountId);
    for (const [, nodes] of sizes) expect(nodes.length).toBeLessThanOrEqual(2400);
  });
});

describe('dollars', () => {
  test('are those of the published prices', () => {
    const nothing = {
      stateTransitions: 0,
      lambdaRequests: 0,
      lambdaGigabyteSeconds: 0,
      s3Writes: 0,
      s3Reads: 0,
      publishes: 0,
      automationSteps: 0,
    };

    expect(dollarsOf({ ...nothing, stateTransitions: 1000 })).toBeCloseTo(0.025, 9);
    expect(dollarsOf({ ...nothing, lambdaRequests: 1e6, lambdaGigabyteSeconds: 1000 })).toBeCloseTo(
      0.2133334,
      9,
    );
    expect(dollarsOf({ ...nothing, s3Writes: 1000, s3Reads: 1000, publishes: 1000 })).toBeCloseTo(0.0059, 9);
    expect(dollarsOf({ ...nothing, automationSteps: 5 })).toBeCloseTo(0.01, 9);
  });
});
