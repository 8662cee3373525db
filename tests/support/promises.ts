import {
  hooksAreRunOnce,
  leftOutIsUntouched,
  onePatchAtATime,
  patchOnlyAfterPreHook,
  postHookFollows,
  successIsReal,
} from './node-promises.ts';
import { caseOf } from './promised-run.ts';
import type { Played } from './rehearsal-builders.ts';
import {
  accountIsClosed,
  concurrencyIsKept,
  limitsAreFar,
  nobodyStartsTooLate,
  nothingStartsAfterAHalt,
  oneSnapshot,
  statusIsTold,
} from './run-promises.ts';

const promises = [
  accountIsClosed,
  leftOutIsUntouched,
  patchOnlyAfterPreHook,
  hooksAreRunOnce,
  postHookFollows,
  onePatchAtATime,
  concurrencyIsKept,
  nothingStartsAfterAHalt,
  nobodyStartsTooLate,
  oneSnapshot,
  successIsReal,
  statusIsTold,
  limitsAreFar,
];

/** Every promise about a whole run that this one broke, a sentence each. Empty for a run that kept them all. */
export function brokenPromises(played: Played): string[] {
  const { record } = played;
  if (!record) return ['the run left no record'];
  const run = caseOf(played, record);
  return promises.flatMap((broken) => broken(run));
}
