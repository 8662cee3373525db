import {
  type Delivery,
  type Execution,
  type ExecutionPart,
  parameter,
  plainExecution,
} from './agent-execution.ts';
import { outcomeOf } from './agent-hook.ts';
import type { NodeMemory } from './agent-memory.ts';
import { playPatch } from './agent-patch.ts';

/** The steps' own words, for the journal: hooks are called as everywhere, the reboot is an Install of its own. */
const rebootStep = 'RebootAndReport';

/** The document that does nothing, which every hook is unless another is named. */
const noHook = 'AWS-Noop';

/** What a hook's document allows itself. Its own `timeoutSeconds` counts on AWS; this is what the fleet's policy says. */
const hookTimeoutSeconds = 600;

/** A way through the document: what has happened so far, and what the node then remembers. */
interface Walk {
  readonly parts: readonly ExecutionPart[];
  readonly memory: NodeMemory;
  readonly at: number;
  readonly away?: NonNullable<Execution['away']>;
  readonly failed?: Pick<Execution, 'result' | 'responseCode'>;
}

/**
 * AWS-RunPatchBaselineWithHooks on a node: Scan, PreInstall hook, Install without reboot, PostInstall hook, reboot and
 * report, OnExit hook. Nothing missing, or a step that fails: straight to OnExit, and the command ends as the first step
 * that failed. Source: user guide, "SSM Command document for patching: AWS-RunPatchBaselineWithHooks".
 */
export function playPatchWithHooks(delivery: Delivery): Execution {
  const scan = patchPart({ parts: [], memory: delivery.memory, at: delivery.at }, delivery, {
    step: 'Scan',
    operation: 'Scan',
  });
  if (parameter(delivery, 'Operation') !== 'Install') return executionOf(scan, delivery);
  const hasWork = scan.memory.missing.length + scan.memory.pendingReboot.length > 0;
  const patched = scan.failed || !hasWork ? scan : patchBetweenHooks(scan, delivery);
  return executionOf(hookPart(patched, delivery, { name: 'OnExitHookDocName', step: 'postHook' }), delivery);
}

function patchBetweenHooks(scan: Walk, delivery: Delivery): Walk {
  const before = hookPart(scan, delivery, { name: 'PreInstallHookDocName', step: 'preHook' });
  if (before.failed) return before;
  const installed = patchPart(before, delivery, { step: 'Install', operation: 'Install' });
  if (installed.failed) return installed;
  const after = hookPart(installed, delivery, { name: 'PostInstallHookDocName', step: 'postInstall' });
  const reboots = parameter(delivery, 'RebootOption') !== 'NoReboot' && after.memory.pendingReboot.length > 0;
  if (after.failed || !reboots) return after;
  // The second Install finds everything there: it takes as long as looking for it.
  const { node } = delivery;
  const quick = { ...node, fate: { ...node.fate, installSeconds: node.fate.scanSeconds } };
  return patchPart(after, { ...delivery, node: quick }, { step: rebootStep, operation: 'Reboot' });
}

function patchPart(
  walk: Walk,
  delivery: Delivery,
  part: { readonly step: string; readonly operation: 'Scan' | 'Install' | 'Reboot' },
): Walk {
  const parameters = {
    ...delivery.parameters,
    Operation: [part.operation === 'Scan' ? 'Scan' : 'Install'],
    RebootOption: [part.operation === 'Reboot' ? 'RebootIfNeeded' : 'NoReboot'],
  };
  const played = playPatch({ ...delivery, parameters, memory: walk.memory, at: walk.at });
  const { endedAt, result, responseCode, away } = played;
  const ended = result === 'Cancelled' ? 'Failed' : result;
  return {
    parts: [...walk.parts, { step: part.step, startedAt: walk.at, endedAt, result: ended, executed: true }],
    memory: endedAt === Number.POSITIVE_INFINITY ? walk.memory : played.leave(walk.memory),
    at: endedAt,
    ...(away ? { away } : {}),
    ...(result === 'Success' ? {} : { failed: { result: ended, responseCode } }),
  };
}

function hookPart(
  walk: Walk,
  delivery: Delivery,
  hook: { readonly name: string; readonly step: 'preHook' | 'postInstall' | 'postHook' },
): Walk {
  const document = parameter(delivery, hook.name) ?? noHook;
  if (document === noHook || walk.at === Number.POSITIVE_INFINITY) return walk;
  const fate = hook.step === 'preHook' ? delivery.node.fate.preHook : delivery.node.fate.postHook;
  const played = outcomeOf(fate, { ...delivery, at: walk.at, timeoutSeconds: hookTimeoutSeconds });
  const { endedAt, responseCode } = played;
  const result = played.result === 'Cancelled' ? 'Failed' : played.result;
  const part = { step: hook.step, startedAt: walk.at, endedAt, result, executed: fate.kind !== 'absent' };
  const failed = walk.failed ?? (result === 'Success' ? undefined : { result, responseCode });
  return { ...walk, parts: [...walk.parts, part], at: endedAt, ...(failed ? { failed } : {}) };
}

function executionOf(walk: Walk, delivery: Delivery): Execution {
  const { result = 'Success', responseCode = 0 } = walk.failed ?? {};
  return {
    ...plainExecution(delivery, { step: delivery.documentName, endedAt: walk.at, result, responseCode }),
    isPatching: true,
    parts: walk.parts,
    away: walk.away,
    leave: () => walk.memory,
  };
}
