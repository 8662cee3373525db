import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuid } from '../../local/aws/http/identifiers.ts';
import type { FleetNode } from '../../local/fleet/node.ts';
import { random } from '../../local/random.ts';
import { makeReportAutomations } from '../alternatives/automation/report-automations.ts';
import { patchGroup } from '../fleet.ts';
import { Automation } from '../simulation/automation.ts';
import { automationOperations, type StartRequest } from '../simulation/automation-operations.ts';
import { AwsClient, usualLatency } from '../simulation/aws-client.ts';
import { AwsCallError } from '../simulation/aws-request.ts';
import type { JsonObject } from '../simulation/json.ts';
import { LambdaFunctions } from '../simulation/lambda.ts';
import { readRunbook } from '../simulation/runbook.ts';
import { Occasion, type Process } from '../simulation/simulation.ts';
import type { Site } from '../sites.ts';
import type { AlternativeRun, SiteUsage } from './alternative.ts';
import { placesIn } from './setup.ts';

const runbookName = 'PatchNode';
const runbookFile = join(import.meta.dirname, '..', 'alternatives', 'automation', 'patch-node.runbook.json');

/** EventBridge from the automation's end to the function that reports. */
const eventMilliseconds = 1000;

const noStateMachine = { stateTransitions: 0, historyEventsMax: 0, payloadBytesMax: 0 };

/** (d) Systems Manager Automation with rate control: one automation a node. */
export function* automation(site: Site, run: AlternativeRun): Process<SiteUsage> {
  const { simulation, setup, snapshotId, runId } = run;
  const { seed, maxErrorsPercent } = setup.plan;
  const { aws, scope } = site;
  const end = new Occasion();
  const executionId = uuid(random(seed, 'automation run', scope.accountId));
  const engine = { aws, simulation, seed, ...scope };
  const service = new Automation({ ...engine, client: site.client });
  const runbook = readRunbook(JSON.parse(readFileSync(runbookFile, 'utf8')));
  const operations = automationOperations({
    start: (request) => {
      const targets = resolved(site.nodes, request);
      const control = {
        targets,
        parameters: request.parameters,
        maxConcurrency: Math.max(1, amountOf(request.maxConcurrency, targets.length)),
        maxErrors: amountOf(request.maxErrors, targets.length),
      };
      simulation.start(service.run(runbook, control), () => end.come());
      return executionId;
    },
    children: () => service.children,
  });
  const client = new AwsClient({
    aws,
    simulation,
    seed,
    region: scope.region,
    latency: usualLatency,
    added: { accountId: scope.accountId, operations },
  });
  const input = {
    DocumentName: runbookName,
    Targets: [{ Key: 'tag:PatchGroup', Values: [patchGroup] }],
    TargetParameterName: 'InstanceId',
    Parameters: { SnapshotId: [snapshotId] },
    MaxConcurrency: String(placesIn(setup, scope.accountId)),
    MaxErrors: `${maxErrorsPercent}%`,
  };
  yield* client.send({ service: 'ssm', operation: 'StartAutomationExecution', input });
  yield end;
  yield eventMilliseconds;
  const handlers = { report: makeReportAutomations(site.topicArn) };
  const lambda = new LambdaFunctions({ simulation, client, handlers });
  yield* untilReported(lambda, { runId, executionId });
  const [own, asserted] = [client.counts, site.client.counts];
  return {
    usage: noStateMachine,
    calls: {
      ...own,
      attempts: own.attempts + asserted.attempts,
      throttled: own.throttled + asserted.throttled,
    },
    lambda: lambda.usage,
    automationSteps: service.steps,
  };
}

/** Between Lambda's attempts at an asynchronous invocation that fails. Source: Lambda developer guide. */
const asynchronousRetryMilliseconds = [60_000, 120_000];

/** EventBridge invokes asynchronously: an event whose attempts all fail is lost, and the design has no report then. */
function* untilReported(lambda: LambdaFunctions, event: JsonObject): Process<void> {
  for (const pause of [...asynchronousRetryMilliseconds, undefined]) {
    try {
      yield* lambda.invoke('report', event);
      return;
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
    }
    if (pause !== undefined) yield pause;
  }
}

/** By tag Automation finds instances in EC2, managed or not, and hybrid nodes in Systems Manager. */
function resolved(nodes: readonly FleetNode[], { tag }: StartRequest): readonly string[] {
  return nodes
    .filter(({ tags, instanceState }) => {
      const value = tags[tag.key];
      return value !== undefined && tag.values.includes(value) && instanceState !== 'terminated';
    })
    .map(({ nodeId }) => nodeId);
}

function amountOf(text: string, total: number): number {
  return text.endsWith('%') ? Math.floor((total * Number.parseInt(text, 10)) / 100) : Number(text);
}
