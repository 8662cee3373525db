import * as z from 'zod';

/** The one word with which a node ends a run. The README's glossary explains each. */
export const outcomes = [
  'Patched',
  'AlreadyCompliant',
  'PatchedPendingReboot',
  'Scanned',
  'WouldPatch',
  'NonCompliant',
  'PreHookFailed',
  'PatchFailed',
  'PostHookFailed',
  'TimedOut',
  'Unreachable',
  'LostAfterReboot',
  'NotReached',
  'OptedOut',
  'Unmanaged',
  'Stopped',
  'Unknown',
] as const;

export const outcomeSchema = z.enum(outcomes);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What an outcome means for the run that it happened in. */
export type OutcomeClass = 'achieved' | 'error' | 'leftAlone';

/**
 * `error` spends the wave's error budget. `Unreachable` does, unlike in Run Command, where nodes that were never
 * delivered to do not count to MaxErrors: a wave that is offline has to stop by itself.
 */
export function classOf(outcome: Outcome): OutcomeClass {
  switch (outcome) {
    case 'Patched':
    case 'AlreadyCompliant':
    case 'PatchedPendingReboot':
    case 'Scanned':
    case 'WouldPatch':
      return 'achieved';
    case 'NonCompliant':
    case 'PreHookFailed':
    case 'PatchFailed':
    case 'PostHookFailed':
    case 'TimedOut':
    case 'Unreachable':
    case 'LostAfterReboot':
    case 'Unknown':
      return 'error';
    case 'NotReached':
    case 'OptedOut':
    case 'Unmanaged':
    case 'Stopped':
      return 'leftAlone';
  }
}
