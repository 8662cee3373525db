import { random } from '../random.ts';
import type { Operations } from './service.ts';

export interface RefusedNodesOptions {
  readonly operations: Operations;
  readonly seed: number;
  /** Probability per node. */
  readonly rate: number;
  /** Only these can be terminated: a SendCommand may name an id that never was. */
  readonly nodeIds: ReadonlySet<string>;
  terminate(nodeId: string): void;
}

/**
 * The fault `refused-node`: a node is terminated just before the first SendCommand that names it, as if somebody had
 * scaled in after the run was planned. Each node is drawn once, so a retry without it goes through.
 */
export function withRefusedNodes(options: RefusedNodesOptions): Operations {
  const { operations, seed, rate, nodeIds, terminate } = options;
  const send = operations['SendCommand'];
  if (!send || rate === 0) return operations;
  const drawn = new Set<string>();
  return {
    ...operations,
    SendCommand(input, caller) {
      for (const nodeId of nodeIdsOf(input)) {
        if (drawn.has(nodeId) || !nodeIds.has(nodeId)) continue;
        drawn.add(nodeId);
        if (random(seed, 'refused-node', nodeId).chance(rate)) terminate(nodeId);
      }
      return send(input, caller);
    },
  };
}

function nodeIdsOf({ InstanceIds }: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(InstanceIds) ? InstanceIds.filter((id) => typeof id === 'string') : [];
}
