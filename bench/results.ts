import type { DesignName } from './designs/designs.ts';
import type { Setup } from './designs/setup.ts';
import type { DesignRun } from './evidence.ts';
import { policyOf } from './fleet.ts';
import { boundSeconds } from './lower-bound.ts';
import { dollarsOf } from './prices.ts';
import type { Promises } from './promises/promises.ts';

/** A row of `bench/results.json`. `concurrency` is in percent; everything a node is divided by `nodes`. */
export interface ResultRow {
  readonly design: DesignName;
  readonly nodes: number;
  readonly concurrency: number;
  readonly makespanRatio: number;
  readonly transitionsPerNode: number;
  readonly apiCallsPerNode: number;
  readonly throttledShare: number;
  readonly lambdaMsPerNode: number;
  readonly dollarsPerNode: number;
  readonly payloadBytesMax: number;
  readonly historyEventsMax: number;
  readonly promises: Promises;
}

/** `bench/results.json`. */
export interface Results {
  readonly seed: number;
  readonly results: readonly ResultRow[];
}

/** What was measured of one design, without its promises. */
export type Measured = Omit<ResultRow, 'promises'>;

export function measured(design: DesignName, setup: Setup, run: DesignRun): Measured {
  const { nodes, concurrencyPercent } = setup.plan;
  const { startedAt, endedAt } = run.evidence;
  const seconds = (endedAt - startedAt) / 1000;
  return {
    design,
    nodes,
    concurrency: concurrencyPercent,
    makespanRatio: rounded(seconds / boundSeconds(setup.targets, policyOf(setup.policies))),
    transitionsPerNode: rounded(run.consumption.stateTransitions / nodes),
    apiCallsPerNode: rounded(run.apiCalls / nodes),
    throttledShare: rounded(run.apiCalls === 0 ? 0 : run.throttledCalls / run.apiCalls),
    lambdaMsPerNode: rounded(run.lambdaMilliseconds / nodes),
    dollarsPerNode: rounded(dollarsOf(run.consumption) / nodes),
    payloadBytesMax: run.payloadBytesMax,
    historyEventsMax: run.historyEventsMax,
  };
}

/** Four significant digits: enough to compare by, and the same on every machine. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
