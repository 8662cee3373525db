import type { Played } from '../play.ts';
import { nothingFailsByItself } from './failing.ts';
import { nothingStaysLocked } from './lock-promises.ts';
import {
  hooksAreRunOnce,
  leftOutIsUntouched,
  onePatchAtATime,
  patchOnlyAfterPreHook,
  postHookFollows,
  successIsReal,
} from './node-promises.ts';
import { type Case, caseOf, ownWork } from './promised-run.ts';
import {
  accountIsClosed,
  concurrencyIsKept,
  limitsAreFar,
  nobodyStartsTooLate,
  nothingStartsAfterAHalt,
  oneSnapshot,
  wavesAreKept,
} from './run-promises.ts';
import { oneRunANode, runsOf } from './runs-together.ts';
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
  'waves kept': wavesAreKept,
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
  'nothing stays locked': nothingStaysLocked,
};

/** What is said of all runs in an account together. */
const promisesOfAll: Readonly<Record<string, (played: Played) => string[]>> = {
  'no limit of AWS is broken': noLimitIsBroken,
  'one patch operation at a time': ({ aws }) => onePatchAtATime(aws.ssm.journal),
  'one run a node': oneRunANode,
  'nothing fails by itself': nothingFailsByItself,
};

export const promiseNames: readonly string[] = [
  'a record is left',
  ...Object.keys(promises),
  ...Object.keys(promisesOfAll),
];

/** Every promise that these runs broke, a sentence each. Empty if they kept them all. */
export function brokenPromises(played: Played): string[] {
  const ofEach = runsOf(played).flatMap((run) => [
    ...recordIsLeft(run),
    ...(run.record ? brokenIn(caseOf(run, run.record)) : hooksAreRunOnce(ownWork(run))),
  ]);
  return [...ofEach, ...Object.values(promisesOfAll).flatMap((broken) => broken(played))];
}

function brokenIn(run: Case): string[] {
  return Object.values(promises).flatMap((broken) => broken(run));
}
