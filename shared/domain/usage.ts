import * as z from 'zod';

const count = z.number().int().nonnegative();

/** What a run has cost, as its handlers counted it themselves: attempts that died uncounted are missing. */
export const usageSchema = z.object({
  stateTransitions: count,
  /** The longest history of any one execution. */
  historyEventsMax: count,
  payloadBytesMax: count,
  /** Calls by `service:Operation`, every attempt. */
  apiCalls: z.record(z.string(), count),
  lambdaInvocations: count,
});
export type Usage = z.infer<typeof usageSchema>;

export const noUsage: Usage = {
  stateTransitions: 0,
  historyEventsMax: 0,
  payloadBytesMax: 0,
  apiCalls: {},
  lambdaInvocations: 0,
};

/** Adds up what adds up, and takes the largest of what is a maximum. */
export function sumOfUsage(parts: readonly Usage[]): Usage {
  const apiCalls: Record<string, number> = {};
  for (const part of parts) {
    for (const [operation, calls] of Object.entries(part.apiCalls)) {
      apiCalls[operation] = (apiCalls[operation] ?? 0) + calls;
    }
  }
  const sum = (pick: (usage: Usage) => number) => parts.reduce((total, part) => total + pick(part), 0);
  const largest = (pick: (usage: Usage) => number) =>
    parts.reduce((most, part) => Math.max(most, pick(part)), 0);
  return {
    stateTransitions: sum((usage) => usage.stateTransitions),
    historyEventsMax: largest((usage) => usage.historyEventsMax),
    payloadBytesMax: largest((usage) => usage.payloadBytesMax),
    apiCalls,
    lambdaInvocations: sum((usage) => usage.lambdaInvocations),
  };
}

/**
 * What passing through a state, with what leads to it and from it, costs in the definition of a batch: transitions
 * are billed, history events are limited. The definition's test measures the same. A Task is five events, any other
 * state two. Source: Step Functions developer guide, "Service quotas", and API HistoryEvent.
 */
export const passCost = {
  /** Wait, PollCommand, Choice. */
  poll: { transitions: 3, events: 9 },
  /** EvaluateResult, Choice. */
  evaluate: { transitions: 2, events: 7 },
  send: { transitions: 1, events: 5 },
  alert: { transitions: 1, events: 5 },
  /** Succeed, and the start and the end of the execution. */
  execution: { transitions: 1, events: 4 },
} as const;
