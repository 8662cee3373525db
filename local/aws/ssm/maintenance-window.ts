/** Status of a window's execution: API reference, MaintenanceWindowExecution. */
export type WindowExecutionStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESS'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'CANCELLING'
  | 'CANCELLED'
  | 'SKIPPED_OVERLAPPING';

/** One opening of a window. Times are epoch milliseconds; without a status it is in progress until its end. */
export interface WindowExecution {
  readonly windowExecutionId: string;
  readonly startsAt: number;
  readonly status?: WindowExecutionStatus;
}

/** A maintenance window of one account and region, with the openings that it has had or will have. */
export interface MaintenanceWindow {
  readonly accountId: string;
  readonly region: string;
  readonly windowId: string;
  readonly name: string;
  readonly schedule: string;
  readonly scheduleTimezone?: string;
  readonly durationHours: number;
  readonly cutoffHours: number;
  readonly executions: readonly WindowExecution[];
}

/** One opening with the window that it belongs to. */
export interface Opening {
  readonly window: MaintenanceWindow;
  readonly execution: WindowExecution;
}

/** When it is over at the latest: its start and the window's duration. Epoch milliseconds. */
export function openingEnd({ window, execution }: Opening): number {
  return execution.startsAt + window.durationHours * 3_600_000;
}

/** Its status at a time. */
export function openingStatus(opening: Opening, now: number): WindowExecutionStatus {
  return opening.execution.status ?? (now < openingEnd(opening) ? 'IN_PROGRESS' : 'SUCCESS');
}
