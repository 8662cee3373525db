import { GetMaintenanceWindowCommand, GetMaintenanceWindowExecutionCommand } from '@aws-sdk/client-ssm';
import { momentOf } from '../domain/moment.ts';
import { InvalidRequestError } from '../errors.ts';
import { countOf } from './answers.ts';
import type { Ssm } from './ssm-clients.ts';

const hour = 3_600_000;

/**
 * When a window closes (ms), and its cutoff in seconds. No pseudo parameter gives either, and SSM's own cutoff does
 * not stop a Step Functions task. Source: APIs GetMaintenanceWindowExecution, GetMaintenanceWindow.
 */
export async function windowEnd(
  ssm: Ssm,
  window: { readonly windowId: string; readonly windowExecutionId: string },
): Promise<{ readonly endsAt: number; readonly cutoffSeconds: number }> {
  const execution = await ssm.client.send(
    new GetMaintenanceWindowExecutionCommand({ WindowExecutionId: window.windowExecutionId }),
  );
  const definition = await ssm.client.send(new GetMaintenanceWindowCommand({ WindowId: window.windowId }));
  const startedAt = momentOf(execution.StartTime);
  const hours = countOf(definition.Duration);
  if (startedAt === null || hours === undefined) {
    throw new InvalidRequestError(
      `window: ${window.windowId} has no start time or duration; allowed: a window execution that has started`,
    );
  }
  return {
    endsAt: startedAt + hours * hour,
    cutoffSeconds: (countOf(definition.Cutoff) ?? 0) * 3600,
  };
}
