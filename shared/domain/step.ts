import * as z from 'zod';

/** The steps of a node's life, in their order. A Scan run consists of `patch` alone. */
export const steps = ['preHook', 'patch', 'postHook', 'verify'] as const;
export const stepSchema = z.enum(steps);
export type Step = z.infer<typeof stepSchema>;

/**
 * How a step ended, in the words that this product decides by:
 * `Undelivered` no answer from the node within SSM's timeouts; `ConnectionLost` given up by us, because the node
 * stopped pinging; `Refused` SSM did not accept the node, or the command as such; `Skipped` never sent, by our own decision;
 * `NoRecord` SSM took the command, and knows nothing of it any more.
 */
export const stepStatuses = [
  'Success',
  'Failed',
  'TimedOut',
  'Undelivered',
  'Cancelled',
  'ConnectionLost',
  'Refused',
  'Skipped',
  'NoRecord',
] as const;
export const stepStatusSchema = z.enum(stepStatuses);
export type StepStatus = z.infer<typeof stepStatusSchema>;

/**
 * Reads an invocation's `StatusDetails` (or `Status`); undefined while it is not terminal.
 * Spaces and the spelling `Canceled` come from SSM's events and prose. A word that nobody knows is no success.
 * Source: Systems Manager user guide, "Understanding command statuses".
 */
export function stepStatusOf(statusDetails: string): StepStatus | undefined {
  switch (statusDetails.replaceAll(' ', '')) {
    case 'Pending':
    case 'InProgress':
    case 'Delayed':
    case 'Cancelling':
      return undefined;
    case 'Success':
      return 'Success';
    case 'ExecutionTimedOut':
      return 'TimedOut';
    case 'DeliveryTimedOut':
    case 'Undeliverable':
    case 'TimedOut':
      return 'Undelivered';
    case 'Cancelled':
    case 'Canceled':
    case 'Terminated':
      return 'Cancelled';
    default:
      return 'Failed';
  }
}

/** True if the node itself has answered: it ran the step, whatever the result. */
export function hasAnswered(status: StepStatus | undefined): boolean {
  return status === 'Success' || status === 'Failed' || status === 'TimedOut';
}
