import type { Policy } from '../shared/domain/policy.ts';

/** The history of an execution, which an inline Map shares. Source: Step Functions developer guide, "Service quotas". */
const historyEvents = 25_000;

/**
 * One look at one scope that fails, is tried again and fails for good: 2 of the Map's iteration, 2 of the Task's state,
 * 3 of each of its two attempts, 2 of the Pass after it. One that succeeds at once takes 7.
 */
const eventsOfFailedLook = 12;

/** The rest of the execution, its retries among it, is far below what this leaves. */
export const looksAtMost = 2_000;

/**
 * Why the clock's state machine cannot look at all scopes, with the arithmetic; empty if it can. Its list of scopes is
 * then below the 262,144 bytes of a payload as well: a look is named in less than 100.
 */
export function clockProblems(policies: readonly Policy[]): string[] {
  const looks = policies.map((policy) => policy.scopes?.length ?? 1).reduce((sum, each) => sum + each, 0);
  if (looks <= looksAtMost) return [];
  const events = looks * eventsOfFailedLook;
  return [
    `scopes: ${policies.length} policies have ${looks} scopes together; the clock looks at ${looksAtMost} an hour. ${looks} looks × ${eventsOfFailedLook} events, should all fail, are ${events} of the ${historyEvents} that an execution may have. Split the policies into two files, and deploy each as a service of its own with --param="policyFile=..." and another stage`,
  ];
}
