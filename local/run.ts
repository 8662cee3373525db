import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleDirectory, functions } from '../infra/functions.ts';
import type { PolicyFile } from '../shared/domain/policy.ts';
import type { Clock } from './clock.ts';
import { defaultScope } from './fleet/generate.ts';
import { createEmbeddedLambda, type EmbeddedLambda } from './lambda/embedded-lambda.ts';
import type { FunctionConfiguration } from './lambda/environment.ts';
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
import type { ExecutionEvent } from './stepfunctions/run-context.ts';
import { type ExecutionResult, runStateMachine } from './stepfunctions/run-state-machine.ts';
import type { Strikes } from './strikes.ts';

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
  /** Probability of each call to AWS that the handler dies right after it. */
  readonly killRate?: number;
  readonly strikes?: Strikes;
  readonly onEvent?: (event: ExecutionEvent) => void;
  readonly onLog?: (functionName: string, line: string) => void;
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly execution: ExecutionResult;
  readonly lambda: ReturnType<EmbeddedLambda['usage']>;
}

/** Runs the deployed definition over the deployed bundles. Nothing here knows whether AWS is embedded or not. */
export async function runPatchFleet(options: RunOptions): Promise<RunResult> {
  const { clock, seed, name, request } = options;
  const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-'));
  const policyFile = join(directory, 'fleet.json');
  writeFileSync(policyFile, JSON.stringify(options.policies));
  const lambda = createEmbeddedLambda({
    clock,
    seed,
    functions: deployedFunctions(options.endpoint, policyFile),
    killRate: options.killRate ?? 0,
    ...(options.strikes ? { strikes: options.strikes } : {}),
    ...(options.onLog ? { onLog: options.onLog } : {}),
  });
  try {
    const execution = await runStateMachine({
      definition: JSON.parse(readFileSync(definitionFile, 'utf8')),
      substitutions: Object.fromEntries(functions.map((each) => [each.substitution, each.name])),
      name,
      input: request,
      invoke: lambda.invoke,
      clock,
      seed,
      ...(options.onEvent ? { onEvent: options.onEvent } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return { execution, lambda: lambda.usage() };
  } finally {
    lambda.close();
    rmSync(directory, { recursive: true, force: true });
  }
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
        environment: environmentOf(endpoint, policyFile),
      },
    ]),
  );
}

export function environmentOf(endpoint: string, policyFile: string): Record<string, string> {
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
    POLICY_FILE: policyFile,
    POWERTOOLS_TRACE_ENABLED: 'false',
  };
}
