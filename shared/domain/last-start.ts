import { deadlineOf, type NodeState, type RunSettings } from './batch.ts';
import type { Step } from './step.ts';

type Settings = Pick<RunSettings, 'deadline' | 'startedAt' | 'cutoffSeconds' | 'operation'>;

/** Until when a node may begin its run: the cutoff is kept, and the whole of it has to fit. Epoch milliseconds. */
export function lastStartOfNode(node: Pick<NodeState, 'expected'>, settings: Settings): number {
  return deadlineOf(settings) - Math.max(settings.cutoffSeconds, node.expected.total) * 1000;
}

/** Until when a node whose pre-hook has succeeded may be patched. Epoch milliseconds. */
export function lastPatchOfNode(node: Pick<NodeState, 'expected'>, settings: Settings): number {
  return deadlineOf(settings) - node.expected.patch * 1000;
}

/**
 * Until when a step may be sent to a node; null for what has to go out whatever the time. A command can be held back
 * for an hour by the retries of the state that sends it. Epoch milliseconds.
 */
export function lastSendOf(step: Step, node: Pick<NodeState, 'expected'>, settings: Settings): number | null {
  switch (step) {
    case 'preHook':
      return lastStartOfNode(node, settings);
    case 'patch':
      return settings.operation === 'Scan'
        ? lastStartOfNode(node, settings)
        : lastPatchOfNode(node, settings);
    case 'postHook':
    case 'verify':
      return null;
  }
}
