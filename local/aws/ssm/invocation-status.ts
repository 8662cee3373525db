/**
 * `StatusDetails` of an invocation, without spaces as on the wire, and the `Status` that goes with each.
 * User guide, Systems Manager, "Understanding command statuses"; Terminated's pair is not documented.
 */
export const invocationStatuses = {
  Pending: 'Pending',
  InProgress: 'InProgress',
  Delayed: 'Delayed',
  Cancelling: 'Cancelling',
  Success: 'Success',
  Failed: 'Failed',
  ExecutionTimedOut: 'TimedOut',
  DeliveryTimedOut: 'TimedOut',
  Cancelled: 'Cancelled',
  Terminated: 'Cancelled',
  Undeliverable: 'Failed',
  InvalidPlatform: 'Failed',
} as const;

/** One of the keys above. */
export type InvocationDetails = keyof typeof invocationStatuses;

/** Whether nothing can follow. */
export function isTerminal(details: InvocationDetails): boolean {
  return (
    details !== 'Pending' && details !== 'InProgress' && details !== 'Delayed' && details !== 'Cancelling'
  );
}
