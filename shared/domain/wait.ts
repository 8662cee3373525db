import type { OpenCommand, Send } from './turn.ts';

/** A batch that waits looks at its deadline and its budget this often at the latest. */
const longestWaitSeconds = 120;
/** While nothing moves, polls become rarer up to this: a hook that hangs is not watched by the second. */
const longestQuietSeconds = 60;
const growth = 1.25;

/**
 * Seconds until the next poll: long while nothing can have finished, `pollSeconds` as soon as something can.
 * With nothing open there is nothing to wait for.
 */
export function waitSecondsFor(batch: {
  readonly open: readonly OpenCommand[];
  readonly sends: readonly Send[];
  readonly pollSeconds: number;
  readonly now: number;
}): number {
  const { open, sends, pollSeconds, now } = batch;
  const earliest = [
    ...open.map((command) => (command.earliestAt - now) / 1000),
    ...sends.map((send) => send.earliestSeconds),
  ];
  if (earliest.length === 0) return 1;
  return Math.ceil(Math.min(longestWaitSeconds, Math.max(pollSeconds, Math.min(...earliest))));
}

/** Seconds until the next poll after one that found nothing. */
export function quietWaitSeconds(pollSeconds: number, quietPolls: number): number {
  return Math.ceil(Math.max(pollSeconds, Math.min(longestQuietSeconds, pollSeconds * growth ** quietPolls)));
}
