import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleDirectory, functions } from '../infra/functions.ts';
import type { PolicyFile } from '../shared/domain/policy.ts';
import type { Clock } from './clock.ts';
import { defaultScope } from './fleet/generate.ts';
import { createEmbeddedLambda, type EmbeddedLambda } from './lambda/embedded-lambda.ts';
import type { FunctionConfiguration } from './lambda/environment.ts';
import type { WarmEnvironments } from './lambda/warm-environments.ts';
import {
  alertsTopic,
  bucketName,
  chatTopic,
  findingsDeadLetterQueue,
  hookDocumentName,
  idempotencyTable,
  ledgerTable,
  patchFleetArn,
  reportsTopic,
  topicArn,
} from './names.ts';
import { withRedeployments } from './redeployments.ts';
import { type EndTold, tellOfEnd } from './run-end.ts';
import type { ExecutionEvent, Invoke } from './stepfunctions/run-context.ts';
import { type ExecutionResult, runStateMachine } from './stepfunctions/run-state-machine.ts';
import { Weather } from './weather.ts';

const definitionFile = join(import.meta.dirname, '..', 'state-machines', 'patch-fleet.asl.json');

/** One run against something that answers as AWS does, at `endpoint`. */
export interface RunOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly endpoint: string;
  readonly policies: PolicyFile;
  /** The execution's name, and its input. */
  readonly name: string;
  readonly request: unknown;
  /** How likely the faults of functions and executions are. */
  readonly weather?: Weather;
  /** Whether EventBridge tells close-run of an execution that did not succeed, as the stack's rule does. */
  readonly tellsOfEnd?: boolean;
  readonly onEvent?: (event: ExecutionEvent) => void;
  readonly onLog?: (functionName: string, line: string) => void;
  readonly onInvoke?: (functionName: string, payload: string) => void;
  readonly signal?: AbortSignal;
  /** Environments that are left of earlier runs, for runs at the same endpoint. */
  readonly warm?: WarmEnvironments | undefined;
}

export interface RunResult {
  readonly execution: ExecutionResult;
  readonly lambda: ReturnType<EmbeddedLambda['usage']>;
  /** When the execution had ended: epoch milliseconds. */
  readonly endedAt: number;
  /** Undefined where nobody is told. */
  readonly told: EndTold | undefined;
}

/** Runs the deployed definition over the deployed bundles. Nothing here knows whether AWS is embedded or not. */
export async function runPatchFleet(options: RunOptions): Promise<RunResult> {
  const { clock, seed, name, request, weather = new Weather() } = options;
  const startedAt = clock.now();
  const deployment = deploy(options, weather);
  const { invoke, lambda } = deployment;
  try {
    const execution = await runStateMachine({
      definition: JSON.parse(readFileSync(definitionFile, 'utf8')),
      substitutions: Object.fromEntries(functions.map((each) => [each.substitution, each.name])),
      name,
      input: request,
      invoke,
      clock,
      seed,
      weather,
      ...(options.onEvent ? { onEvent: options.onEvent } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const endedAt = clock.now();
    const end = { ...execution, name, input: request, startedAt };
    const told = options.tellsOfEnd ? await tellOfEnd(end, { clock, seed, weather, invoke }) : undefined;
    await lambda.settled();
    return { execution, endedAt, told, lambda: lambda.usage() };
  } finally {
    deployment.remove();
  }
}

interface Deployment {
  readonly invoke: Invoke;
  readonly lambda: EmbeddedLambda;
  readonly remove: () => void;
}

/** The functions in an embedded Lambda, with the policies beside them. */
function deploy(options: RunOptions, weather: Weather): Deployment {
  const { clock, seed, endpoint, policies } = options;
  const directory = policyDirectory(options);
  let version = 0;
  const configured = (file: PolicyFile): Readonly<Record<string, FunctionConfiguration>> => {
    version += 1;
    const policyFile = join(directory, `fleet-${version}.json`);
    writeFileSync(policyFile, JSON.stringify(file));
    return deployedFunctions(endpoint, policyFile);
  };
  const lambda = createEmbeddedLambda({
    clock,
    seed,
    functions: configured(policies),
    weather,
    warm: options.warm,
    ...(options.onLog ? { onLog: options.onLog } : {}),
    ...(options.onInvoke ? { onInvoke: options.onInvoke } : {}),
  });
  const redeploy = (file: PolicyFile): void => lambda.redeploy(configured(file));
  return {
    lambda,
    invoke: withRedeployments({ invoke: lambda.invoke, clock, seed, weather, policies, redeploy }),
    remove: () => {
      lambda.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Kept environments know where their policies lie: always at the same place for a run of that name. */
function policyDirectory({ name, warm }: RunOptions): string {
  if (!warm) return mkdtempSync(join(tmpdir(), 'fleet-patcher-'));
  const directory = join(tmpdir(), `fleet-patcher-${process.pid}-${name}`);
  // A process that was killed may have left one, and its number may have come again.
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  return directory;
}

/** Every function of the stack, as its folder and its bundle say, against the AWS at `endpoint`. */
export function deployedFunctions(
  endpoint: string,
  policyFile: string,
): Readonly<Record<string, FunctionConfiguration>> {
  return Object.fromEntries(
    functions.map((each) => [
      each.name,
      {
        file: join(bundleDirectory, each.name, 'index.js'),
        timeoutSeconds: each.timeoutSeconds,
        memoryMegabytes: each.memoryMegabytes,
        reservedConcurrency: each.reservedConcurrency,
        environment: environmentOf(endpoint, each.readsPolicies ? policyFile : undefined),
      },
    ]),
  );
}

/** The variables of a function; `policyFile` for one that reads the policies. */
export function environmentOf(endpoint: string, policyFile?: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    BUCKET_NAME: bucketName,
    ALERTS_TOPIC_ARN: topicArn(alertsTopic),
    REPORTS_TOPIC_ARN: topicArn(reportsTopic),
    CHAT_TOPIC_ARN: topicArn(chatTopic),
    LEDGER_TABLE_NAME: ledgerTable,
    IDEMPOTENCY_TABLE_NAME: idempotencyTable,
    FINDINGS_DEAD_LETTER_QUEUE_URL: `${endpoint}/${defaultScope.accountId}/${findingsDeadLetterQueue}`,
    PATCH_FLEET_ARN: patchFleetArn,
    HOOK_DOCUMENT_NAME: hookDocumentName,
    POWERTOOLS_TRACE_ENABLED: 'false',
    ...(policyFile === undefined ? {} : { POLICY_FILE: policyFile }),
  };
}
