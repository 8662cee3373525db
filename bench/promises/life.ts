import type { NodeExecution } from '../../local/aws/ssm/journal.ts';
import type { Evidence } from '../evidence.ts';

/** What happened on one node, oldest first: its hooks and patch operations, whatever document brought them. */
export interface NodeLife {
  readonly nodeId: string;
  readonly steps: readonly Readonly<NodeExecution>[];
  /** Epoch milliseconds: its first step's start, its last known end. */
  readonly from: number;
  readonly until: number;
  /** Something began on it and never ended: nobody will hear of it again. */
  readonly isSilent: boolean;
}

const steps = new Set(['preHook', 'Scan', 'Install', 'RebootAndReport', 'postHook']);

const lives = new WeakMap<Evidence, ReadonlyMap<string, NodeLife>>();

/** Every node on which something of the run happened. */
export function livesOf(evidence: Evidence): ReadonlyMap<string, NodeLife> {
  const known = lives.get(evidence);
  if (known) return known;
  const targets = new Set(evidence.targets.map(({ node }) => node.nodeId));
  const byNode = Map.groupBy(
    evidence.executions.filter(({ nodeId, step }) => targets.has(nodeId) && steps.has(step)),
    ({ nodeId }) => nodeId,
  );
  const made = new Map([...byNode].map(([nodeId, executions]) => [nodeId, lifeOf(nodeId, executions)]));
  lives.set(evidence, made);
  return made;
}

function lifeOf(nodeId: string, executions: readonly Readonly<NodeExecution>[]): NodeLife {
  const ordered = executions.toSorted((a, b) => a.startedAt - b.startedAt);
  const ends = ordered.map(({ startedAt, endedAt }) => endedAt ?? startedAt);
  return {
    nodeId,
    steps: ordered,
    from: ordered[0]?.startedAt ?? 0,
    until: Math.max(...ends),
    isSilent: ordered.some(({ endedAt }) => endedAt === undefined),
  };
}

/** The outcomes that the report gives a node: one, if its account is closed. */
export function reportsOf(evidence: Evidence): ReadonlyMap<string, readonly boolean[]> {
  const found = new Map<string, boolean[]>();
  for (const { nodeId, isSuccess } of evidence.report) {
    const successes = found.get(nodeId) ?? [];
    successes.push(isSuccess);
    found.set(nodeId, successes);
  }
  return found;
}
