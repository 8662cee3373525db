import type { Played } from '../play.ts';
import {
  hooksAreRunOnce,
  leftOutIsUntouched,
  onePatchAtATime,
  patchOnlyAfterPreHook,
  postHookFollows,
  successIsReal,
} from './node-promises.ts';
import { type Case, caseOf } from './promised-run.ts';
import {
  accountIsClosed,
  concurrencyIsKept,
  limitsAreFar,
  nothingStartsAfterAHalt,
  oneSnapshot,
  statusIsTold,
} from './run-promises.ts';

/** By the names that a summary tells. */
const promises: Readonly<Record<string, (run: Case) => string[]>> = {
  'one outcome a node': accountIsClosed,
  'left out is untouched': leftOutIsUntouched,
  'no patch before its pre-hook': patchOnlyAfterPreHook,
  'hooks exactly once': hooksAreRunOnce,
  'owed post-hooks': postHookFollows,
  'one patch operation at a time': onePatchAtATime,
  'concurrency kept': concurrencyIsKept,
  'nothing starts after a halt': nothingStartsAfterAHalt,
  'one SnapshotId': oneSnapshot,
  'success is real': successIsReal,
  'told of what did not end well': statusIsTold,
  'limits are far': limitsAreFar,
};

export const promiseNames: readonly string[] = Object.keys(promises);

/** Every promise about a whole run that this one broke, a sentence each. Empty for a run that kept them all. */
export function brokenPromises(played: Played): string[] {
  const { record } = played;
  if (!record) return ['the run left no record'];
  const run = caseOf(played, record);
  return Object.values(promises).flatMap((broken) => broken(run));
}
