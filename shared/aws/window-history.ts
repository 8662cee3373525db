import {
  DescribeMaintenanceWindowExecutionsCommand,
  DescribeMaintenanceWindowExecutionTasksCommand,
  paginateDescribeMaintenanceWindows,
} from '@aws-sdk/client-ssm';
import { momentOf } from '../domain/moment.ts';
import type { PastWindow, WindowExecution } from '../domain/window-check.ts';
import { countOf, rowsOf, textOf } from './answers.ts';
import { limited } from './page-limit.ts';
import type { Ssm } from './ssm-clients.ts';

const hour = 3_600_000;

/** A window as it was made, and when it opens next (ms); null if Systems Manager does not say. */
export interface NamedWindow extends Omit<PastWindow, 'executions'> {
  readonly schedule: string;
  readonly timeZone: string;
  readonly nextOpensAt: number | null;
}

/** The windows whose names begin so. Source: API DescribeMaintenanceWindows; its name filter knows whole names only. */
export async function windowsNamed(ssm: Ssm, prefix: string): Promise<NamedWindow[]> {
  const windows: NamedWindow[] = [];
  await ssm.pace();
  const pages = paginateDescribeMaintenanceWindows({ client: ssm.client, pageSize: 50 }, {});
  for await (const page of limited('ssm:DescribeMaintenanceWindows', pages, (each) => each.NextToken)) {
    for (const window of rowsOf('ssm:DescribeMaintenanceWindows', page.WindowIdentities)) {
      const windowId = textOf(window.WindowId);
      const name = textOf(window.Name);
      if (!windowId || !name?.startsWith(prefix)) continue;
      windows.push({
        windowId,
        name,
        isEnabled: window.Enabled !== false,
        durationMilliseconds: (countOf(window.Duration) ?? 0) * hour,
        schedule: textOf(window.Schedule) ?? '',
        timeZone: textOf(window.ScheduleTimezone) ?? '',
        nextOpensAt: momentOf(textOf(window.NextExecutionTime)),
      });
    }
    await ssm.pace();
  }
  return windows;
}

/**
 * A window's executions since a time (ms), each with the executions of its tasks; one that was skipped has none.
 * A page holds more than a window can open in the days that are looked at.
 * Source: APIs DescribeMaintenanceWindowExecutions, DescribeMaintenanceWindowExecutionTasks.
 */
export async function executionsSince(ssm: Ssm, windowId: string, since: number): Promise<WindowExecution[]> {
  await ssm.pace();
  const page = await ssm.client.send(
    new DescribeMaintenanceWindowExecutionsCommand({
      WindowId: windowId,
      Filters: [{ Key: 'ExecutedAfter', Values: [new Date(since).toISOString().replace(/\.\d+Z$/, 'Z')] }],
      MaxResults: 100,
    }),
  );
  const executions: WindowExecution[] = [];
  for (const { WindowExecutionId, StartTime } of rowsOf(
    'ssm:DescribeMaintenanceWindowExecutions',
    page.WindowExecutions,
  )) {
    const startedAt = momentOf(StartTime);
    if (!WindowExecutionId || startedAt === null) continue;
    const taskExecutionIds = await taskExecutionsOf(ssm, WindowExecutionId);
    executions.push({
      windowExecutionId: WindowExecutionId,
      startedAt,
      taskExecutionIds,
    });
  }
  return executions;
}

async function taskExecutionsOf(ssm: Ssm, windowExecutionId: string): Promise<string[]> {
  await ssm.pace();
  const page = await ssm.client.send(
    new DescribeMaintenanceWindowExecutionTasksCommand({
      WindowExecutionId: windowExecutionId,
      MaxResults: 100,
    }),
  );
  return rowsOf('ssm:DescribeMaintenanceWindowExecutionTasks', page.WindowExecutionTaskIdentities).flatMap(
    (task) => textOf(task.TaskExecutionId) ?? [],
  );
}
