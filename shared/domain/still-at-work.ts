import type { RunSummary } from './account.ts';
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
  { unheard, endedAt }: Pick<RunSummary, 'unheard' | 'endedAt'>,
  settings: Pick<RunSettings, 'hooks' | 'patch'>,
): AtWork[] {
  return unheard.map(({ nodeId, scope, step: { step, commandId, startedAt } }) => {
    const closedAt = Date.parse(endedAt);
    const sentAt = commandId === null ? closedAt + stragglerMilliseconds : Date.parse(startedAt);
    return { nodeId, place: scope, until: sentAt + commandMilliseconds(step, settings) + grace };
  });
}

function commandMilliseconds(step: Step, { hooks, patch }: Pick<RunSettings, 'hooks' | 'patch'>): number {
  const isHook = step === 'preHook' || step === 'postHook';
  return (patch.deliveryTimeoutSeconds + (isHook ? hooks : patch).timeoutSeconds) * 1000;
}
