import type { NodeExecution } from '../../local/aws/ssm/journal.ts';
import { policyName } from '../nodes.ts';
import type { Played } from '../play.ts';
import type { Case } from './promised-run.ts';
import { isToldOf } from './telling-promises.ts';

/** Who is left alone got no command. */
export function leftOutIsUntouched({ record, sent }: Case): string[] {
  const untouchable = record.nodes.filter((node) => node.batch === null || node.steps.length === 0);
  const alive = untouchable.filter((node) => node.outcome !== 'Unknown');
  const nodeIds = new Set(alive.map((node) => node.nodeId));
  return sent.filter(({ nodeId }) => nodeIds.has(nodeId)).map(({ nodeId, step }) => `${nodeId} got ${step}`);
}

/** No patch is sent before the node's own pre-hook has succeeded. */
export function patchOnlyAfterPreHook({ record, sent, executions }: Case): string[] {
  if (record.operation === 'Scan') return [];
  const readyAt = new Map(
    executions
      .filter(({ step, result }) => step === 'preHook' && result === 'Success')
      .map(({ nodeId, endedAt }) => [nodeId, endedAt ?? Number.POSITIVE_INFINITY]),
  );
  return sent
    .filter(({ step }) => step === 'patch')
    .filter(({ nodeId, at }) => at < (readyAt.get(nodeId) ?? Number.POSITIVE_INFINITY))
    .map(({ nodeId }) => `${nodeId} was sent its patch before its pre-hook had succeeded`);
}

/** A hook may be delivered twice; what it runs, runs once. */
export function hooksAreRunOnce({ executions }: Pick<Case, 'executions'>): string[] {
  const ran = executions
    .filter(({ step, executed }) => executed && (step === 'preHook' || step === 'postHook'))
    .map(({ nodeId, step }) => `${step} of ${nodeId}`);
  const seen = new Set<string>();
  const again = ran.filter((hook) => seen.has(hook) || !seen.add(hook));
  return again.map((hook) => `${hook} ran twice`);
}

/**
 * Owed to whoever's pre-hook succeeded, as far as Systems Manager ever heard of it; a batch that died owes it too, and its
 * nodes are told of as Unknown. Of a pre-hook whose agent never said how it ended nobody knows: Unreachable, or TimedOut.
 * To a node that is terminated, or that IAM denies, it cannot be sent: its step is there all the same, refused.
 */
export function postHookFollows({ played, record, sent, executions }: Case): string[] {
  const preHooks = executions.filter(({ step, result }) => step === 'preHook' && result === 'Success');
  const succeeded = new Set(preHooks.map(({ nodeId }) => nodeId));
  const owing = new Set(preHooks.filter(({ isReported }) => isReported).map(({ nodeId }) => nodeId));
  const followed = new Set(sent.filter(({ step }) => step === 'postHook').map(({ nodeId }) => nodeId));
  return record.nodes.flatMap(({ nodeId, outcome, steps }) => {
    if (followed.has(nodeId) && !succeeded.has(nodeId))
      return [`${nodeId} got a post-hook without a pre-hook`];
    if (!owing.has(nodeId) || followed.has(nodeId)) return [];
    if (outcome === 'Unknown')
      return isToldOf(played, nodeId) ? [] : [`nobody was told that ${nodeId} is owed its post-hook`];
    const isRefused = steps.some(({ step, status }) => step === 'postHook' && status === 'Refused');
    const { terminated, retagged } = played.aws;
    if (isRefused && (terminated.has(nodeId) || retagged.has(nodeId))) return [];
    return [`${nodeId} never got the post-hook that its pre-hook asks for (${outcome})`];
  });
}

/** Two patch operations that meet on a node fail both. */
export function onePatchAtATime({ executions }: Pick<Case, 'executions'>): string[] {
  const patches = executions.filter(({ document }) => document === 'AWS-RunPatchBaseline');
  const byNode = Map.groupBy(patches, ({ nodeId }) => nodeId);
  return [...byNode].flatMap(([nodeId, all]) => {
    const inOrder = all.toSorted((one, other) => one.startedAt - other.startedAt);
    return inOrder.slice(1).flatMap((later, index) => {
      const earlier = inOrder[index];
      const doMeet = earlier && later.startedAt < endOf(earlier);
      return doMeet ? [`${nodeId} had ${earlier.step} and ${later.step} at the same time`] : [];
    });
  });
}

function endOf({ endedAt }: NodeExecution): number {
  return endedAt ?? Number.POSITIVE_INFINITY;
}

/**
 * Who is reported as patched lacks nothing in truth, by the node itself. A policy without `verify` has only the Install's
 * word for it, which does not speak of what is missing; of a node that is terminated nobody can say.
 */
export function successIsReal({ played, record, executions }: Case): string[] {
  const isVerified = played.policies.policies[policyName]?.patch.verify ?? true;
  const fates = new Map(played.nodes.map(({ nodeId, fate }) => [nodeId, fate]));
  return record.nodes.flatMap(({ nodeId, outcome }) => {
    if (outcome !== 'Patched' && outcome !== 'AlreadyCompliant') return [];
    const isFalseFailure = fates.get(nodeId)?.install === 'falseFailure';
    const hasInstalled = executions.some(
      (each) =>
        each.nodeId === nodeId && each.step === 'Install' && (isFalseFailure || each.result === 'Success'),
    );
    const isKnown = isVerified && !played.aws.terminated.has(nodeId);
    // Who lacked nothing needs no Install that got through: the scan of `verify` has proven it.
    const isEarned = hasInstalled || (isVerified && outcome === 'AlreadyCompliant');
    return isEarned && !(isKnown && lacksSomething(played, nodeId))
      ? []
      : [`${nodeId} is ${outcome}, and is not`];
  });
}

function lacksSomething({ aws }: Played, nodeId: string): boolean {
  const { missing, pendingReboot } = aws.ssm.truthOf(nodeId);
  return missing + pendingReboot > 0;
}
