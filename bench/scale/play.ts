import type { EmbeddedAws } from '../../local/aws/embedded-aws.ts';
import { type Clock, VirtualClock } from '../../local/clock.ts';
import { type Rehearsal, rehearse } from '../../local/rehearsal.ts';
import type { RunRecord } from '../../shared/domain/account.ts';
import { usageOf } from '../designs/fleet-patcher.ts';
import { startsAt } from '../designs/setup.ts';
import { dollarsOf } from '../prices.ts';
import { Capture } from './capture.ts';
import { policyName, type Scenario } from './fleet.ts';

/** What a run of this size used, by node where that is what is compared. */
export interface Measured {
  readonly nodes: number;
  readonly accounts: number;
  readonly makespanRatio: number;
  readonly transitionsPerNode: number;
  readonly apiCallsPerNode: number;
  readonly throttledShare: number;
  readonly dollarsPerNode: number;
  readonly payloadBytesMax: number;
  readonly historyEventsMax: number;
}

export interface ScaleRun {
  readonly measured: Measured;
  readonly record: RunRecord;
  readonly rehearsal: Rehearsal;
  readonly capture: Capture;
  readonly clock: Clock;
  readonly aws: EmbeddedAws;
}

/** Patches the fleet with the real definition and the real bundles, in virtual time. */
export async function playScale(
  scenario: Scenario,
  options: { readonly seed: number; readonly onProgress: (seconds: number) => void },
): Promise<ScaleRun> {
  const clock = new VirtualClock(startsAt);
  const capture = new Capture();
  const watching = setInterval(() => options.onProgress((clock.now() - startsAt) / 1000), 30_000);
  const failures: string[] = [];
  try {
    const rehearsal = await rehearse({
      clock,
      seed: options.seed,
      nodes: scenario.fleet,
      policies: scenario.policies,
      name: `scale-seed-${options.seed}`,
      request: { policy: policyName },
      inWindow: false,
      onInvoke: capture.onInvoke,
      onLog: (name, line) => {
        if (failures.length < 3 && line.includes('"level":"ERROR"')) failures.push(`${name} ${line}`);
      },
      begin: async (aws, endpoint) => {
        capture.watch(aws);
        return endpoint;
      },
    });
    const { record, aws } = rehearsal;
    if (!record)
      throw new Error(`the run left no record: ${JSON.stringify(rehearsal.execution)} ${failures}`);
    const accounts = scenario.scopes.length;
    return { measured: measuredOf(rehearsal, record, accounts), record, rehearsal, capture, clock, aws };
  } finally {
    clearInterval(watching);
  }
}

function measuredOf(rehearsal: Rehearsal, record: RunRecord, accounts: number): Measured {
  const { apiCalls, consumption, historyEventsMax, payloadBytesMax, throttledCalls } = usageOf(rehearsal);
  const nodes = record.nodesInScope;
  return {
    nodes,
    accounts,
    makespanRatio: record.makespanSeconds / record.lowerBoundSeconds,
    transitionsPerNode: consumption.stateTransitions / nodes,
    apiCallsPerNode: apiCalls / nodes,
    throttledShare: throttledCalls / apiCalls,
    dollarsPerNode: dollarsOf(consumption) / nodes,
    payloadBytesMax,
    historyEventsMax,
  };
}
