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
  nobodyStartsTooLate,
  nothingStartsAfterAHalt,
  oneSnapshot,
} from './run-promises.ts';
import {
  badEndIsTold,
  endIsTrue,
  needOfAHandIsTold,
  noLimitIsBroken,
  recordIsLeft,
  runEndsByItself,
} from './telling-promises.ts';

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
  'nobody starts too late': nobodyStartsTooLate,
  'one SnapshotId': oneSnapshot,
  'success is real': successIsReal,
  'the end is true': endIsTrue,
  'a bad end is told': badEndIsTold,
  'a need of a hand is told': needOfAHandIsTold,
  'the run ends by itself': runEndsByItself,
  'limits are far': limitsAreFar,
};

/** What can be said of a run that left no record. */
const promisesWithoutRecord: Readonly<Record<string, (played: Played) => string[]>> = {
  'a record is left': recordIsLeft,
  'no limit of AWS is broken': noLimitIsBroken,
};

export const promiseNames: readonly string[] = [
  ...Object.keys(promisesWithoutRecord),
  ...Object.keys(promises),
];

/** Every promise about a whole run that this one broke, a sentence each. Empty for a run that kept them all. */
export function brokenPromises(played: Played): string[] {
  const { record } = played;
  const { executions } = played.aws.ssm.journal;
  const ofRecord = record
    ? brokenIn(caseOf(played, record))
    : [...hooksAreRunOnce({ executions }), ...onePatchAtATime({ executions })];
  return [...Object.values(promisesWithoutRecord).flatMap((broken) => broken(played)), ...ofRecord];
}

function brokenIn(run: Case): string[] {
  return Object.values(promises).flatMap((broken) => broken(run));
}
