import { type Delivery, type Execution, parameter, plainExecution } from './agent-execution.ts';
import { type NodeMemory, type PatchReport, rebooted, withReleases } from './agent-memory.ts';
import { patchOutput } from './agent-output.ts';
import type { Fate } from './node.ts';

/** Exit codes of patch operations: user guide, "Troubleshooting Patch Manager". */
export const patchExitCodes = { collidesAsSecond: 152, collidesAsFirst: 155, noPayload: 156 } as const;

/** Source: user guide, "SSM Command document for patching: AWS-RunPatchBaseline". */
const leastAgentVersion = [2, 0, 834, 0];

/**
 * AWS-RunPatchBaseline on a node. An Install that installs anything reboots unless told not to, and only then
 * reports; one that meets another patch operation fails at once (its caller breaks the other one).
 */
export function playPatch(delivery: Delivery): Execution {
  const step = parameter(delivery, 'Operation') === 'Install' ? 'Install' : 'Scan';
  if (isOutdated(delivery.node.agentVersion)) {
    const stderr = 'AWS-RunPatchBaseline needs SSM Agent 2.0.834.0 or later.\n';
    return failsAtOnce(delivery, { step, responseCode: 1, stderr });
  }
  if (delivery.isPatching) {
    const stderr = 'Another process holds the package manager lock.\n';
    return failsAtOnce(delivery, { step, responseCode: patchExitCodes.collidesAsSecond, stderr });
  }
  if (delivery.isSnapshotExpired) {
    const stderr = 'Unable to download the patch snapshot.\n';
    return failsAtOnce(delivery, { step, responseCode: patchExitCodes.noPayload, stderr });
  }
  const execution = step === 'Scan' ? scan(delivery) : install(delivery);
  return { ...execution, isPatching: true };
}

/** Part by part and as numbers: 3.10 is younger than 3.9. */
function isOutdated(version: string): boolean {
  const parts = version.split('.').map(Number);
  const decisive = leastAgentVersion.findIndex((least, index) => (parts[index] ?? 0) !== least);
  return decisive >= 0 && (parts[decisive] ?? 0) < (leastAgentVersion[decisive] ?? 0);
}

function failsAtOnce(
  delivery: Delivery,
  failure: Pick<Execution, 'step' | 'responseCode'> & { readonly stderr: string },
): Execution {
  const { step, responseCode, stderr } = failure;
  const outcome = { step, responseCode, endedAt: delivery.at + 1000, result: 'Failed' } as const;
  return { ...plainExecution(delivery, outcome), output: () => ({ stdout: '', stderr }) };
}

function scan(delivery: Delivery): Execution {
  const { node, at } = delivery;
  const { scanSeconds } = node.fate;
  if (scanSeconds > delivery.timeoutSeconds) return timesOut(delivery, 'Scan');
  const endedAt = at + scanSeconds * 1000;
  return {
    ...plainExecution(delivery, { step: 'Scan', endedAt, result: 'Success', responseCode: 0 }),
    output: (characters) => ({ stdout: patchOutput(node, 'Scan', characters), stderr: '' }),
    leave: (memory) => {
      const after = withReleases(memory, node, at);
      return { ...after, report: reportOf(delivery, after, { operation: 'Scan', endedAt, failed: [] }) };
    },
  };
}

function install(delivery: Delivery): Execution {
  const { node } = delivery;
  const { fate } = node;
  if (fate.install === 'hangs' || fate.installSeconds > delivery.timeoutSeconds)
    return timesOut(delivery, 'Install');

  const memory = withReleases(delivery.memory, node, delivery.at);
  const hasWork =
    memory.missing.length > unresolvedOf(memory, fate).length || memory.pendingReboot.length > 0;
  const reboots = parameter(delivery, 'RebootOption') !== 'NoReboot' && hasWork;
  const installedAt = delivery.at + fate.installSeconds * 1000;
  const until = fate.returnsFromReboot ? installedAt + fate.rebootSeconds * 1000 : Number.POSITIVE_INFINITY;
  const endedAt = reboots ? until : installedAt;
  const outcome =
    fate.install === 'succeeds'
      ? ({ result: 'Success', responseCode: 0 } as const)
      : ({ result: 'Failed', responseCode: 1 } as const);
  return {
    ...plainExecution(delivery, { step: 'Install', endedAt, ...outcome }),
    away: reboots ? { from: installedAt, until } : undefined,
    output: (characters) => ({
      stdout: patchOutput(node, 'Install', characters),
      stderr: outcome.result === 'Failed' ? 'Failed to install one or more patches.\n' : '',
    }),
    leave: (before) => afterInstall(delivery, before, { reboots, endedAt }),
  };
}

/** The missing patches that stay so: always the same ones, the last of those that were asked for in the beginning. */
function unresolvedOf(memory: NodeMemory, fate: Fate): readonly number[] {
  const count = Math.max(fate.stubbornPatches, fate.install === 'fails' ? 1 : 0);
  const end = memory.presentAtFirst + memory.askedAtFirst;
  const stubborn = memory.missing.filter((index) => index >= end - count && index < end);
  // A node that lacked nothing in the beginning fails at the oldest patch that it lacks.
  return stubborn.length === 0 && fate.install === 'fails' ? memory.missing.slice(0, 1) : stubborn;
}

/** A false failure ends before its report: the patch state stays what it was, and only a Scan tells. */
function afterInstall(
  delivery: Delivery,
  before: NodeMemory,
  work: { readonly reboots: boolean; readonly endedAt: number },
): NodeMemory {
  const { fate } = delivery.node;
  const { endedAt } = work;
  const known = withReleases(before, delivery.node, delivery.at);
  const missing = unresolvedOf(known, fate);
  const newly = known.missing
    .filter((index) => !missing.includes(index))
    .map((index) => ({ index, installedAt: endedAt }));
  const pending: NodeMemory = {
    ...known,
    missing,
    pendingReboot: [...known.pendingReboot, ...newly],
    lastNoRebootInstallAt:
      parameter(delivery, 'RebootOption') === 'NoReboot' ? endedAt : known.lastNoRebootInstallAt,
  };
  const after = work.reboots ? rebooted(pending) : pending;
  if (fate.install === 'falseFailure') return after;
  const failed = fate.install === 'fails' ? missing : [];
  return { ...after, report: reportOf(delivery, after, { operation: 'Install', endedAt, failed }) };
}

function reportOf(
  delivery: Delivery,
  memory: NodeMemory,
  facts: Pick<PatchReport, 'operation' | 'endedAt' | 'failed'>,
): PatchReport {
  const { presentAtFirst, installed, pendingReboot, missing } = memory;
  return {
    ...facts,
    baselineId: delivery.baselineId,
    isGoverning: true,
    snapshotId: parameter(delivery, 'SnapshotId'),
    rebootOption: parameter(delivery, 'RebootOption') === 'NoReboot' ? 'NoReboot' : 'RebootIfNeeded',
    installOverrideList: parameter(delivery, 'InstallOverrideList'),
    startedAt: delivery.at,
    presentAtFirst,
    installed,
    pendingReboot,
    missing: facts.operation === 'Scan' ? missing : [],
  };
}

function timesOut(delivery: Delivery, step: 'Scan' | 'Install'): Execution {
  const endedAt = delivery.at + delivery.timeoutSeconds * 1000;
  return plainExecution(delivery, { step, endedAt, result: 'ExecutionTimedOut', responseCode: -1 });
}
