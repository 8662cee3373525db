import type { Evidence } from '../evidence.ts';
import {
  closesTheAccount,
  dropsNoUnknown,
  meansItsSuccess,
  sendsOneSummary,
  survivesThrottling,
} from './account.ts';
import { isolatesBadNodes, paysPostHooks, runsHooksOnce, sparesFailedPreHooks } from './hooks.ts';
import {
  haltsOnErrors,
  keepsTheConcurrency,
  patchesFromOneSnapshot,
  respectsTheWindow,
  slides,
} from './rollout.ts';

/** Small runs in each of which one thing goes wrong: what a row of the benchmark does not try by itself. */
export interface Trials {
  readonly lostReplies: Evidence;
  readonly throttling: Evidence;
  readonly goneNodes: Evidence;
  readonly silentNodes: Evidence;
  readonly stubbornPatches: Evidence;
  readonly failingHooks: Evidence;
  readonly errorBudget: Evidence;
  readonly deadline: Evidence;
}

/** What a row's own run shows. */
export interface RowPromises {
  readonly closedAccount: boolean;
  readonly unknownIsReported: boolean;
  readonly successIsReal: boolean;
  readonly oneMessageARun: boolean;
  readonly postHookAfterEveryPreHook: boolean;
  readonly slidingWindow: boolean;
  readonly concurrencyBound: boolean;
  readonly oneSnapshot: boolean;
}

/** What a design keeps, by name. Everything is judged from what happened and from what the design reports. */
export interface Promises extends RowPromises {
  readonly failedPreHookIsNotPatched: boolean;
  readonly hooksOnceUnderLostReplies: boolean;
  readonly badNodeHarmsNoOther: boolean;
  readonly throttlingFailsNobody: boolean;
  readonly windowEndRespected: boolean;
  readonly errorBudgetHalts: boolean;
}

export function rowPromisesOf(row: Evidence): RowPromises {
  return {
    closedAccount: closesTheAccount(row),
    unknownIsReported: dropsNoUnknown(row),
    successIsReal: meansItsSuccess(row),
    oneMessageARun: sendsOneSummary(row),
    postHookAfterEveryPreHook: paysPostHooks(row),
    slidingWindow: slides(row),
    concurrencyBound: keepsTheConcurrency(row),
    oneSnapshot: patchesFromOneSnapshot(row),
  };
}

/** Of the promises that a row shows as well, the trials ask the hard half. */
export function trialPromisesOf(trials: Trials): Promises {
  const { silentNodes, failingHooks, errorBudget } = trials;
  return {
    closedAccount: closesTheAccount(silentNodes),
    unknownIsReported: dropsNoUnknown(silentNodes),
    successIsReal: meansItsSuccess(trials.stubbornPatches),
    oneMessageARun: sendsOneSummary(failingHooks),
    failedPreHookIsNotPatched: sparesFailedPreHooks(failingHooks),
    postHookAfterEveryPreHook: [failingHooks, silentNodes].every(paysPostHooks),
    hooksOnceUnderLostReplies: runsHooksOnce(trials.lostReplies),
    badNodeHarmsNoOther: isolatesBadNodes(trials.goneNodes),
    throttlingFailsNobody: survivesThrottling(trials.throttling),
    slidingWindow: slides(failingHooks),
    concurrencyBound: keepsTheConcurrency(failingHooks),
    oneSnapshot: patchesFromOneSnapshot(failingHooks),
    windowEndRespected: respectsTheWindow(trials.deadline),
    errorBudgetHalts: haltsOnErrors(errorBudget, paysPostHooks(errorBudget)),
  };
}

/** A promise is kept where neither the row nor the trials broke it. */
export function bothKeep(row: RowPromises, trials: Promises): Promises {
  return {
    ...trials,
    closedAccount: row.closedAccount && trials.closedAccount,
    unknownIsReported: row.unknownIsReported && trials.unknownIsReported,
    successIsReal: row.successIsReal && trials.successIsReal,
    oneMessageARun: row.oneMessageARun && trials.oneMessageARun,
    postHookAfterEveryPreHook: row.postHookAfterEveryPreHook && trials.postHookAfterEveryPreHook,
    slidingWindow: row.slidingWindow && trials.slidingWindow,
    concurrencyBound: row.concurrencyBound && trials.concurrencyBound,
    oneSnapshot: row.oneSnapshot && trials.oneSnapshot,
  };
}
