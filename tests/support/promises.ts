import type { NodeExecution } from '../../local/aws/ssm/journal.ts';
import { bucketName } from '../../local/names.ts';
import type { NodeAccount, RunRecord } from '../../shared/domain/account.ts';
import { keys } from '../../shared/domain/keys.ts';
import { classOf, outcomes } from '../../shared/domain/outcome.ts';
import { type Plan, planSchema } from '../../shared/domain/plan.ts';
import { turnSchema } from '../../shared/domain/turn.ts';
import { type Played, policyName } from './rehearsal-builders.ts';

/** A run with what of it is looked at from outside: what SSM took, what nodes did, and the record that was left. */
interface Case {
  readonly played: Played;
  readonly record: RunRecord;
  readonly plan: Plan | undefined;
  readonly sent: readonly SentStep[];
  readonly executions: readonly NodeExecution[];
}

/** One node's place in one command that SSM took. `at` is epoch milliseconds. */
interface SentStep {
  readonly nodeId: string;
  readonly step: string;
  readonly at: number;
}

/** Every promise about a whole run that this one broke, a sentence each. Empty for a run that kept them all. */
export function brokenPromises(played: Played): string[] {
  const { record } = played;
  if (!record) return ['the run left no record'];
  const { commands, executions } = played.aws.ssm.journal;
  const sent = commands.flatMap(({ comment, nodeIds, at }) =>
    nodeIds.map((nodeId) => ({ nodeId, step: comment.split(' ').at(-2) ?? '', at })),
  );
  const run = { played, record, plan: planOf(played, record), sent, executions };
  return [
    ...accountIsClosed(run),
    ...leftOutIsUntouched(run),
    ...patchOnlyAfterPreHook(run),
    ...hooksAreRunOnce(run),
    ...postHookFollows(run),
    ...onePatchAtATime(run),
    ...concurrencyIsKept(run),
    ...nothingStartsAfterAHalt(run),
    ...oneSnapshot(run),
    ...successIsReal(run),
    ...statusIsTold(run),
    ...limitsAreFar(run),
  ];
}

function planOf({ aws }: Played, { runId }: RunRecord): Plan | undefined {
  if (!aws.s3.keys(bucketName).includes(keys.plan(runId))) return undefined;
  return planSchema.parse(JSON.parse(aws.s3.object(bucketName, keys.plan(runId)).toString('utf8')));
}

function accountIsClosed({ played, record, plan }: Case): string[] {
  if (!plan) return record.nodesInScope === 0 ? [] : ['there are nodes without a plan'];
  const inScope = played.nodes
    .filter((node) => node.tags['PatchGroup'] === policyName || node.tags['Patch Group'] === policyName)
    .map((node) => node.nodeId);
  const accounted = record.nodes.map((node) => node.nodeId);
  const sum = Object.values(record.outcomes).reduce((total, count) => total + count, 0);
  return [
    ...inScope.filter((id) => !accounted.includes(id)).map((id) => `${id} was dropped from the account`),
    ...accounted.filter((id) => !inScope.includes(id)).map((id) => `${id} was never in scope`),
    ...accounted.filter((id, index) => accounted.indexOf(id) !== index).map((id) => `${id} is there twice`),
    ...(sum === record.nodesInScope && sum === accounted.length ? [] : [`outcomes sum to ${sum}`]),
  ];
}

function leftOutIsUntouched({ record, sent }: Case): string[] {
  const untouchable = record.nodes.filter((node) => node.batch === null || node.steps.length === 0);
  const alive = untouchable.filter((node) => node.outcome !== 'Unknown');
  const nodeIds = new Set(alive.map((node) => node.nodeId));
  return sent.filter(({ nodeId }) => nodeIds.has(nodeId)).map(({ nodeId, step }) => `${nodeId} got ${step}`);
}

function patchOnlyAfterPreHook({ record, sent, executions }: Case): string[] {
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

function hooksAreRunOnce({ executions }: Case): string[] {
  const ran = executions
    .filter(({ step, executed }) => executed && (step === 'preHook' || step === 'postHook'))
    .map(({ nodeId, step }) => `${step} of ${nodeId}`);
  return ran.filter((hook, index) => ran.indexOf(hook) !== index).map((hook) => `${hook} ran twice`);
}

/** Owed to whoever's pre-hook succeeded; a batch that died owes it too, and its nodes are told of as Unknown. */
function postHookFollows({ record, sent, executions }: Case): string[] {
  const succeeded = new Set(
    executions
      .filter(({ step, result }) => step === 'preHook' && result === 'Success')
      .map(({ nodeId }) => nodeId),
  );
  const followed = new Set(sent.filter(({ step }) => step === 'postHook').map(({ nodeId }) => nodeId));
  return record.nodes.flatMap(({ nodeId, outcome }) => {
    if (followed.has(nodeId) && !succeeded.has(nodeId))
      return [`${nodeId} got a post-hook without a pre-hook`];
    if (!succeeded.has(nodeId) || followed.has(nodeId) || outcome === 'Unknown') return [];
    return [`${nodeId} never got the post-hook that its pre-hook asks for (${outcome})`];
  });
}

function onePatchAtATime({ executions }: Case): string[] {
  const patches = executions.filter(({ document }) => document === 'AWS-RunPatchBaseline');
  return patches.flatMap((one, index) =>
    patches
      .slice(index + 1)
      .filter((other) => other.nodeId === one.nodeId)
      .filter((other) => other.startedAt < endOf(one) && one.startedAt < endOf(other))
      .map(({ nodeId, step }) => `${nodeId} had ${one.step} and ${step} at the same time`),
  );
}

function endOf({ endedAt }: NodeExecution): number {
  return endedAt ?? Number.POSITIVE_INFINITY;
}

/** In flight is a node from its first command to the end of its last step, wherever it is still accounted for. */
function concurrencyIsKept({ record, plan, sent }: Case): string[] {
  return (plan?.waves ?? []).flatMap(({ waveIndex, concurrency }) => {
    const flights = record.nodes
      .filter((node) => node.wave === waveIndex + 1 && node.outcome !== 'Unknown')
      .flatMap((node) => flightOf(node, sent));
    const most = Math.max(
      0,
      ...flights.map(
        ({ from }) => flights.filter((other) => other.from <= from && from < other.until).length,
      ),
    );
    return most > concurrency
      ? [`wave ${waveIndex + 1} had ${most} nodes in flight, ${concurrency} allowed`]
      : [];
  });
}

function flightOf(node: NodeAccount, sent: readonly SentStep[]): { from: number; until: number }[] {
  const from = sent.find(({ nodeId }) => nodeId === node.nodeId)?.at;
  const ends = node.steps.map((step) => Date.parse(step.endedAt ?? step.startedAt));
  return from === undefined ? [] : [{ from, until: Math.max(...ends) }];
}

/** A halt is due when a batch's own ended nodes alone spend the wave's budget; nothing starts from then on. */
function nothingStartsAfterAHalt({ played, plan, sent }: Case): string[] {
  const begunAt = new Map(sent.toReversed().map(({ nodeId, at }) => [nodeId, at]));
  return decisions(played).flatMap(({ batchId, errors, at }) => {
    const wave = plan?.waves.find(({ batchIds }) => batchIds.includes(batchId));
    if (!wave || errors <= wave.maxErrors) return [];
    const waves = plan?.waves.filter(({ waveIndex }) => waveIndex > wave.waveIndex) ?? [];
    const later = new Set([batchId, ...waves.flatMap(({ batchIds }) => batchIds)]);
    return (played.record?.nodes ?? [])
      .filter((node) => later.has(node.batch ?? '') && (begunAt.get(node.nodeId) ?? 0) > at)
      .map((node) => `${node.nodeId} was started after ${batchId} had halted`);
  });
}

interface DecidedTurn {
  readonly batchId: string;
  readonly errors: number;
  readonly at: number;
}

/** What each decision of a batch knew, from the payload that it left with. */
function decisions({ events }: Played): DecidedTurn[] {
  return events.flatMap((event) => {
    if (event.type !== 'StateExited' || event.stateName !== 'EvaluateResult') return [];
    const { batchId, progress } = turnSchema.parse(event.output);
    const errors = outcomes
      .filter((outcome) => classOf(outcome) === 'error')
      .reduce((sum, outcome) => sum + (progress.ended[outcome] ?? 0), 0);
    return [{ batchId, errors, at: event.at }];
  });
}

function oneSnapshot({ played, record }: Case): string[] {
  const used = played.aws.ssm.journal.commands.flatMap(({ parameters }) => parameters['SnapshotId'] ?? []);
  const others = new Set(used.filter((snapshotId) => snapshotId !== record.snapshotId));
  return [...others].map((snapshotId) => `${snapshotId} is not the run's SnapshotId`);
}

/**
 * Who is reported as patched has nothing missing that its fate would have kept missing. A policy without `verify` has
 * only the Install's word for it, which does not speak of what is missing.
 */
function successIsReal({ played, record, plan, executions }: Case): string[] {
  const isVerified = plan?.settings.patch.verify ?? true;
  const fates = new Map(played.nodes.map(({ nodeId, fate }) => [nodeId, fate]));
  return record.nodes.flatMap(({ nodeId, outcome }) => {
    if (outcome !== 'Patched' && outcome !== 'AlreadyCompliant') return [];
    const fate = fates.get(nodeId);
    const unresolved = fate?.install === 'fails' || (isVerified && (fate?.stubbornPatches ?? 0) > 0);
    const isMissing = unresolved && (fate?.missingPatches ?? 0) > 0;
    const hasInstalled = executions.some((each) => each.nodeId === nodeId && each.step === 'Install');
    return isMissing || !hasInstalled ? [`${nodeId} is ${outcome}, and is not`] : [];
  });
}

function statusIsTold({ played, record }: Case): string[] {
  const hasSucceeded = record.status === 'Succeeded';
  const alerts = played.published.filter(({ topicArn }) => topicArn.endsWith('-alerts'));
  const urgent = alerts.filter(({ attributes }) => attributes['kind']?.value === 'urgent');
  const needAHand = record.nodes.filter(
    ({ outcome }) => outcome === 'LostAfterReboot' || outcome === 'PostHookFailed',
  );
  return [
    ...((played.execution.status === 'SUCCEEDED') === hasSucceeded
      ? []
      : [`the execution ${played.execution.status} of a run that ${record.status}`]),
    ...(hasSucceeded || alerts.some(({ attributes }) => attributes['kind']?.value === 'run-ended')
      ? []
      : [`nobody was told that the run ${record.status}`]),
    ...needAHand
      .filter(({ nodeId }) => !urgent.some(({ message }) => message.includes(nodeId)))
      .map(({ nodeId, outcome }) => `nobody was told at once that ${nodeId} is ${outcome}`),
  ];
}

/** A fifth of each of Step Functions' quotas would already be too near for fleets of this size. */
function limitsAreFar({ played }: Case): string[] {
  const { historyEventsMax, payloadBytesMax } = played.execution.usage;
  return [
    ...(historyEventsMax < 5_000 ? [] : [`a history has ${historyEventsMax} events`]),
    ...(payloadBytesMax < 52_428 ? [] : [`a payload has ${payloadBytesMax} bytes`]),
  ];
}
