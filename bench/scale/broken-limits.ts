import { awsLimits } from '../../local/stepfunctions/execution-account.ts';
import type { HandlerMeasured } from './handlers.ts';
import type { Measured, ScaleRun } from './play.ts';
import { memoryLimitMb } from './replay.ts';

const dollarsRatioAtMost = 1.1;
const throttledAtMost = 0.01;
const handlerSecondsAtMost = 60;

/** What of the run breaks a limit of AWS or of our own, in words; empty if nothing does. */
export function brokenLimits(measured: {
  readonly large: Pick<ScaleRun, 'measured' | 'record' | 'rehearsal'>;
  readonly small: Measured;
  readonly handlers: Readonly<Record<string, HandlerMeasured>>;
}): string[] {
  const { record, rehearsal } = measured.large;
  const { dollarsPerNode, nodes, throttledShare, payloadBytesMax, historyEventsMax } =
    measured.large.measured;
  const ended = Object.values(record.outcomes).reduce((sum, count) => sum + count, 0);
  const ids = new Set(record.nodes.map(({ nodeId }) => nodeId));
  const refused = Object.entries(rehearsal.lambda).filter(([, usage]) => usage.refused > 0);
  return [
    ...unless(record.status === 'Succeeded', `the run is ${record.status}: ${record.reason}`),
    ...unless(ended === record.nodesInScope, `${ended} outcomes of ${record.nodesInScope} nodes`),
    ...unless(ids.size === record.nodes.length, `${record.nodes.length - ids.size} nodes are there twice`),
    ...unless(record.outcomes.Unknown === undefined, `${record.outcomes.Unknown} nodes are Unknown`),
    ...unless(payloadBytesMax <= awsLimits.payloadBytes, `a payload of ${payloadBytesMax} bytes`),
    ...unless(historyEventsMax < awsLimits.historyEvents, `a history of ${historyEventsMax} events`),
    ...unless(throttledShare < throttledAtMost, `${throttledShare} of all calls were throttled`),
    // A fleet that is smaller than the small one costs more a node: a batch costs its polls whatever its size.
    ...unless(
      nodes < measured.small.nodes || dollarsPerNode <= dollarsRatioAtMost * measured.small.dollarsPerNode,
      `a node costs ${dollarsPerNode} dollars, and ${measured.small.dollarsPerNode} in a fleet of 1,000`,
    ),
    ...refused.map(
      ([name, usage]) => `${usage.refused} invocations of ${name} were refused by its concurrency`,
    ),
    ...Object.entries(measured.handlers).flatMap(([name, { maxSeconds, maxMemoryMb }]) => [
      ...unless(maxSeconds <= handlerSecondsAtMost, `${name} took ${maxSeconds} s`),
      ...unless(maxMemoryMb < memoryLimitMb, `${name} needed ${maxMemoryMb} MB`),
    ]),
  ];
}

function unless(isKept: boolean, problem: string): string[] {
  return isKept ? [] : [problem];
}
