import type { Evidence } from '../evidence.ts';
import { livesOf, reportsOf } from './life.ts';

/** DESIGN 3: every node in scope ends with exactly one outcome, and nothing else is in the report. */
export function closesTheAccount(evidence: Evidence): boolean {
  const reports = reportsOf(evidence);
  const targets = new Set(evidence.targets.map(({ node }) => node.nodeId));
  return (
    [...targets].every((nodeId) => reports.get(nodeId)?.length === 1) &&
    [...reports.keys()].every((nodeId) => targets.has(nodeId))
  );
}

/** DESIGN 3: a node to which something was sent, and which never answered it, is reported as one that did not succeed. */
export function dropsNoUnknown(evidence: Evidence): boolean {
  const reports = reportsOf(evidence);
  const lives = livesOf(evidence);
  const targets = new Set(evidence.targets.map(({ node }) => node.nodeId));
  const touched = new Set(evidence.commands.flatMap(({ nodeIds }) => nodeIds));
  return [...touched]
    .filter((nodeId) => targets.has(nodeId) && lives.get(nodeId)?.isSilent !== false)
    .every((nodeId) => {
      const [isSuccess, ...others] = reports.get(nodeId) ?? [];
      return isSuccess === false && others.length === 0;
    });
}

/** DESIGN 8: a node that is reported as a success lacks nothing. */
export function meansItsSuccess(evidence: Evidence): boolean {
  const reports = reportsOf(evidence);
  const successes = evidence.targets.filter(({ node }) => reports.get(node.nodeId)?.includes(true));
  return successes.length > 0 && successes.every(({ lacks }) => lacks === 0);
}

/** DESIGN 9: one message tells the whole run; where one is deployed in each account, a message each. */
export function sendsOneSummary({ instances, summaries }: Evidence): boolean {
  return summaries === instances;
}

/** DESIGN 6: throttled calls are no failure of a node: whoever lacks nothing and has had its post-hook is a success. */
export function survivesThrottling(evidence: Evidence): boolean {
  const reports = reportsOf(evidence);
  const lives = livesOf(evidence);
  const online = evidence.targets.filter(
    ({ node }) => node.isManaged && node.instanceState === 'running' && node.fate.agent === 'online',
  );
  return (
    online.length > 0 &&
    online.every(({ node, lacks }) => {
      const isDone = lives
        .get(node.nodeId)
        ?.steps.some(({ step, result }) => step === 'postHook' && result === 'Success');
      return isDone === true && (lacks !== 0 || reports.get(node.nodeId)?.includes(true) === true);
    })
  );
}
