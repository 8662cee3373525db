import { type Delivery, type Execution, parameter, plainExecution } from './agent-execution.ts';
import { type NodeMemory, type PatchReport, rebooted } from './agent-memory.ts';
import { patchOutput } from './agent-output.ts';

/** Exit codes of patch operations: user guide, "Troubleshooting Patch Manager". */
export const patchExitCodes = { collidesAsSecond: 152, collidesAsFirst: 155, noPayload: 156 } as const;

/**
 * AWS-RunPatchBaseline on a node. An Install that installs anything reboots unless told not to, and only then
 * reports; one that meets another patch operation fails at once (its caller breaks the other one).
 */
export function playPatch(delivery: Delivery): Execution {
  const step = parameter(delivery, 'Operation') === 'Install' ? 'Install' : 'Scan';
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

function failsAtOnce(
  delivery: Delivery,
  failure: Pick<Execution, 'step' | 'responseCode'> & { readonly stderr: string },
): Execution {
  const { step, responseCode, stderr } = failure;
  const outcome = { step, responseCode, endedAt: delivery.at + 1000, result: 'Failed' } as const;
  return { ...plainExecution(delivery, outcome), output: () => ({ stdout: '', stderr }) };
}

function scan(delivery: Delivery): Execution {
  const { scanSeconds } = delivery.node.fate;
  if (scanSeconds > delivery.timeoutSeconds) return timesOut(delivery, 'Scan');
  const endedAt = delivery.at + scanSeconds * 1000;
  return {
    ...plainExecution(delivery, { step: 'Scan', endedAt, result: 'Success', responseCode: 0 }),
    output: () => ({ stdout: patchOutput(delivery.node, 'Scan'), stderr: '' }),
    leave: (memory) => ({
      ...memory,
      report: reportOf(delivery, memory, { operation: 'Scan', endedAt, failed: 0 }),
    }),
  };
}

function install(delivery: Delivery): Execution {
  const { memory, node } = delivery;
  const { fate } = node;
  if (fate.install === 'hangs' || fate.installSeconds > delivery.timeoutSeconds)
    return timesOut(delivery, 'Install');

  const unresolved = Math.min(
    memory.missing,
    Math.max(fate.stubbornPatches, fate.install === 'fails' ? 1 : 0),
  );
  const hasWork = memory.missing > unresolved || memory.pendingReboot > 0;
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
    output: () => ({
      stdout: patchOutput(node, 'Install'),
      stderr: outcome.result === 'Failed' ? 'Failed to install one or more patches.\n' : '',
    }),
    leave: (before) => afterInstall(delivery, before, { unresolved, reboots, endedAt }),
  };
}

/** A false failure ends before its report: the patch state stays what it was, and only a Scan tells. */
function afterInstall(
  delivery: Delivery,
  before: NodeMemory,
  work: { readonly unresolved: number; readonly reboots: boolean; readonly endedAt: number },
): NodeMemory {
  const newly = Math.max(0, before.missing - work.unresolved);
  const pending: NodeMemory = {
    ...before,
    missing: before.missing - newly,
    pendingReboot: before.pendingReboot + newly,
    lastInstallAt: newly > 0 ? work.endedAt : before.lastInstallAt,
    lastNoRebootInstallAt:
      parameter(delivery, 'RebootOption') === 'NoReboot' ? work.endedAt : before.lastNoRebootInstallAt,
  };
  const after = work.reboots ? rebooted(pending) : pending;
  if (delivery.node.fate.install === 'falseFailure') return after;
  const failed = delivery.node.fate.install === 'fails' ? after.missing : 0;
  return {
    ...after,
    report: reportOf(delivery, after, { operation: 'Install', endedAt: work.endedAt, failed }),
  };
}

function reportOf(
  delivery: Delivery,
  memory: NodeMemory,
  facts: Pick<PatchReport, 'operation' | 'endedAt' | 'failed'>,
): PatchReport {
  return {
    ...facts,
    snapshotId: parameter(delivery, 'SnapshotId'),
    rebootOption: parameter(delivery, 'RebootOption') === 'NoReboot' ? 'NoReboot' : 'RebootIfNeeded',
    installOverrideList: parameter(delivery, 'InstallOverrideList'),
    startedAt: delivery.at,
    installed: memory.installed,
    pendingReboot: memory.pendingReboot,
    missing: facts.operation === 'Scan' ? memory.missing : 0,
  };
}

function timesOut(delivery: Delivery, step: 'Scan' | 'Install'): Execution {
  const endedAt = delivery.at + delivery.timeoutSeconds * 1000;
  return plainExecution(delivery, { step, endedAt, result: 'ExecutionTimedOut', responseCode: -1 });
}
