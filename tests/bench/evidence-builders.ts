import type { Evidence } from '../../bench/evidence.ts';
import type { NodeExecution } from '../../local/aws/ssm/journal.ts';
import { node, nodeId } from '../local/aws/ssm/account-under-test.ts';

export const startsAt = Date.parse('2026-01-10T13:00:00Z');

/** A step on the n-th node: its minutes from and to, no end for a node that never answers again. */
export function step(
  index: number,
  name: string,
  what: {
    readonly from: number;
    readonly to?: number;
    readonly result?: NodeExecution['result'];
    readonly executed?: boolean;
  },
): NodeExecution {
  const { from, to, result = to === undefined ? 'InProgress' : 'Success', executed = true } = what;
  return {
    nodeId: nodeId(index),
    commandId: `command-${index}-${name}`,
    document: name,
    step: name,
    runId: undefined,
    startedAt: startsAt + from * 60_000,
    endedAt: to === undefined ? undefined : startsAt + to * 60_000,
    executed,
    isReported: to !== undefined,
    result,
  };
}

/** A node's whole life without trouble, begun at the minute. */
export function life(index: number, from = 0): NodeExecution[] {
  return [
    step(index, 'preHook', { from, to: from + 1 }),
    step(index, 'Install', { from: from + 1, to: from + 8 }),
    step(index, 'postHook', { from: from + 8, to: from + 9 }),
    step(index, 'Scan', { from: from + 9, to: from + 10 }),
  ];
}

interface Told {
  readonly executions: readonly NodeExecution[];
  /** Success, or not, by node; by default all that have ended. */
  readonly report?: Readonly<Record<number, boolean>>;
  readonly nodes?: number;
  readonly lacking?: readonly number[];
  readonly away?: readonly number[];
  readonly snapshotIds?: readonly string[];
  readonly rest?: Partial<Evidence>;
}

/** Evidence of a run over a few nodes, two at once, one error allowed. */
export function evidence(told: Told): Evidence {
  const { executions, nodes = 2, lacking = [], away = [] } = told;
  const indexes = Array.from({ length: nodes }, (_, index) => index);
  const report = told.report ?? Object.fromEntries(indexes.map((index) => [index, true]));
  const snapshotIds = told.snapshotIds ?? ['snapshot'];
  return {
    startedAt: startsAt,
    endedAt: startsAt + 3_600_000,
    concurrency: 2,
    maxErrors: 1,
    deadline: null,
    targets: indexes.map((index) => ({
      node: node(index),
      lacks: lacking.includes(index) ? 1 : 0,
      isThere: !away.includes(index),
    })),
    commands: snapshotIds.map((id) => ({
      commandId: id,
      accountId: '111122223333',
      region: 'us-east-1',
      documentName: 'AWS-RunPatchBaseline',
      comment: '',
      parameters: { SnapshotId: [id] },
      nodeIds: indexes.map((index) => nodeId(index)),
      at: startsAt,
    })),
    executions,
    report: Object.entries(report).map(([index, isSuccess]) => ({
      nodeId: nodeId(Number(index)),
      outcome: isSuccess ? 'Success' : 'Failed',
      isSuccess,
    })),
    summaries: 1,
    instances: 1,
    goneNodeIds: [],
    ...told.rest,
  };
}
