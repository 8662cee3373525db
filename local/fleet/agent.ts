import { broken, type Delivery, type Execution, plainExecution } from './agent-execution.ts';
import { playHook } from './agent-hook.ts';
import { patchExitCodes, playPatch } from './agent-patch.ts';
import { playPatchWithHooks } from './agent-patch-with-hooks.ts';
import type { FleetNode } from './node.ts';

/** How often an agent reports: API reference, InstanceInformation `LastPingDateTime`. */
export const heartbeatMilliseconds = 5 * 60 * 1000;

/** How a node whose agent answers plays a command, from its fate and from what it has done before. */
export function play(delivery: Delivery): Execution {
  if (delivery.kind === 'patch') return playPatch(delivery);
  if (delivery.kind === 'patchWithHooks') return playPatchWithHooks(delivery);
  if (delivery.kind === 'hook') return playHook(delivery);
  const endedAt = delivery.at + 1000 + delivery.random.next() * 2000;
  return plainExecution(delivery, {
    step: delivery.documentName,
    endedAt,
    result: 'Success',
    responseCode: 0,
  });
}

/** A patch operation under way after another one came in: it fails too, and leaves nothing behind. */
export function collided(execution: Execution, at: number): Execution {
  const stderr = 'The patch operation lost its snapshot to another one.\n';
  return broken(execution, {
    endedAt: at + 2000,
    result: 'Failed',
    responseCode: patchExitCodes.collidesAsFirst,
    stderr,
  });
}

/**
 * An execution that was asked to stop: half of them do, the others finish, as CancelCommand promises nothing.
 * What is in its reboot can no longer be stopped.
 */
export function cancelled(
  execution: Execution,
  { at, chance }: { readonly at: number; readonly chance: number },
): Execution {
  const stopsAt = at + 2000;
  const isTooLate = stopsAt >= Math.min(execution.endedAt, execution.away?.from ?? Number.POSITIVE_INFINITY);
  if (isTooLate || chance >= 0.5) return execution;
  return broken(execution, { endedAt: stopsAt, result: 'Cancelled', responseCode: -1, stderr: '' });
}

/** Whether a node's agent keeps contact until a command comes, going by its state and its fate alone. */
export function isReachable(node: FleetNode): boolean {
  return (
    node.fate.agent !== 'offline' && (node.instanceState === 'running' || node.instanceState === 'pending')
  );
}

/** Whether it also takes the commands that come. */
export function isAnswering(node: FleetNode): boolean {
  return isReachable(node) && node.fate.agent === 'online';
}

/** Time of the last heartbeat at or before `until`, for an agent that beats at its own phase since `since`. */
export function lastHeartbeat(beat: {
  readonly phase: number;
  readonly since: number;
  readonly until: number;
}): number {
  const beats = Math.floor((beat.until - beat.phase) / heartbeatMilliseconds);
  return Math.max(beat.since, beats * heartbeatMilliseconds + beat.phase);
}
