import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitions } from '../../infra/definitions.ts';
import { findingsBuffer, findingsFunction, findingsPattern } from '../../infra/findings.ts';
import { functions } from '../../infra/functions.ts';
import { hookDocument } from '../../infra/hook-document/hook-document.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import { createEmbeddedAws, type EmbeddedAws } from '../aws/embedded-aws.ts';
import type { MaintenanceWindow } from '../aws/ssm/maintenance-window.ts';
import type { Clock } from '../clock.ts';
import type { FleetNode } from '../fleet/node.ts';
import { createEmbeddedLambda } from '../lambda/embedded-lambda.ts';
import { startEventSource } from '../lambda/event-source.ts';
import {
  alertsTopic,
  bucketName,
  chatTopic,
  findingsDeadLetterQueue,
  findingsQueue,
  hookDocumentName,
  idempotencyTable,
  ledgerTable,
  reportsTopic,
} from '../names.ts';
import { deployedFunctions } from '../run.ts';
import { ExecutionNames } from '../stepfunctions/execution-name.ts';
import type { ExecutionEvent } from '../stepfunctions/run-context.ts';
import { type ExecutionResult, runStateMachine } from '../stepfunctions/run-state-machine.ts';
import { deployedBaselines } from './deployed.ts';

export interface AccountOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly policies: PolicyFile;
  readonly nodes: readonly FleetNode[];
  readonly maintenanceWindows: readonly MaintenanceWindow[];
  readonly onCall: (functionName: string, payload: unknown) => void;
  /** After each invocation of a function that answered. */
  readonly onAnswer: (functionName: string, payload: unknown, answer: unknown) => void;
  readonly onFailure: (functionName: string, error: unknown) => void;
  readonly onLog: (functionName: string, line: string) => void;
}

/** The whole stack in an embedded account: what is deployed, by the names of a laptop. */
export interface LifeAccount {
  readonly aws: EmbeddedAws;
  /** StartExecution of a state machine of the stack; answers when it has ended. */
  start(
    definition: string,
    execution: {
      readonly name: string;
      readonly input: unknown;
      readonly onEvent?: (event: ExecutionEvent) => void;
    },
  ): Promise<ExecutionResult>;
  close(): Promise<void>;
}

/** Makes the account; its functions take findings from now on. */
export async function openAccount(options: AccountOptions): Promise<LifeAccount> {
  const { clock, seed, policies } = options;
  const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-'));
  const policyFile = join(directory, 'fleet.json');
  writeFileSync(policyFile, JSON.stringify(policies));
  const aws = embeddedAws(options);
  const endpoint = await aws.listen();
  const lambda = createEmbeddedLambda({
    clock,
    seed,
    functions: deployedFunctions(endpoint, policyFile),
    onLog: options.onLog,
  });
  const invoke = async (functionName: string, payload: unknown): Promise<unknown> => {
    options.onCall(functionName, payload);
    try {
      const answer = await lambda.invoke(functionName, payload);
      options.onAnswer(functionName, payload, answer);
      return answer;
    } catch (error) {
      options.onFailure(functionName, error);
      throw error;
    }
  };
  const buffer = findingsBuffer();
  const eventSource = startEventSource({
    ...buffer,
    clock,
    seed,
    queue: aws.queue(findingsQueue),
    functionName: findingsFunction,
    functionTimeoutSeconds: functions.find(({ name }) => name === findingsFunction)?.timeoutSeconds ?? 0,
    reportsBatchItemFailures: true,
    invoke,
  });
  const executionNames = new ExecutionNames();
  const substitutions = Object.fromEntries(functions.map((each) => [each.substitution, each.name]));
  return {
    aws,
    start: (name, execution) =>
      runStateMachine({
        ...execution,
        definition: definitionOf(name),
        stateMachineName: name,
        substitutions,
        invoke,
        clock,
        seed,
        executionNames,
      }),
    close: async () => {
      await eventSource.stop();
      lambda.close();
      rmSync(directory, { recursive: true, force: true });
      await aws.close();
    },
  };
}

function embeddedAws(options: AccountOptions): EmbeddedAws {
  const { clock, seed, nodes, policies, maintenanceWindows } = options;
  const { visibilityTimeoutSeconds, maxReceiveCount, retentionSeconds } = findingsBuffer();
  return createEmbeddedAws({
    clock,
    seed,
    nodes,
    documents: [{ name: hookDocumentName, content: hookDocument() }],
    maintenanceWindows,
    patchBaselines: deployedBaselines(policies.policies),
    buckets: [bucketName],
    topics: [alertsTopic, reportsTopic, chatTopic],
    tables: [
      { name: ledgerTable, partitionKey: 'place', sortKey: 'item' },
      { name: idempotencyTable, partitionKey: 'id' },
    ],
    queues: [
      { name: findingsDeadLetterQueue },
      {
        name: findingsQueue,
        visibilityTimeoutSeconds,
        retentionSeconds,
        redrive: { deadLetterQueue: findingsDeadLetterQueue, maxReceiveCount },
      },
    ],
    rules: [
      {
        name: 'findings',
        pattern: findingsPattern(Object.values(policies.policies)),
        queue: findingsQueue,
      },
    ],
    securityHub: { isEnabled: true },
  });
}

function definitionOf(name: string): unknown {
  const found = definitions.find((each) => each.name === name);
  if (!found) throw new RangeError(`no definition ${name}`);
  return JSON.parse(found.text);
}
