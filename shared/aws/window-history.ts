import {
  DescribeMaintenanceWindowExecutionsCommand,
  DescribeMaintenanceWindowExecutionTasksCommand,
  paginateDescribeMaintenanceWindows,
} from '@aws-sdk/client-ssm';
import type { PastWindow, WindowExecution } from '../domain/window-check.ts';
import type { Ssm } from './ssm-clients.ts';

const hour = 3_600_000;

/** The windows whose names begin so. Source: API DescribeMaintenanceWindows; its name filter knows whole names only. */
export async function windowsNamed(ssm: Ssm, prefix: string): Promise<Omit<PastWindow, 'executions'>[]> {
  const windows: Omit<PastWindow, 'executions'>[] = [];
  await ssm.pace();
  for await (const page of paginateDescribeMaintenanceWindows({ client: ssm.client, pageSize: 50 }, {})) {
    for (const { WindowId, Name, Enabled, Duration } of page.WindowIdentities ?? []) {
      if (!WindowId || !Name?.startsWith(prefix)) continue;
      const durationMilliseconds = (Duration ?? 0) * hour;
      windows.push({ windowId: WindowId, name: Name, isEnabled: Enabled !== false, durationMilliseconds });
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
  for (const { WindowExecutionId, StartTime } of page.WindowExecutions ?? []) {
    if (!WindowExecutionId || !StartTime) continue;
    const taskExecutionIds = await taskExecutionsOf(ssm, WindowExecutionId);
    executions.push({
      windowExecutionId: WindowExecutionId,
      startedAt: StartTime.getTime(),
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
  return (page.WindowExecutionTaskIdentities ?? []).flatMap((task) => task.TaskExecutionId ?? []);
}
