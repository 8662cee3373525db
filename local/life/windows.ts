import { openingsOf } from '../../shared/domain/sla/calendar.ts';
import { uuid } from '../aws/http/identifiers.ts';
import type { MaintenanceWindow } from '../aws/ssm/maintenance-window.ts';
import { defaultScope } from '../fleet/generate.ts';
import { random } from '../random.ts';
import type { DeployedWindow } from './deployed.ts';

/** One opening of a deployed window. */
export interface Opening {
  readonly window: DeployedWindow;
  readonly opensAt: number;
  readonly windowExecutionId: string;
}

/** Every opening in the range, by its time. A rate counts from the anchor. */
export function openings(
  windows: readonly DeployedWindow[],
  range: { readonly from: number; readonly until: number; readonly anchor: number },
): Opening[] {
  return windows
    .flatMap((window) =>
      openingsOf(window, range).map((opensAt) => ({
        window,
        opensAt,
        windowExecutionId: uuid(random('window execution', window.windowId, opensAt)),
      })),
    )
    .toSorted((one, other) => one.opensAt - other.opensAt);
}

/** The windows as the embedded Systems Manager knows them, with all the openings that they will have. */
export function registeredWindows(
  windows: readonly DeployedWindow[],
  all: readonly Opening[],
): MaintenanceWindow[] {
  return windows.map((window) => ({
    ...defaultScope,
    windowId: window.windowId,
    name: window.name,
    schedule: window.schedule,
    scheduleTimezone: window.timeZone,
    durationHours: window.durationHours,
    cutoffHours: window.cutoffHours,
    executions: all
      .filter((opening) => opening.window === window)
      .map(({ opensAt, windowExecutionId }) => ({ startsAt: opensAt, windowExecutionId })),
  }));
}
