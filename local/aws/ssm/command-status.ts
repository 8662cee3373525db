import { countOf } from './command.ts';
import type { Command } from './records.ts';

/** A command's own words: user guide, Systems Manager, "Understanding command statuses". */
export interface CommandStatus {
  readonly status: 'Pending' | 'InProgress' | 'Cancelling' | 'Success' | 'Cancelled' | 'Failed' | 'TimedOut';
  readonly details: string;
}

/** The command's counts as ListCommands shows them: Undeliverable, Cancelled and Terminated have none of their own. */
export interface CommandCounts {
  readonly completed: number;
  readonly errors: number;
  readonly deliveryTimedOut: number;
}

/** Read from the tally: never a scan over the invocations. */
export function countsOf(command: Command): CommandCounts {
  const errors = countOf(command, 'Failed', 'ExecutionTimedOut');
  const deliveryTimedOut = countOf(command, 'DeliveryTimedOut');
  const others = countOf(command, 'Success', 'Cancelled', 'Terminated', 'Undeliverable', 'InvalidPlatform');
  return { completed: errors + deliveryTimedOut + others, errors, deliveryTimedOut };
}

/** What the command as a whole says. Its Success says little: see `finalStatus`. */
export function commandStatus(command: Command): CommandStatus {
  const { completed } = countsOf(command);
  if (completed === command.invocations.length) return finalStatus(command);
  if (command.isCancelling) return { status: 'Cancelling', details: 'Cancelling' };
  const hasStarted = completed > 0 || countOf(command, 'InProgress', 'Cancelling') > 0;
  const isDelayed = countOf(command, 'Delayed') > 0 && countOf(command, 'Pending', 'InProgress') === 0;
  const status = hasStarted ? 'InProgress' : 'Pending';
  return { status, details: isDelayed ? 'Delayed' : status };
}

/**
 * Lenient as AWS is: an empty match, errors under MaxErrors, and nodes that could not be reached at all beside one
 * that succeeded, are all Success.
 */
function finalStatus(command: Command): CommandStatus {
  const total = command.invocations.length;
  if (total === 0) return { status: 'Success', details: 'NoInstancesInTag' };
  if (command.isCancelling && countOf(command, 'Cancelled') > 0)
    return { status: 'Cancelled', details: 'Cancelled' };

  const threshold = Math.max(1, command.maxErrors);
  const executionTimedOut = countOf(command, 'ExecutionTimedOut');
  const failed = countOf(command, 'Failed');
  if (failed + executionTimedOut >= threshold) {
    if (failed >= executionTimedOut) return { status: 'Failed', details: 'Failed' };
    return { status: 'TimedOut', details: 'ExecutionTimedOut' };
  }
  const deliveryTimedOut = countOf(command, 'DeliveryTimedOut');
  if (deliveryTimedOut >= threshold) return { status: 'TimedOut', details: 'DeliveryTimedOut' };
  if (countOf(command, 'Undeliverable', 'InvalidPlatform') === total)
    return { status: 'Failed', details: 'Failed' };
  if (deliveryTimedOut + countOf(command, 'Cancelled', 'Terminated') > 0) {
    return { status: 'Failed', details: 'Incomplete' };
  }
  return { status: 'Success', details: 'Success' };
}
