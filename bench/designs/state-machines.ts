import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeReportGroup } from '../alternatives/barrier/report-group.ts';
import { listServers } from '../alternatives/per-server/list-servers.ts';
import { makeSummarise } from '../alternatives/per-server/summarise.ts';
import { makeReportCommand } from '../alternatives/with-hooks/report-command.ts';
import { substituted } from '../asl/definition.ts';
import { runMachine } from '../asl/state-machine.ts';
import { type FleetPlan, patchGroup } from '../fleet.ts';
import type { JsonObject } from '../simulation/json.ts';
import { type Handler, LambdaFunctions } from '../simulation/lambda.ts';
import type { Process } from '../simulation/simulation.ts';
import { hookDocumentName, type Site } from '../sites.ts';
import type { Alternative, AlternativeRun, SiteUsage } from './alternative.ts';
import { placesIn } from './setup.ts';

const alternatives = join(import.meta.dirname, '..', 'alternatives');

interface Deployment {
  readonly file: string;
  readonly substitutions: Readonly<Record<string, string>>;
  readonly functions: (topicArn: string) => Readonly<Record<string, Handler>>;
  readonly input: (run: AlternativeRun, places: number) => JsonObject;
}

/** (a) A child execution a server, a command a step, asked for every 15 seconds. */
export const perServer: Alternative = deployed({
  file: 'per-server/patch-servers.asl.json',
  substitutions: {
    ListServersFunction: 'list-servers',
    SummariseFunction: 'summarise',
    HookDocument: hookDocumentName,
  },
  functions: (topicArn) => ({ 'list-servers': listServers, summarise: makeSummarise(topicArn) }),
  input: ({ setup }, places) => ({
    concurrency: places,
    toleratedFailurePercentage: setup.plan.maxErrorsPercent,
  }),
});

/**
 * How long Systems Manager may take to bring a command of the whole group to its last node: what is not delivered by then
 * is not delivered at all, so it has to last for all rounds. Twice what a node of such a fleet takes in the mean; at least
 * what the plan says, for a group may be of nodes that do not answer.
 */
function deliverySeconds({
  concurrencyPercent,
  leastDeliverySeconds = 300,
}: FleetPlan): Readonly<Record<'hook' | 'patch' | 'scan' | 'all', number>> {
  const rounds = Math.ceil(100 / concurrencyPercent);
  const of = (secondsOfNode: number): number => Math.max(leastDeliverySeconds, rounds * secondsOfNode);
  return { hook: of(120), patch: of(1200), scan: of(120), all: of(1500) };
}

function rateControl({ setup }: AlternativeRun, places: number): JsonObject {
  const { maxErrorsPercent } = setup.plan;
  return {
    maxConcurrency: String(places),
    maxErrors: `${maxErrorsPercent}%`,
    deliverySeconds: deliverySeconds(setup.plan),
  };
}

/** (b) One command by tag for each step of the whole group, and the next step when all have ended. */
export const barrier: Alternative = deployed({
  file: 'barrier/patch-group.asl.json',
  substitutions: { HookDocument: hookDocumentName, ReportFunction: 'report-group' },
  functions: (topicArn) => ({ 'report-group': makeReportGroup(topicArn) }),
  input: rateControl,
});

/** (c) One command of AWS-RunPatchBaselineWithHooks. */
export const withHooks: Alternative = deployed({
  file: 'with-hooks/patch-with-hooks.asl.json',
  substitutions: {
    PreHookDocument: 'PatchPreHook',
    PostHookDocument: 'PatchPostHook',
    ReportFunction: 'report-command',
  },
  functions: (topicArn) => ({ 'report-command': makeReportCommand(topicArn) }),
  input: rateControl,
});

function deployed({ file, substitutions, functions, input }: Deployment): Alternative {
  const definition = substituted(JSON.parse(readFileSync(join(alternatives, file), 'utf8')), substitutions);
  return function* run(site: Site, started: AlternativeRun): Process<SiteUsage> {
    const { simulation, runId, snapshotId, setup } = started;
    const { client, internal } = site;
    const lambda = new LambdaFunctions({ simulation, client, handlers: functions(site.topicArn) });
    const { outcome, usage } = yield* runMachine({
      definition,
      name: runId,
      input: { runId, snapshotId, patchGroup, ...input(started, placesIn(setup, site.scope.accountId)) },
      seed: setup.plan.seed,
      simulation,
      client,
      internal,
      functions: lambda,
    });
    // By faults an execution may fail, and its promises with it; without them it is a mistake in how it is built or played.
    if (outcome.status !== 'SUCCEEDED' && setup.plan.faults === undefined)
      throw new Error(`${file}: ${outcome.error}: ${outcome.cause}`);
    return { usage, calls: client.counts, lambda: lambda.usage, automationSteps: 0 };
  };
}
