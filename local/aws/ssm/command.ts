import type { InvocationDetails } from './invocation-status.ts';
import type { Command, Invocation } from './records.ts';

/** How many of the command's invocations are in the given state; O(1), whatever their number. */
export function countOf(command: Command, ...details: readonly InvocationDetails[]): number {
  return details.reduce((sum, each) => sum + (command.tally.get(each) ?? 0), 0);
}

/** Moves an invocation to another state. */
export function move(invocation: Invocation, details: InvocationDetails): void {
  const { tally } = invocation.command;
  tally.set(invocation.details, (tally.get(invocation.details) ?? 0) - 1);
  tally.set(details, (tally.get(details) ?? 0) + 1);
  invocation.details = details;
}

/** Whether no agent has it yet and it is still to be delivered. */
export function isUndelivered(invocation: Invocation): boolean {
  return invocation.details === 'Pending' || invocation.details === 'Delayed';
}
