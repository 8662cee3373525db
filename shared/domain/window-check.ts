/** After its window a run still ends what it has begun; the longest step that a policy can have is ten hours. */
const graceMilliseconds = 10 * 3_600_000;

/** One opening of a maintenance window. Times in ms. */
export interface WindowExecution {
  readonly windowExecutionId: string;
  readonly startedAt: number;
  /** What the executions of patch-fleet were named after. */
  readonly taskExecutionIds: readonly string[];
}

/** An install window of this stack, and how it opened of late. */
export interface PastWindow {
  readonly windowId: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly durationMilliseconds: number;
  readonly executions: readonly WindowExecution[];
}

/** What is missing; `runId` is the run that never left a record, null where none was ever begun. */
export interface WindowWithoutRun {
  readonly name: string;
  readonly windowId: string;
  readonly runId: string | null;
  readonly why: string;
}

/**
 * The windows that are closed and have no run to show. A window that is disabled is one, each time it is looked at:
 * whoever disabled it wanted a pause, not an end.
 */
export function windowsWithoutRun(
  windows: readonly PastWindow[],
  hasRecord: ReadonlySet<string>,
  now: number,
): WindowWithoutRun[] {
  return windows.flatMap((window) => {
    const { windowId, name, isEnabled, durationMilliseconds } = window;
    const closed = window.executions.filter(
      (each) => each.startedAt + durationMilliseconds + graceMilliseconds <= now,
    );
    const troubles = [
      ...(isEnabled ? [] : [{ runId: null, why: 'it is disabled' }]),
      ...closed.flatMap((execution) => troublesOf(execution, hasRecord)),
    ];
    return troubles.map((trouble) => ({ name, windowId, ...trouble }));
  });
}

function troublesOf(
  { windowExecutionId, taskExecutionIds }: WindowExecution,
  hasRecord: ReadonlySet<string>,
): Pick<WindowWithoutRun, 'runId' | 'why'>[] {
  if (taskExecutionIds.length === 0) {
    return [{ runId: null, why: `execution ${windowExecutionId} was skipped, or started no task` }];
  }
  return taskExecutionIds
    .filter((id) => !hasRecord.has(id))
    .map((id) => ({ runId: id, why: 'its run left no record' }));
}
