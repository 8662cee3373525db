import type { BatchState, NodeState } from './batch.ts';
import { owesPostHook } from './node-life.ts';
import type { Urgent } from './turn.ts';

/** Pause after an urgent message of a batch, doubled with each: the tenth node that is lost needs no message of its own. */
const firstUrgentPause = 5 * 60_000;
const longestUrgentPause = 4 * 3_600_000;

/** Entries of one urgent message; all of them are in run.json. */
const urgentPerMessage = 25;

/** Milliseconds that a batch waits after its last urgent message. */
export function urgentPause(state: BatchState): number {
  return Math.min(longestUrgentPause, firstUrgentPause * 2 ** Math.max(0, state.urgentMessages - 1));
}

/** The payload has a limit, and so has the patience of a person who is woken. */
export function shortened(urgent: readonly Urgent[]): readonly Urgent[] {
  const rest = urgent.length - urgentPerMessage;
  if (rest <= 0) return urgent;
  return [
    ...urgent.slice(0, urgentPerMessage),
    { nodeId: null, what: `${rest} more`, reason: 'see run.json' },
  ];
}

/** What a person must hear of at once: a halt, a node that did not come back, a service that may still be down. */
export function urgentOf(before: BatchState, nodes: readonly NodeState[], halt: string | null): Urgent[] {
  const halted: Urgent[] =
    halt !== null && before.halt === null ? [{ nodeId: null, what: 'Halted', reason: halt }] : [];
  const ended = nodes.flatMap((node, index): Urgent[] => {
    const isNew = before.nodes[index]?.outcome === null;
    const needsHand =
      node.outcome === 'LostAfterReboot' || node.outcome === 'PostHookFailed' || owesPostHook(node);
    return isNew && needsHand && node.outcome !== null
      ? [{ nodeId: node.nodeId, what: node.outcome, reason: node.reason }]
      : [];
  });
  return [...halted, ...ended];
}
