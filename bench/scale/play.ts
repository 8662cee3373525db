import { functions } from '../../infra/functions.ts';
import type { EmbeddedAws } from '../../local/aws/embedded-aws.ts';
import { type Clock, VirtualClock } from '../../local/clock.ts';
import { type Rehearsal, rehearse } from '../../local/rehearsal.ts';
import type { RunRecord } from '../../shared/domain/account.ts';
import { Capture } from './capture.ts';
import { dollarsOf } from './dollars.ts';
import { policyName, type Scenario } from './fleet.ts';

/** The opening of the policy's window. */
const startsAt = Date.parse('2026-01-10T13:00:00Z');

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
  const { calls, lambda } = rehearsal;
  const { usage } = record;
  const nodes = record.nodesInScope;
  const all = sum(calls.calls);
  const lambdaGigabyteSeconds = functions.reduce(
    (total, { name, memoryMegabytes }) =>
      total + ((lambda[name]?.billedMilliseconds ?? 0) / 1000) * (memoryMegabytes / 1024),
    0,
  );
  const { stateTransitions, lambdaInvocations, payloadBytesMax, historyEventsMax } = usage;
  const used = { stateTransitions, lambdaInvocations, lambdaGigabyteSeconds, calls: calls.calls };
  return {
    nodes,
    accounts,
    makespanRatio: record.makespanSeconds / record.lowerBoundSeconds,
    transitionsPerNode: stateTransitions / nodes,
    apiCallsPerNode: all / nodes,
    throttledShare: sum(calls.throttled) / all,
    dollarsPerNode: dollarsOf(used) / nodes,
    payloadBytesMax,
    historyEventsMax,
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}
