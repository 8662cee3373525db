import type { Evidence } from '../evidence.ts';
import { livesOf } from './life.ts';

/** DESIGN 4: a node whose pre-hook fails is not patched. */
export function sparesFailedPreHooks(evidence: Evidence): boolean {
  const failed = [...livesOf(evidence).values()].filter(({ steps }) =>
    steps.some(
      ({ step, result }) => step === 'preHook' && (result === 'Failed' || result === 'ExecutionTimedOut'),
    ),
  );
  return failed.length > 0 && failed.every(({ steps }) => steps.every(({ step }) => step !== 'Install'));
}

/** DESIGN 4: the post-hook follows every pre-hook that succeeded, on every node that still answers. */
export function paysPostHooks(evidence: Evidence): boolean {
  const there = new Set(evidence.targets.filter(({ isThere }) => isThere).map(({ node }) => node.nodeId));
  const owing = [...livesOf(evidence).values()].filter(
    ({ nodeId, steps }) =>
      there.has(nodeId) && steps.some(({ step, result }) => step === 'preHook' && result === 'Success'),
  );
  return (
    owing.length > 0 &&
    owing.every(({ steps }) => {
      const before = steps.find(({ step, result }) => step === 'preHook' && result === 'Success');
      return steps.some(({ step, startedAt }) => step === 'postHook' && startedAt >= (before?.endedAt ?? 0));
    })
  );
}

/** DESIGN 4: no hook runs twice on a node, whatever was sent twice. */
export function runsHooksOnce(evidence: Evidence): boolean {
  const lives = [...livesOf(evidence).values()];
  const runs = lives.flatMap(({ nodeId, steps }) =>
    steps
      .filter(({ step, executed }) => executed && (step === 'preHook' || step === 'postHook'))
      .map(({ step }) => `${nodeId} ${step}`),
  );
  return runs.length > 0 && new Set(runs).size === runs.length;
}

/** DESIGN 6: one node that SSM refuses takes no other with it: every other that can be is patched or stopped by its hook. */
export function isolatesBadNodes(evidence: Evidence): boolean {
  const gone = new Set(evidence.goneNodeIds);
  const lives = livesOf(evidence);
  const others = evidence.targets.filter(
    ({ node }) =>
      node.isManaged &&
      node.instanceState === 'running' &&
      node.fate.agent === 'online' &&
      !gone.has(node.nodeId),
  );
  return (
    gone.size > 0 &&
    others.every(({ node, lacks }) =>
      lives
        .get(node.nodeId)
        ?.steps.some(
          ({ step, result }) =>
            step === 'Install' ||
            (step === 'preHook' && result !== 'Success') ||
            (step === 'Scan' && lacks === 0),
        ),
    )
  );
}
