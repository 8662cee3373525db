import type { FaultRates } from '../faults.ts';

/** How often each misfortune strikes a generated node: a probability per node. */
export interface FateRates {
  readonly preHookFails: number;
  readonly preHookHangs: number;
  readonly postHookFails: number;
  readonly postHookHangs: number;
  readonly patchFails: number;
  readonly patchHangs: number;
  readonly falseFailure: number;
  readonly stubborn: number;
  readonly lostAfterReboot: number;
  readonly agentOffline: number;
  readonly agentDropsOut: number;
}

/** The believable defaults, with those that faults override. */
export function fateRates(faults: FaultRates): FateRates {
  return {
    preHookFails: faults['pre-hook-fails'] ?? 0.01,
    preHookHangs: faults['pre-hook-hangs'] ?? 0.002,
    postHookFails: faults['post-hook-fails'] ?? 0.005,
    postHookHangs: faults['post-hook-hangs'] ?? 0.001,
    patchFails: faults['patch-fails'] ?? 0.01,
    // Only on demand: how long such a node keeps its place is the policy's timeout, and nothing of the fleet.
    patchHangs: faults['patch-hangs'] ?? 0,
    falseFailure: 0.005,
    stubborn: 0.01,
    lostAfterReboot: faults['lost-after-reboot'] ?? 0.003,
    agentOffline: faults['agent-offline'] ?? 0.01,
    agentDropsOut: faults['agent-drops-out'] ?? 0.005,
  };
}
