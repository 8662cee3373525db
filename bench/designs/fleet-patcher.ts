import { functions } from '../../infra/functions.ts';
import type { UsageSnapshot } from '../../local/aws/usage.ts';
import { VirtualClock } from '../../local/clock.ts';
import { type Rehearsal, rehearse } from '../../local/rehearsal.ts';
import { classOf, type Outcome } from '../../shared/domain/outcome.ts';
import type { DesignRun, Evidence } from '../evidence.ts';
import { policyName } from '../fleet.ts';
import { goneAfterMilliseconds, placesOf, type Setup, startsAt } from './setup.ts';

/** After a run, until everything that it has left under way has ended on the nodes. */
const aftermathMilliseconds = 4 * 3_600_000;

/** Ours: the definition and the bundles that are deployed, as `npm start` plays them. */
export async function playFleetPatcher(setup: Setup): Promise<DesignRun> {
  const { plan, policies, fleet, deadline, goneNodeIds } = setup;
  const clock = new VirtualClock(startsAt);
  const ended = { at: startsAt };
  const played = await rehearse({
    clock,
    seed: plan.seed,
    nodes: fleet,
    policies,
    name: `bench-${plan.seed}`,
    request: {
      policy: policyName,
      operation: 'Install',
      ...(deadline === null ? {} : { deadline: new Date(deadline).toISOString() }),
    },
    faults: plan.faults ?? {},
    inWindow: false,
    begin: (aws, endpoint) => {
      clock.setTimeout(() => {
        for (const nodeId of goneNodeIds) aws.terminate(nodeId);
      }, goneAfterMilliseconds);
      return Promise.resolve(endpoint);
    },
    onEvent: (event) => {
      if (event.type === 'ExecutionEnded') ended.at = event.at;
    },
  });
  // What the nodes do after the run is looked at as well.
  await clock.sleep(aftermathMilliseconds);
  return { ...usageOf(played), evidence: evidenceOf(played, { setup, endedAt: ended.at }) };
}

/** What a run of ours used, and what of it is paid for. */
export function usageOf({
  execution,
  lambda,
  calls,
}: Pick<Rehearsal, 'execution' | 'lambda' | 'calls'>): Omit<DesignRun, 'evidence'> {
  const memory = new Map(functions.map(({ name, memoryMegabytes }) => [name, memoryMegabytes]));
  const used = Object.entries(lambda);
  const lambdaMilliseconds = used.reduce((sum, [, { billedMilliseconds }]) => sum + billedMilliseconds, 0);
  const gigabyteSeconds = used.reduce(
    (sum, [name, usage]) => sum + (usage.billedMilliseconds / 1000) * ((memory.get(name) ?? 0) / 1024),
    0,
  );
  const count = (pattern: RegExp, of: UsageSnapshot['calls'] = calls.calls): number =>
    Object.entries(of).reduce((sum, [name, times]) => sum + (pattern.test(name) ? times : 0), 0);
  return {
    consumption: {
      stateTransitions: execution.usage.stateTransitions,
      lambdaRequests: used.reduce((sum, [, { invocations }]) => sum + invocations, 0),
      lambdaGigabyteSeconds: gigabyteSeconds,
      s3Writes: count(/^s3:(Put|List|Delete)/),
      s3Reads: count(/^s3:(Get|Head)/),
      publishes: count(/^sns:Publish$/),
      automationSteps: 0,
    },
    apiCalls: count(/./),
    throttledCalls: count(/./, calls.throttled),
    lambdaMilliseconds,
    payloadBytesMax: execution.usage.payloadBytesMax,
    historyEventsMax: execution.usage.historyEventsMax,
  };
}

function evidenceOf(
  { aws, record, published }: Rehearsal,
  { setup, endedAt }: { readonly setup: Setup; readonly endedAt: number },
): Evidence {
  const { plan, targets, deadline, goneNodeIds } = setup;
  const { commands, executions } = aws.ssm.journal;
  return {
    startedAt: startsAt,
    endedAt,
    concurrency: placesOf(setup),
    maxErrors: Math.floor((targets.length * plan.maxErrorsPercent) / 100),
    deadline,
    targets: targets.map((node) => {
      const truth = node.isManaged ? aws.ssm.truthOf(node.nodeId) : undefined;
      const lacks = truth ? truth.missing + truth.pendingReboot : null;
      return { node, lacks, isThere: truth?.isThere === true };
    }),
    commands,
    executions,
    report: (record?.nodes ?? []).map(({ nodeId, outcome }) => ({
      nodeId,
      outcome,
      isSuccess: isSuccess(outcome),
    })),
    summaries: published.filter(({ attributes }) => attributes['kind']?.value !== 'urgent').length,
    instances: 1,
    goneNodeIds,
  };
}

/** Of what counts as achieved, all but the node that still has to be rebooted by hand. */
function isSuccess(outcome: Outcome): boolean {
  return classOf(outcome) === 'achieved' && outcome !== 'PatchedPendingReboot';
}
