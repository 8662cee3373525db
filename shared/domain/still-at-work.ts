import type { RunRecord } from './account.ts';
import type { RunSettings } from './batch.ts';
import type { Place } from './run-lock.ts';
import type { Step } from './step.ts';

/** A node that something may still be done to, and until when at the latest. Epoch milliseconds. */
export interface AtWork {
  readonly nodeId: string;
  readonly place: Place;
  readonly until: number;
}

/** A function that was invoked just before the end may send for two minutes more. */
export const stragglerMilliseconds = 130_000;
/** How long a terminal status may come after SSM's own expiry. */
const grace = 120_000;

/**
 * The nodes of a run that is over whose step was never heard of to end: its batch died, or its execution was stopped.
 * SSM gives a command up when its delivery and its execution have timed out; one whose id nobody knows may have been
 * sent until the account was closed, or a moment later.
 */
export function stillAtWork(
  record: Pick<RunRecord, 'nodes' | 'endedAt'>,
  settings: Pick<RunSettings, 'hooks' | 'patch'>,
): AtWork[] {
  return record.nodes.flatMap(({ nodeId, scope, steps }) => {
    const last = steps.at(-1);
    if (last?.status !== 'InProgress') return [];
    const closedAt = Date.parse(record.endedAt);
    const sentAt = last.commandId === null ? closedAt + stragglerMilliseconds : Date.parse(last.startedAt);
    return [{ nodeId, place: scope, until: sentAt + commandMilliseconds(last.step, settings) + grace }];
  });
}

function commandMilliseconds(step: Step, { hooks, patch }: Pick<RunSettings, 'hooks' | 'patch'>): number {
  const isHook = step === 'preHook' || step === 'postHook';
  return (patch.deliveryTimeoutSeconds + (isHook ? hooks : patch).timeoutSeconds) * 1000;
}
