import type { RunSettings } from '../../shared/domain/batch.ts';
import type { AcceptedRequest } from '../../shared/domain/request.ts';
import { runIdOf, snapshotIdOf } from '../../shared/domain/run-id.ts';
import type { Execution } from '../../shared/domain/run-turn.ts';

/** What the whole run goes by. The earlier of the window's end and the request's own deadline counts. */
export function settingsOf(
  accepted: AcceptedRequest,
  execution: Execution,
  window: { readonly endsAt: number; readonly cutoffSeconds: number } | null,
): RunSettings {
  const { policy, request } = accepted;
  const ends = [window?.endsAt, request.deadline ? Date.parse(request.deadline) : undefined].filter(
    (end) => end !== undefined,
  );
  return {
    runId: runIdOf(execution.name),
    policy: accepted.policyName,
    operation: request.operation,
    snapshotId: snapshotIdOf(execution.id, execution.startTime),
    startedAt: Date.parse(execution.startTime),
    deadline: ends.length > 0 ? Math.min(...ends) : null,
    cutoffSeconds: window?.cutoffSeconds ?? 0,
    hooks: {
      linuxDirectory: policy.hooks.linuxDirectory,
      windowsDirectory: policy.hooks.windowsDirectory,
      required: policy.hooks.required,
      timeoutSeconds: policy.hooks.timeoutMinutes * 60,
    },
    patch: {
      rebootOption: policy.patch.rebootOption,
      timeoutSeconds: policy.patch.timeoutMinutes * 60,
      connectionLostSeconds: policy.patch.connectionLostMinutes * 60,
      deliveryTimeoutSeconds: policy.patch.deliveryTimeoutMinutes * 60,
      verify: policy.patch.verify,
    },
    language: policy.alerts.language,
    chat: policy.alerts.chat,
  };
}
