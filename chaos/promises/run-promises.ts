import { bucketName } from '../../local/names.ts';
import { changed } from '../../local/redeployments.ts';
import type { NodeAccount, RunRecord } from '../../shared/domain/account.ts';
import { type BatchState, batchStateSchema } from '../../shared/domain/batch.ts';
import { classOf, outcomes } from '../../shared/domain/outcome.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { turnSchema } from '../../shared/domain/turn.ts';
import { policyName } from '../nodes.ts';
import type { Played } from '../play.ts';
import type { Case, SentStep } from './promised-run.ts';

/** Every node that carries the tags, and nobody else, has one outcome; together they are the scope. */
export function accountIsClosed({ played, record, plan, commands }: Case): string[] {
  if (!plan) return record.nodesInScope === 0 ? [] : ['there are nodes without a plan'];
  const inScope = played.nodes
    .filter((node) => node.tags['PatchGroup'] === policyName || node.tags['Patch Group'] === policyName)
    .map((node) => node.nodeId);
  const plannedBefore = commands[0]?.at ?? Date.parse(record.endedAt);
  const isGone = (nodeId: string): boolean => (played.aws.terminated.get(nodeId) ?? Infinity) < plannedBefore;
  const accounted = record.nodes.map((node) => node.nodeId);
  const sum = Object.values(record.outcomes).reduce((total, count) => total + count, 0);
  return [
    ...inScope
      .filter((id) => !accounted.includes(id) && !isGone(id))
      .map((id) => `${id} was dropped from the account`),
    ...accounted.filter((id) => !inScope.includes(id)).map((id) => `${id} was never in scope`),
    ...accounted.filter((id, index) => accounted.indexOf(id) !== index).map((id) => `${id} is there twice`),
    ...(sum === record.nodesInScope && sum === accounted.length ? [] : [`outcomes sum to ${sum}`]),
  ];
}

/** Each wave reaches as many nodes as the policy says, counted from the first; a Scan has one wave. */
export function wavesAreKept(run: Case): string[] {
  return brokenByAll(run.played, (rollout) => brokenWaves(run, rollout));
}

function brokenWaves({ record, plan }: Case, { waves }: Rollout): string[] {
  const total = planned(record).length;
  if (total === 0) return [];
  const sizes = plan?.settings.operation === 'Scan' ? ['100%'] : waves;
  const due = [...new Set(sizes.map((size) => Math.min(total, Math.max(1, ofTotal(size, total)))))].join();
  const reach = (last: number) => planned(record).filter(({ wave }) => (wave ?? 0) <= last).length;
  const reached = record.waves.map(({ wave }) => reach(wave)).join();
  return reached === due ? [] : [`the waves reach ${reached} of ${total} nodes, and ${due} by the policy`];
}

/** In flight is a node from its first command to the end of its last step, wherever it is still accounted for. */
export function concurrencyIsKept(run: Case): string[] {
  return brokenByAll(run.played, (rollout) => brokenConcurrency(run, rollout));
}

function brokenConcurrency({ record, sent }: Case, { maxConcurrency }: Rollout): string[] {
  const concurrency = Math.max(1, ofTotal(maxConcurrency, planned(record).length));
  return record.waves.flatMap(({ wave }) => {
    const flights = planned(record)
      .filter((node) => node.wave === wave && node.outcome !== 'Unknown')
      .flatMap((node) => flightOf(node, sent));
    const most = Math.max(
      0,
      ...flights.map(
        ({ from }) => flights.filter((other) => other.from <= from && from < other.until).length,
      ),
    );
    return most > concurrency ? [`wave ${wave} had ${most} nodes in flight, ${concurrency} allowed`] : [];
  });
}

/** A wave's error budget, in nodes. */
export function errorsAllowedIn(wave: number, { played, record }: Pick<Case, 'played' | 'record'>): number {
  const nodes = planned(record).filter((node) => node.wave === wave).length;
  return Math.max(...rolloutsOf(played).map(({ maxErrors }) => ofTotal(maxErrors, nodes)));
}

/** The nodes that the run was to patch. */
function planned(record: RunRecord): readonly NodeAccount[] {
  return record.nodes.filter((node) => node.wave !== null);
}

type Rollout = Policy['rollout'];

/** What the run may have been planned with: the policy, or what a redeployment before the plan has made of it. */
function rolloutsOf({ policies, strikes }: Played): Rollout[] {
  const files = strikes.redeployed ? [policies, changed(policies)] : [policies];
  return files.flatMap((file) => file.policies[policyName]?.rollout ?? []);
}

/** What the run broke, if it broke something by whichever policy it was planned with. */
function brokenByAll(played: Played, broken: (rollout: Rollout) => string[]): string[] {
  const [first = [], ...others] = rolloutsOf(played).map(broken);
  return others.some((each) => each.length === 0) ? [] : first;
}

/** A count, or a percentage without its fraction. Told here once more: the plan is what is judged by it. */
function ofTotal(countOrPercent: string, total: number): number {
  const number = Number.parseInt(countOrPercent, 10);
  return countOrPercent.endsWith('%') ? Math.trunc((number * total) / 100) : number;
}

function flightOf(node: NodeAccount, sent: readonly SentStep[]): { from: number; until: number }[] {
  const from = sent.find(({ nodeId }) => nodeId === node.nodeId)?.at;
  const ends = node.steps.map((step) => Date.parse(step.endedAt ?? step.startedAt));
  return from === undefined ? [] : [{ from, until: Math.max(...ends) }];
}

/** A halt is due when a batch's own ended nodes alone spend the wave's budget; nothing starts from then on. */
export function nothingStartsAfterAHalt({ played, record, plan, sent }: Case): string[] {
  const begunAt = new Map(sent.toReversed().map(({ nodeId, at }) => [nodeId, at]));
  return decisions(played).flatMap(({ batchId, errors, at }) => {
    const wave = plan?.waves.find(({ batchIds }) => batchIds.includes(batchId));
    if (!wave || errors <= errorsAllowedIn(wave.waveIndex + 1, { played, record })) return [];
    const waves = plan?.waves.filter(({ waveIndex }) => waveIndex > wave.waveIndex) ?? [];
    const later = new Set([batchId, ...waves.flatMap(({ batchIds }) => batchIds)]);
    return record.nodes
      .filter((node) => later.has(node.batch ?? '') && (begunAt.get(node.nodeId) ?? 0) > at)
      .map((node) => `${node.nodeId} was started after ${batchId} had halted`);
  });
}

interface DecidedTurn {
  readonly batchId: string;
  readonly errors: number;
  readonly at: number;
}

const decidedSchema = turnSchema.pick({ batchId: true, progress: true });

/** What each decision of a batch knew, from the payload that it left with. */
function decisions({ events }: Played): DecidedTurn[] {
  return events.flatMap((event) => {
    if (event.type !== 'StateExited' || event.stateName !== 'EvaluateResult') return [];
    const decided = decidedSchema.safeParse(event.output);
    // A state that failed for good is left with its input and an error: nothing was decided.
    if (!decided.success) return [];
    const { batchId, progress } = decided.data;
    const errors = outcomes
      .filter((outcome) => classOf(outcome) === 'error')
      .reduce((sum, outcome) => sum + (progress.ended[outcome] ?? 0), 0);
    return [{ batchId, errors, at: event.at }];
  });
}

/** A call may take a moment after it was decided that there is time for it, and waits for its place among others. */
const sendingMilliseconds = 10_000;
const twoDays = 48 * 3_600_000;

/** No node starts when the time left is less than the cutoff or than its expected duration, whatever held it back. */
export function nobodyStartsTooLate({ played, record, plan, sent }: Case): string[] {
  if (!plan) return [];
  const { settings } = plan;
  const first = settings.operation === 'Scan' ? 'patch' : 'preHook';
  const expected = new Map(
    statesOf(played, record.runId).flatMap(({ nodes }) => nodes.map((node) => [node.nodeId, node] as const)),
  );
  return sent
    .filter(({ step }) => step === first)
    .filter(({ nodeId, at }) => {
      const node = expected.get(nodeId);
      if (!node) return false;
      // By the rule and not by the product's own function: a judge that shares its mistake sees none.
      const closesAt = Math.min(played.deadline, settings.startedAt + twoDays);
      const lastStart = closesAt - Math.max(settings.cutoffSeconds, node.expected.total) * 1000;
      return at > lastStart + sendingMilliseconds;
    })
    .map(({ nodeId, step }) => `${nodeId} got its ${step} when it was too late for it`);
}

/** The states of the run's batches, as they lie in the bucket. */
function statesOf({ aws }: Played, runId: string): BatchState[] {
  return aws.s3
    .keys(bucketName)
    .filter((key) => key.startsWith(`runs/${runId}/batches/`))
    .map((key) => batchStateSchema.parse(JSON.parse(aws.s3.object(bucketName, key).toString('utf8'))));
}

/** All patch operations of a run install the same patches. */
export function oneSnapshot({ commands, record }: Case): string[] {
  const used = commands.flatMap(({ parameters }) => parameters['SnapshotId'] ?? []);
  const others = new Set(used.filter((snapshotId) => snapshotId !== record.snapshotId));
  return [...others].map((snapshotId) => `${snapshotId} is not the run's SnapshotId`);
}

/** A fifth of each of Step Functions' quotas would already be too near for fleets of this size. */
export function limitsAreFar({ played }: Case): string[] {
  const { historyEventsMax, payloadBytesMax } = played.execution.usage;
  return [
    ...(historyEventsMax < 5_000 ? [] : [`a history has ${historyEventsMax} events`]),
    ...(payloadBytesMax < 52_428 ? [] : [`a payload has ${payloadBytesMax} bytes`]),
  ];
}
