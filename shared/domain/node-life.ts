import type { NodeState, RunSettings } from './batch.ts';
import { lastPatchOfNode } from './last-start.ts';
import type { Outcome } from './outcome.ts';
import { hasAnswered, type Step, type StepStatus } from './step.ts';
import { changedNothing, troubleText, verdictOf } from './truth.ts';

/** What comes next for a node whose last step has ended. */
export type NextStep =
  | { readonly kind: 'step'; readonly step: Step }
  /** The patch is passed over, and the pre-hook is put right by the post-hook. */
  | { readonly kind: 'skipPatch'; readonly reason: string }
  | { readonly kind: 'end' };

/**
 * The life of a node: preHook → patch → postHook → verify. A failed pre-hook ends it; once the pre-hook has
 * succeeded the post-hook follows, whatever came between.
 */
export function nextStep(node: NodeState, settings: RunSettings, now: number): NextStep {
  const last = node.steps.at(-1);
  if (!last) return { kind: 'step', step: settings.operation === 'Scan' ? 'patch' : 'preHook' };
  switch (last.step) {
    case 'preHook':
      if (last.status !== 'Success') return { kind: 'end' };
      return now <= lastPatchOfNode(node, settings)
        ? { kind: 'step', step: 'patch' }
        : { kind: 'skipPatch', reason: 'window closing: the patch would end after it' };
    case 'patch':
      return settings.operation === 'Scan' ? { kind: 'end' } : { kind: 'step', step: 'postHook' };
    case 'postHook':
      return settings.patch.verify && last.status === 'Success' && wasPatched(node)
        ? { kind: 'step', step: 'verify' }
        : { kind: 'end' };
    case 'verify':
      return { kind: 'end' };
  }
}

function wasPatched(node: NodeState): boolean {
  const status = statusOf(node, 'patch');
  return status !== undefined && status !== 'Skipped' && status !== 'Refused';
}

function statusOf(node: NodeState, step: Step): StepStatus | undefined {
  return node.steps.find((record) => record.step === step)?.status ?? undefined;
}

/** True if the pre-hook succeeded and the post-hook did not: something may still be switched off on the node. */
export function owesPostHook(node: {
  readonly steps: readonly { readonly step: Step; readonly status: string | null }[];
}): boolean {
  const status = (step: Step) => node.steps.find((record) => record.step === step)?.status;
  return status('preHook') === 'Success' && status('postHook') !== 'Success';
}

interface Ending {
  readonly outcome: Outcome;
  readonly reason: string;
}

/** The one outcome of a node that has ended, with its reason. Decided by patch states where there are any. */
export function endingOf(node: NodeState, settings: RunSettings): Ending {
  if (settings.operation === 'Scan') return endingOfScan(node);
  return endingOfPreHook(node) ?? endingOfPostHook(node, settings) ?? endingOfPatch(node, settings);
}

function endingOfScan(node: NodeState): Ending {
  const status = statusOf(node, 'patch');
  if (status === 'Success' && node.after)
    return { outcome: 'Scanned', reason: troubleText(node.after) || 'compliant' };
  if (status === 'Success')
    return { outcome: 'PatchFailed', reason: 'the scan ended, but no patch state of it appeared' };
  return withoutSuccess(status, 'scan', detailOf(node, 'patch'));
}

function endingOfPreHook(node: NodeState): Ending | undefined {
  const status = statusOf(node, 'preHook');
  if (status === 'Success') return undefined;
  if (status === 'Failed' || status === 'TimedOut' || status === 'Cancelled') {
    return { outcome: 'PreHookFailed', reason: because('pre-hook', status, detailOf(node, 'preHook')) };
  }
  const ending = withoutSuccess(status, 'pre-hook', detailOf(node, 'preHook'));
  // SSM ends so what no agent took, and also what an agent took and never spoke of again.
  return status === 'Undelivered'
    ? { ...ending, reason: `${ending.reason}; whether it ran is not known` }
    : ending;
}

/** A post-hook that did not succeed outweighs everything after the pre-hook: the service may still be down. */
function endingOfPostHook(node: NodeState, settings: RunSettings): Ending | undefined {
  const status = statusOf(node, 'postHook');
  if (status === 'Success') return undefined;
  const detail = detailOf(node, 'postHook');
  if (hasAnswered(status) || status === 'Cancelled') {
    return { outcome: 'PostHookFailed', reason: because('post-hook', status, detail) };
  }
  const patch = statusOf(node, 'patch');
  const lostInPatch = patch === 'ConnectionLost' || patch === 'Undelivered';
  const outcome =
    lostInPatch && settings.patch.rebootOption === 'RebootIfNeeded' ? 'LostAfterReboot' : 'Unreachable';
  return { outcome, reason: `${because('post-hook', status, detail)}; its post-hook is owed` };
}

function endingOfPatch(node: NodeState, settings: RunSettings): Ending {
  const patch = statusOf(node, 'patch');
  const patchDetail = detailOf(node, 'patch');
  if (patch === 'Skipped') return { outcome: 'NotReached', reason: patchDetail };
  // The post-hook has succeeded since: the node is there, and what was refused is the patch.
  if (patch === 'Refused') return { outcome: 'PatchFailed', reason: because('patch', patch, patchDetail) };
  const unproven = settings.patch.verify ? unprovenText(node) : 'no patch state of this run appeared';
  if (!node.after) {
    if (patch === 'Success') return { outcome: 'NonCompliant', reason: `not proven: ${unproven}` };
    return withoutSuccess(patch, 'patch', patchDetail || unproven);
  }
  const verdict = verdictOf(node.after);
  const remark = patch === 'Success' ? '' : `the command ended ${patch}, the patch state shows success`;
  if (verdict === 'compliant') {
    return {
      outcome: changedNothing(node.before, node.after) ? 'AlreadyCompliant' : 'Patched',
      reason: remark,
    };
  }
  const trouble = troubleText(node.after);
  if (verdict === 'pendingReboot') return { outcome: 'PatchedPendingReboot', reason: trouble };
  if (patch === 'Success') return { outcome: 'NonCompliant', reason: trouble };
  const failed = withoutSuccess(patch, 'patch', patchDetail);
  // The node has answered since: it is not unreachable, its patch did not get through.
  const outcome = failed.outcome === 'Unreachable' ? 'TimedOut' : failed.outcome;
  return { outcome, reason: `${failed.reason}; ${trouble}` };
}

function unprovenText(node: NodeState): string {
  const verify = statusOf(node, 'verify');
  return verify === 'Success'
    ? 'no patch state of this run appeared'
    : because('verify', verify, detailOf(node, 'verify'));
}

function withoutSuccess(status: StepStatus | undefined, what: string, detail: string): Ending {
  const reason = because(what, status, detail);
  switch (status) {
    case 'TimedOut':
      return { outcome: 'TimedOut', reason };
    case 'Undelivered':
    case 'ConnectionLost':
    case 'Refused':
      return { outcome: 'Unreachable', reason };
    case 'NoRecord':
    case undefined:
      return { outcome: 'Unknown', reason };
    default:
      return { outcome: 'PatchFailed', reason };
  }
}

function because(what: string, status: StepStatus | undefined, detail: string): string {
  return `${what}: ${status ?? 'no answer'}${detail ? ` (${detail})` : ''}`;
}

function detailOf(node: NodeState, step: Step): string {
  return node.steps.find((record) => record.step === step)?.detail ?? '';
}
