import { AwsError } from '../service.ts';
import type { Members } from './members.ts';
import type { Command } from './records.ts';

/** One of `Filters` of ListCommands and ListCommandInvocations. */
export interface CommandFilter {
  readonly key: string;
  readonly value: string;
}

/** What both listings can be narrowed to. */
export interface CommandSelector {
  readonly commandId: string | undefined;
  readonly instanceId: string | undefined;
}

const keys = ['InvokedAfter', 'InvokedBefore', 'Status', 'ExecutionStage', 'DocumentName'] as const;

/** Reads `Filters` against their model: at most five, keys from AWS's list. */
export function readCommandFilters(members: Members): readonly CommandFilter[] {
  const read = (filter: Members): CommandFilter => ({
    key: filter.requiredString('key', { values: keys }),
    value: filter.requiredString('value', { min: 1, max: 128 }),
  });
  return members.structures('Filters', { min: 1, max: 5, read }) ?? [];
}

/** Values of the Status filter that both listings take (API reference, CommandFilter). */
const commonStatuses = [
  'Pending',
  'InProgress',
  'Success',
  'Cancelled',
  'Failed',
  'TimedOut',
  'AccessDenied',
  'DeliveryTimedOut',
  'ExecutionTimedOut',
] as const;

/** ListCommands' own. */
export const commandStatuses = [
  ...commonStatuses,
  'Incomplete',
  'NoInstancesInTag',
  'LimitExceeded',
] as const;

/** ListCommandInvocations' own. */
export const invocationFilterStatuses = [
  ...commonStatuses,
  'Delayed',
  'Undeliverable',
  'InvalidPlatform',
  'Terminated',
] as const;

/** Whether a Status filter's value is one of the listing's; `ValidationException` otherwise. */
export function assertStatuses(filters: readonly CommandFilter[], allowed: readonly string[]): void {
  const wrong = filters.find(({ key, value }) => key === 'Status' && !allowed.includes(value));
  if (wrong) {
    throw new AwsError('ValidationException', `Status ${wrong.value} is not one of: ${allowed.join(', ')}.`);
  }
}

/** Times of the filters InvokedAfter and InvokedBefore: epoch milliseconds, unbounded where absent. */
export interface InvokedRange {
  readonly after: number;
  readonly before: number;
}

/** Reads both bounds; `ValidationException` for what is no ISO time. */
export function invokedRange(filters: readonly CommandFilter[]): InvokedRange {
  const times = (key: string): number[] => filters.filter((filter) => filter.key === key).map(timeOf);
  return { after: Math.max(...times('InvokedAfter')), before: Math.min(...times('InvokedBefore')) };
}

/** Whether the command was requested within the range. */
export function isInvokedWithin(range: InvokedRange, { requestedAt }: Command): boolean {
  return requestedAt >= range.after && requestedAt <= range.before;
}

function timeOf({ key, value }: CommandFilter): number {
  const time = Date.parse(value);
  if (/^\d{4}-\d{2}-\d{2}T/.test(value) && Number.isFinite(time)) return time;
  throw new AwsError('ValidationException', `${key} ${value} is not a time such as 2026-11-22T00:00:00Z.`);
}
