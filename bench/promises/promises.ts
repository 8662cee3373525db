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

/** The runs that a design is judged by: the row's own, and small ones in each of which one thing goes wrong. */
export interface Trials {
  readonly row: Evidence;
  readonly lostReplies: Evidence;
  readonly throttling: Evidence;
  readonly goneNodes: Evidence;
  readonly silentNodes: Evidence;
  readonly stubbornPatches: Evidence;
  readonly failingHooks: Evidence;
  readonly errorBudget: Evidence;
  readonly deadline: Evidence;
}

/** What a design keeps, by name. Everything is judged from what happened and from what the design reports. */
export interface Promises {
  readonly closedAccount: boolean;
  readonly unknownIsReported: boolean;
  readonly successIsReal: boolean;
  readonly oneMessageARun: boolean;
  readonly failedPreHookIsNotPatched: boolean;
  readonly postHookAfterEveryPreHook: boolean;
  readonly hooksOnceUnderLostReplies: boolean;
  readonly badNodeHarmsNoOther: boolean;
  readonly throttlingFailsNobody: boolean;
  readonly slidingWindow: boolean;
  readonly concurrencyBound: boolean;
  readonly oneSnapshot: boolean;
  readonly windowEndRespected: boolean;
  readonly errorBudgetHalts: boolean;
}

export function promisesOf(trials: Trials): Promises {
  const { row, silentNodes, failingHooks, errorBudget } = trials;
  const every = Object.values(trials);
  return {
    closedAccount: [row, silentNodes].every(closesTheAccount),
    unknownIsReported: [row, silentNodes].every(dropsNoUnknown),
    successIsReal: [row, trials.stubbornPatches].every(meansItsSuccess),
    oneMessageARun: sendsOneSummary(row),
    failedPreHookIsNotPatched: sparesFailedPreHooks(failingHooks),
    postHookAfterEveryPreHook: [row, failingHooks, silentNodes].every(paysPostHooks),
    hooksOnceUnderLostReplies: runsHooksOnce(trials.lostReplies),
    badNodeHarmsNoOther: isolatesBadNodes(trials.goneNodes),
    throttlingFailsNobody: survivesThrottling(trials.throttling),
    slidingWindow: slides(row),
    concurrencyBound: keepsTheConcurrency(row),
    oneSnapshot: every.every(patchesFromOneSnapshot),
    windowEndRespected: respectsTheWindow(trials.deadline),
    errorBudgetHalts: haltsOnErrors(errorBudget, paysPostHooks(errorBudget)),
  };
}
