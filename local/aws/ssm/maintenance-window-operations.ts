import { AwsError } from '../service.ts';
import type { SsmCall, SsmOperation } from './context.ts';
import {
  type MaintenanceWindow,
  type Opening,
  openingEnd,
  openingStatus,
  type WindowExecution,
} from './maintenance-window.ts';
import { Members } from './members.ts';
import { pageOf } from './page.ts';
import { patchPageRange, uuidPattern } from './rules.ts';
import { wireTime } from './wire.ts';

const windowIdRule = { min: 20, max: 20, pattern: '^mw-[0-9a-f]{17}$' } as const;
const executionIdRule = { min: 36, max: 36, pattern: uuidPattern } as const;

/** DescribeMaintenanceWindows: the account's windows, by whole names where that is asked for. */
export const describeMaintenanceWindows: SsmOperation = (input, call) => {
  const members = new Members(input);
  const filters = members.structures('Filters', { min: 0, max: 5, read: readWindowFilter }) ?? [];
  const size = members.integer('MaxResults', patchPageRange) ?? 50;
  const token = members.string('NextToken');
  members.finish();
  const { now, accountId, region } = call.caller;
  const query = ['DescribeMaintenanceWindows', accountId, region, filters];
  const page = pageOf(windowsOf(call), {
    paging: { query, token },
    size,
    from: 'oldest',
    passes: ({ name }) => filters.every(({ key, values }) => values.includes(key === 'Name' ? name : 'true')),
  });
  return { WindowIdentities: page.rows.map((window) => identityOf(window, now)), NextToken: page.token };
};

/** Every window of the fleet is enabled. */
function readWindowFilter(members: Members): { readonly key: string; readonly values: readonly string[] } {
  const key = members.string('Key', { min: 1, max: 128 }) ?? '';
  const values = members.strings('Values', { member: { min: 1, max: 256 } }) ?? [];
  if (key === 'Name' || key === 'Enabled') return { key, values };
  throw new AwsError('ValidationException', `Filter key ${key} is not one of: Name, Enabled.`);
}

/** What both listings of a window tell of it. NextExecutionTime is the next opening, never the one under way. */
function identityOf(window: MaintenanceWindow, now: number): Readonly<Record<string, unknown>> {
  const upcoming = window.executions.map(({ startsAt }) => startsAt).filter((at) => at > now);
  return {
    WindowId: window.windowId,
    Name: window.name,
    Schedule: window.schedule,
    ...(window.scheduleTimezone === undefined ? {} : { ScheduleTimezone: window.scheduleTimezone }),
    ...(upcoming.length === 0 ? {} : { NextExecutionTime: new Date(Math.min(...upcoming)).toISOString() }),
    Duration: window.durationHours,
    Cutoff: window.cutoffHours,
    Enabled: true,
  };
}

/** GetMaintenanceWindow. */
export const getMaintenanceWindow: SsmOperation = (input, call) => {
  const members = new Members(input);
  const windowId = members.requiredString('WindowId', windowIdRule);
  members.finish();
  const window = windowOf(call, windowId);
  return { ...identityOf(window, call.caller.now), AllowUnassociatedTargets: false };
};

/** GetMaintenanceWindowExecution: its start, and neither its window's id nor its end while it runs. */
export const getMaintenanceWindowExecution: SsmOperation = (input, call) => {
  const members = new Members(input);
  const executionId = members.requiredString('WindowExecutionId', executionIdRule);
  members.finish();
  const { now } = call.caller;
  for (const window of windowsOf(call)) {
    const execution = openings(window, now).find(
      ({ windowExecutionId }) => windowExecutionId === executionId,
    );
    if (execution) return { ...executionRow({ window, execution }, now), TaskIds: [] };
  }
  throw new AwsError('DoesNotExistException', `Maintenance window execution ${executionId} does not exist.`);
};

/** DescribeMaintenanceWindowExecutions: the window's openings so far, newest first. */
export const describeMaintenanceWindowExecutions: SsmOperation = (input, call) => {
  const members = new Members(input);
  const windowId = members.requiredString('WindowId', windowIdRule);
  const filters = members.structures('Filters', { min: 0, max: 5, read: readFilter }) ?? [];
  const size = members.integer('MaxResults', patchPageRange) ?? 50;
  const token = members.string('NextToken');
  members.finish();
  const { now, accountId, region } = call.caller;
  const window = windowOf(call, windowId);
  const query = ['DescribeMaintenanceWindowExecutions', accountId, region, windowId, filters];
  const page = pageOf(openings(window, now), {
    paging: { query, token },
    size,
    from: 'newest',
    passes: ({ startsAt }) =>
      filters.every(({ key, time }) => (key === 'ExecutedAfter') === startsAt >= time),
  });
  const rows = page.rows.map((execution) => ({
    WindowId: windowId,
    ...executionRow({ window, execution }, now),
  }));
  return { WindowExecutions: rows, NextToken: page.token };
};

function readFilter(members: Members): { readonly key: string; readonly time: number } {
  const key = members.string('Key', { min: 1, max: 128 }) ?? '';
  const [value = ''] = members.strings('Values', { member: { min: 1, max: 256 } }) ?? [];
  const time = Date.parse(value);
  if (['ExecutedAfter', 'ExecutedBefore'].includes(key) && Number.isFinite(time)) return { key, time };
  throw new AwsError(
    'ValidationException',
    `Filter ${key} ${value} is not ExecutedAfter or ExecutedBefore with a time.`,
  );
}

function windowsOf({ context, caller }: SsmCall): readonly MaintenanceWindow[] {
  const windows = [...context.windows.values()];
  return windows.filter(
    ({ accountId, region }) => accountId === caller.accountId && region === caller.region,
  );
}

function windowOf(call: SsmCall, windowId: string): MaintenanceWindow {
  const window = windowsOf(call).find((each) => each.windowId === windowId);
  if (window) return window;
  throw new AwsError('DoesNotExistException', `Maintenance window ${windowId} does not exist.`);
}

function openings(window: MaintenanceWindow, now: number): readonly WindowExecution[] {
  return window.executions
    .filter(({ startsAt }) => startsAt <= now)
    .sort((one, other) => one.startsAt - other.startsAt);
}

function executionRow(opening: Opening, now: number): Readonly<Record<string, unknown>> {
  const { execution } = opening;
  const status = openingStatus(opening, now);
  const isOver = status !== 'IN_PROGRESS' && status !== 'PENDING' && status !== 'CANCELLING';
  return {
    WindowExecutionId: execution.windowExecutionId,
    Status: status,
    StartTime: wireTime(execution.startsAt),
    ...(isOver ? { EndTime: wireTime(Math.min(now, openingEnd(opening))) } : {}),
  };
}
