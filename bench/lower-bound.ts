import { defaultSettings } from '../local/aws/ssm/settings.ts';
import { isReachable } from '../local/fleet/agent.ts';
import type { FleetNode } from '../local/fleet/node.ts';
import { deliverySecondsToSilent } from '../shared/domain/command.ts';
import { shareAtLeastOne } from '../shared/domain/count-or-percent.ts';
import { waveSeconds } from '../shared/domain/estimate.ts';
import type { Policy } from '../shared/domain/policy.ts';

/**
 * Seconds that the best scheduler imaginable needs for this fleet: one that knows every duration, hears of every end at
 * once and acts in no time. The rule of `shared/domain/lower-bound.ts`, from the nodes' fates instead of a run's record, so
 * that all designs are held against one figure: pre-hook, installation, reboot, post-hook and verifying scan of each node
 * that an agent answers for, each with the mean delivery of a command, over the places of the concurrency.
 */
export function boundSeconds(targets: readonly FleetNode[], policy: Policy): number {
  const ready = targets.filter(isReady);
  const concurrency = shareAtLeastOne(policy.rollout.maxConcurrency, ready.length);
  return waveSeconds(
    ready.map((node) => serviceSeconds(node, policy)),
    concurrency,
  );
}

/** Whether a run would try the node at all: it was there and online when the run was planned. */
export function isReady(node: FleetNode): boolean {
  return node.isManaged && isReachable(node) && node.instanceState === 'running';
}

/** What a node takes from its first command to its last, with the waits for nodes that fall silent as the policy sets them. */
export function serviceSeconds({ fate }: FleetNode, { hooks, patch }: Policy): number {
  const [from, to] = defaultSettings.deliverySeconds;
  const delivery = (from + to) / 2;
  const undelivered = patch.deliveryTimeoutMinutes * 60;
  const hookTimeout = hooks.timeoutMinutes * 60;
  if (fate.agent === 'dropsOut') return undelivered;
  const preHook = delivery + hookSeconds(fate.preHook, hookTimeout);
  if (fate.preHook.kind === 'fails' || fate.preHook.kind === 'hangs') return preHook;
  const installs = fate.missingPatches > fate.stubbornPatches;
  const timeout = patch.timeoutMinutes * 60;
  const installSeconds = fate.install === 'hangs' ? timeout : Math.min(timeout, fate.installSeconds);
  // What is cut off by its timeout reboots nothing.
  const rebootSeconds = installs && installSeconds < timeout ? fate.rebootSeconds : 0;
  if (installs && !fate.returnsFromReboot) {
    // It may have fallen silent as soon as it began, and its post-hook goes out all the same.
    const silence = Math.max(installSeconds, patch.connectionLostMinutes * 60);
    return preHook + delivery + silence + Math.min(undelivered, deliverySecondsToSilent);
  }
  const postHook = delivery + hookSeconds(fate.postHook, hookTimeout);
  const isVerified = fate.postHook.kind === 'succeeds' || fate.postHook.kind === 'absent';
  const verify = isVerified ? delivery + fate.scanSeconds : 0;
  return preHook + delivery + installSeconds + rebootSeconds + postHook + verify;
}

function hookSeconds(hook: FleetNode['fate']['preHook'], timeoutSeconds: number): number {
  if (hook.kind === 'hangs') return timeoutSeconds;
  return hook.kind === 'absent' ? 0 : Math.min(timeoutSeconds, hook.seconds);
}
