import type { Clock } from '../clock.ts';
import { random } from '../random.ts';
import type { Weather } from '../weather.ts';
import type { Operations } from './service.ts';

export interface VanishingNodesOptions {
  readonly operations: Operations;
  readonly clock: Clock;
  readonly seed: number;
  readonly weather: Weather;
  /** Only these can be terminated: a SendCommand may name an id that never was. */
  readonly nodeIds: ReadonlySet<string>;
  terminate(nodeId: string): void;
}

/** Long enough to strike a node before, while and after it plays a command. */
const latestMilliseconds = 20 * 60_000;

/**
 * The faults `refused-node` and `vanished-node`: a node is terminated just before the first SendCommand that names it,
 * as if somebody had scaled in after the run was planned, or within minutes of any of them.
 */
export function withVanishingNodes(options: VanishingNodesOptions): Operations {
  const { operations, clock, seed, weather, nodeIds } = options;
  const send = operations['SendCommand'];
  if (!send || !(weather.knows('refused-node') || weather.knows('vanished-node'))) return operations;
  const commandsOf = new Map<string, number>();
  const gone = new Set<string>();
  const terminate = (nodeId: string): void => {
    if (gone.has(nodeId)) return;
    gone.add(nodeId);
    options.terminate(nodeId);
  };
  return {
    ...operations,
    SendCommand(input, caller) {
      const { now } = caller;
      const named = namedNodes(input).filter((nodeId) => nodeIds.has(nodeId));
      for (const nodeId of named) {
        // Each node is drawn once, so a retry without it goes through.
        const isFirst = !commandsOf.has(nodeId);
        const draw = random(seed, 'refused-node', nodeId).next();
        if (isFirst && weather.strikesNow('refused-node', { now, draw })) terminate(nodeId);
        commandsOf.set(nodeId, (commandsOf.get(nodeId) ?? 0) + 1);
      }
      const answer = send(input, caller);
      for (const nodeId of named) {
        const stream = random(seed, 'vanished-node', nodeId, commandsOf.get(nodeId) ?? 0);
        if (gone.has(nodeId) || !weather.strikesNow('vanished-node', { now, draw: stream.next() })) continue;
        clock.setTimeout(() => terminate(nodeId), latestMilliseconds * stream.next() ** 2);
      }
      return answer;
    },
  };
}

/** The ids that a SendCommand names. */
export function namedNodes({ InstanceIds }: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(InstanceIds) ? InstanceIds.filter((id) => typeof id === 'string') : [];
}
