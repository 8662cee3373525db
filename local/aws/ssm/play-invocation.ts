import { play } from '../../fleet/agent.ts';
import type { Execution } from '../../fleet/agent-execution.ts';
import { random } from '../../random.ts';
import { isPatchKind, kindOf, platformsOf } from './document.ts';
import { stepTimeoutSeconds } from './parameters.ts';
import type { PatchBaselines } from './patch-baselines.ts';
import type { Invocation, NodeRecord } from './records.ts';
import type { Snapshots } from './snapshots.ts';

/** The circumstances in which an agent takes a command. `at` is epoch milliseconds. */
export interface Circumstances {
  readonly record: NodeRecord;
  readonly at: number;
  readonly isPatching: boolean;
  readonly seed: number;
  readonly snapshots: Snapshots;
  readonly baselines: PatchBaselines;
}

/** Gives the agent what it needs to know of a command, and gets how it plays it. */
export function playInvocation({ command, nodeId }: Invocation, circumstances: Circumstances): Execution {
  const { record, at, isPatching, seed, snapshots, baselines } = circumstances;
  const { document, parameters } = command;
  const { node, memory } = record;
  const kind = kindOf(document);
  const step = document.content.mainSteps.find((each) => platformsOf(each).includes(node.platformType));
  const snapshotId = isPatchKind(kind) ? parameters['SnapshotId']?.[0] || undefined : undefined;
  return play({
    node,
    memory,
    documentName: document.name,
    kind,
    parameters,
    timeoutSeconds: step ? stepTimeoutSeconds(step, parameters) : 0,
    at,
    baselineId: baselines.governing(node),
    isPatching,
    isSnapshotExpired: snapshots.isExpired(record, { snapshotId, at }),
    random: random(seed, 'agent', command.commandId, nodeId),
  });
}
