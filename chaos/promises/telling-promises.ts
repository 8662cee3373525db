import type { NodeAccount } from '../../shared/domain/account.ts';
import { classOf } from '../../shared/domain/outcome.ts';
import type { Played } from '../play.ts';
import { isByFault, mayHaveFailed } from './failing.ts';
import type { Case } from './promised-run.ts';
import { errorsAllowedIn } from './run-promises.ts';

/**
 * Whether nobody could close the run, so that the failed execution and the dead letters, each with an alarm, are all that
 * tells of it: by fault the event of its end never came, or by faults close-run gave up each that came. (Of a run in a
 * window check-windows misses the record as well.)
 */
export function isBeyondClosing(played: Played): boolean {
  const { execution, told, strikes } = played;
  if (execution.status === 'SUCCEEDED' || !told || told.dead < told.delivered) return false;
  if (told.delivered === 0) return (strikes['delivered-never'] ?? 0) > 0;
  return told.failures.length > 0 && told.failures.every((error) => isByFault(played, error));
}

/** Whether an alert of the run's end names the node, or nobody could close the run. */
export function isToldOf(played: Played, nodeId: string): boolean {
  const ended = alertsOf(played, 'run-ended');
  return ended.some(({ message }) => message.includes(nodeId)) || isBeyondClosing(played);
}

/** A run leaves its record, but where nobody could close it. */
export function recordIsLeft(played: Played): string[] {
  return played.record || isBeyondClosing(played) ? [] : ['the run left no record'];
}

/**
 * An execution that succeeded is a run that succeeded. One that did not is none, but where only its last state failed: the
 * report could not be sent, or the execution was stopped after the account had been closed.
 */
export function endIsTrue({ played, record }: Case): string[] {
  const { execution, events } = played;
  const hasSucceeded = record.status === 'Succeeded';
  const overspent = record.waves.filter(({ wave }) => {
    const errors = record.nodes.filter((node) => node.wave === wave && classOf(node.outcome) === 'error');
    return errors.length > errorsAllowedIn(wave, { played, record });
  });
  const hasLostLastState =
    execution.status === 'ABORTED' ||
    execution.status === 'TIMED_OUT' ||
    (mayHaveFailed(played) &&
      events.some((event) => event.type === 'StateFailed' && event.stateName === 'NotifyRunEnded'));
  const agree = (execution.status === 'SUCCEEDED') === hasSucceeded || (hasSucceeded && hasLostLastState);
  return [
    ...(agree ? [] : [`the execution ${execution.status} of a run that ${record.status}`]),
    ...(hasSucceeded ? overspent.map(({ wave }) => `wave ${wave} overspent, and the run succeeded`) : []),
  ];
}

/** Each run that did not end well is told of by an alert, but where nobody could: then its execution has failed. */
export function badEndIsTold({ played, record }: Case): string[] {
  if (record.status === 'Succeeded' || isBeyondClosing(played)) return [];
  const isTold = alertsOf(played, 'run-ended').length > 0;
  return isTold ? [] : [`nobody was told that the run ${record.status}`];
}

/**
 * Who was lost or may be down is told of at once. Where that message could not be sent, or the batch did not live to send
 * it, the digest of the run's end says it.
 */
export function needOfAHandIsTold({ played, record }: Case): string[] {
  const urgent = alertsOf(played, 'urgent');
  const silent = silentBatches(played);
  const isTold = ({ nodeId, batch }: NodeAccount): boolean => {
    if (urgent.some(({ message }) => message.includes(nodeId))) return true;
    return silent.has(batch ?? '') && isToldOf(played, nodeId);
  };
  return record.nodes
    .filter(({ outcome }) => outcome === 'LostAfterReboot' || outcome === 'PostHookFailed')
    .filter((node) => !isTold(node))
    .map(({ nodeId, outcome }) => `nobody was told at once that ${nodeId} is ${outcome}`);
}

function alertsOf({ published }: Played, kind: 'urgent' | 'run-ended') {
  return published.filter(
    ({ topicArn, attributes }) => topicArn.endsWith('-alerts') && attributes['kind']?.value === kind,
  );
}

/** Batches whose execution did not succeed, and those whose urgent message was given up. */
function silentBatches(played: Played): ReadonlySet<string> {
  const batchOf = new Map<string, string>();
  const silent = new Set<string>();
  for (const event of played.events) {
    if (event.type === 'ExecutionStarted') batchOf.set(event.executionName, batchIdIn(event.input));
    const isSilent =
      (event.type === 'ExecutionEnded' && event.status !== 'SUCCEEDED') ||
      (event.type === 'StateFailed' && event.stateName === 'NotifyUrgent' && mayHaveFailed(played));
    if (isSilent) silent.add(batchOf.get(event.executionName) ?? '');
  }
  return silent;
}

function batchIdIn(input: unknown): string {
  const isBatch = typeof input === 'object' && input !== null && 'batchId' in input;
  return isBatch ? String(input.batchId) : '';
}

/** Nothing goes on for ever: an execution times out, or is aborted, only where somebody or something made it. */
export function runEndsByItself({ played }: Case): string[] {
  const { execution, strikes } = played;
  const isForced = (strikes['stopped-run'] ?? 0) + (strikes['timed-out-run'] ?? 0) > 0;
  const isCut = execution.status === 'ABORTED' || execution.status === 'TIMED_OUT';
  return isCut && !isForced ? [`the execution ${execution.status}, and nobody made it`] : [];
}

/** What the product lives with; anything else that a service refuses is a limit of AWS, or a mistake. */
const expectedRefusals: ReadonlySet<string> = new Set([
  'ssm:SendCommand InvalidInstanceId',
  'ssm:CancelCommand InvalidInstanceId',
  'ssm:ListCommandInvocations InvalidCommandId',
  'ssm:DescribeInstanceInformation InvalidInstanceId',
  's3:GetObject NoSuchKey',
  's3:PutObject PreconditionFailed',
]);

/** The embedded AWS is as strict as AWS: a request beyond a limit would have been refused. */
export function noLimitIsBroken(played: Played): string[] {
  const isDenial = (refusal: string) =>
    refusal === 'ssm:SendCommand AccessDeniedException' && played.aws.retagged.size > 0;
  const isDue = (refusal: string) =>
    expectedRefusals.has(refusal) || isDenial(refusal) || isByFault(played, refusal.split(' ')[1] ?? '');
  return Object.keys(played.calls.refusals)
    .filter((refusal) => !isDue(refusal))
    .map((refusal) => `AWS refused ${refusal}`);
}
