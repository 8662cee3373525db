import type { Usage } from '../../local/stepfunctions/execution-account.ts';
import { nodesOf, place } from '../alternatives/report.ts';
import type { DesignRun, Evidence } from '../evidence.ts';
import { scopesFor } from '../fleet.ts';
import type { CallCounts } from '../simulation/aws-client.ts';
import type { LambdaUsage } from '../simulation/lambda.ts';
import { type Process, Simulation } from '../simulation/simulation.ts';
import { createSites, type Site } from '../sites.ts';
import { goneAfterMilliseconds, placesOf, type Setup, startsAt } from './setup.ts';

/** What an alternative's orchestrator used in one account. */
export interface SiteUsage {
  readonly usage: Usage;
  readonly calls: CallCounts;
  readonly lambda: LambdaUsage;
  readonly automationSteps: number;
}

/** One instance of an alternative, in one account, from its start to its end. */
export type Alternative = (site: Site, run: AlternativeRun) => Process<SiteUsage>;

export interface AlternativeRun {
  readonly setup: Setup;
  readonly simulation: Simulation;
  readonly runId: string;
  /** One for all accounts: whoever starts the run names it. */
  readonly snapshotId: string;
}

/** The size of the alternatives' functions; the smallest there is. */
const lambdaGigabytes = 128 / 1024;

/** After a run, until everything that it has left under way has ended on the nodes. */
const aftermathMilliseconds = 4 * 3_600_000;

/** Plays an alternative in every account of the fleet, each instance with its share of the concurrency. */
export async function playAlternative(alternative: Alternative, setup: Setup): Promise<DesignRun> {
  const { plan, fleet, goneNodeIds } = setup;
  const simulation = new Simulation(startsAt);
  const { seed, faults = {} } = plan;
  const sites = createSites({ simulation, seed, fleet, scopes: scopesFor(plan.nodes), faults });
  const gone = new Set(goneNodeIds);
  simulation.setTimeout(() => {
    for (const { aws, nodes } of sites) {
      for (const { nodeId } of nodes) if (gone.has(nodeId)) aws.terminate(nodeId);
    }
  }, goneAfterMilliseconds);
  const run = {
    setup,
    simulation,
    runId: `bench-${seed}`,
    snapshotId: '22222222-3333-4444-8555-666666666666',
  };
  const ended: { readonly usage: SiteUsage; readonly at: number }[] = [];
  for (const site of sites) {
    simulation.start(alternative(site, run), (usage) => ended.push({ usage, at: simulation.now() }));
  }
  await simulation.run(() => ended.length === sites.length);
  if (ended.length < sites.length) throw new Error('an alternative never came to its end');
  const endedAt = Math.max(...ended.map(({ at }) => at));
  simulation.setTimeout(() => undefined, aftermathMilliseconds);
  await simulation.run();
  return {
    ...usageOf(ended.map(({ usage }) => usage)),
    evidence: evidenceOf(sites, { setup, runId: run.runId, endedAt }),
  };
}

function usageOf(usages: readonly SiteUsage[]): Omit<DesignRun, 'evidence'> {
  const sum = (pick: (usage: SiteUsage) => number): number =>
    usages.reduce((total, usage) => total + pick(usage), 0);
  const most = (pick: (usage: SiteUsage) => number): number => Math.max(...usages.map(pick));
  const lambdaMilliseconds = sum(({ lambda }) => lambda.billedMilliseconds);
  return {
    consumption: {
      stateTransitions: sum(({ usage }) => usage.stateTransitions),
      lambdaRequests: sum(({ lambda }) => lambda.invocations),
      lambdaGigabyteSeconds: (lambdaMilliseconds / 1000) * lambdaGigabytes,
      s3Writes: sum(({ calls }) => calls.s3Writes),
      s3Reads: sum(({ calls }) => calls.s3Reads),
      publishes: sum(({ calls }) => calls.publishes),
      automationSteps: sum(({ automationSteps }) => automationSteps),
    },
    apiCalls: sum(({ calls }) => calls.attempts),
    throttledCalls: sum(({ calls }) => calls.throttled),
    lambdaMilliseconds,
    payloadBytesMax: most(({ usage }) => usage.payloadBytesMax),
    historyEventsMax: most(({ usage }) => usage.historyEventsMax),
  };
}

function evidenceOf(
  sites: readonly Site[],
  run: { readonly setup: Setup; readonly runId: string; readonly endedAt: number },
): Evidence {
  const { plan, targets, deadline, goneNodeIds } = run.setup;
  const siteOf = new Map(sites.map((site) => [site.scope.accountId, site]));
  const key = `reports/${run.runId}.json`;
  return {
    startedAt: startsAt,
    endedAt: run.endedAt,
    concurrency: placesOf(run.setup),
    maxErrors: Math.floor((targets.length * plan.maxErrorsPercent) / 100),
    deadline,
    targets: targets.map((node) => {
      const truth = node.isManaged ? siteOf.get(node.accountId)?.aws.ssm.truthOf(node.nodeId) : undefined;
      const lacks = truth ? truth.missing + truth.pendingReboot : null;
      return { node, lacks, isThere: truth?.isThere === true };
    }),
    commands: sites.flatMap(({ aws }) => aws.ssm.journal.commands),
    executions: sites.flatMap(({ aws }) => aws.ssm.journal.executions),
    report: sites.flatMap(({ aws }) =>
      aws.s3.keys(place.bucket).includes(key)
        ? nodesOf(aws.s3.object(place.bucket, key).toString('utf8')).map((node) => ({
            ...node,
            isSuccess: node.outcome === 'Success',
          }))
        : [],
    ),
    summaries: sites.reduce((sum, { aws }) => sum + aws.published.length, 0),
    instances: sites.length,
    goneNodeIds,
  };
}
