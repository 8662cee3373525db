import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startsAt } from '../../chaos/play.ts';
import { hookDocument } from '../../infra/hook-document/hook-document.ts';
import { createEmbeddedAws, type EmbeddedAws } from '../../local/aws/embedded-aws.ts';
import { VirtualClock } from '../../local/clock.ts';
import type { FaultRates } from '../../local/faults.ts';
import type { FleetNode } from '../../local/fleet/node.ts';
import { createEmbeddedLambda } from '../../local/lambda/embedded-lambda.ts';
import { alertsTopic, bucketName, hookDocumentName, patchFleetArn, reportsTopic } from '../../local/names.ts';
import { deployedFunctions, runPatchFleet } from '../../local/run.ts';
import type { ExecutionResult } from '../../local/stepfunctions/run-state-machine.ts';
import type { Strikes } from '../../local/strikes.ts';
import { Weather } from '../../local/weather.ts';
import { type NodeAccount, type RunRecord, runRecordSchema } from '../../shared/domain/account.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { PolicyFile } from '../../shared/domain/policy.ts';
import { type LockRegistry, lockRegistrySchema } from '../../shared/domain/run-lock.ts';

/** One execution among others. Minutes from the beginning of all; aborted as an operator does, if at all. */
export interface Start {
  readonly name: string;
  readonly request: { readonly policy: string } & Readonly<Record<string, unknown>>;
  readonly atMinute?: number;
  readonly abortAtMinute?: number;
}

export interface Shared {
  readonly nodes: readonly FleetNode[];
  readonly policies: PolicyFile;
  readonly starts: readonly Start[];
  readonly seed?: number;
  readonly faults?: FaultRates;
}

/** What became of the executions, by their names, and what is left of their locks. */
export interface SharedAccount {
  readonly aws: EmbeddedAws;
  readonly executions: Readonly<Record<string, ExecutionResult>>;
  readonly strikes: Strikes['all'];
  recordOf(name: string): RunRecord;
  accountsOf(name: string): Readonly<Record<string, NodeAccount>>;
  locks(): LockRegistry;
}

/** Plays executions over one embedded account, on one clock; close-run follows each that does not succeed, as deployed. */
export async function playTogether(options: Shared): Promise<SharedAccount> {
  const clock = new VirtualClock(startsAt);
  const { seed = 1, nodes, policies, faults = {} } = options;
  const weather = new Weather({ rates: faults, startsAt });
  const aws = createEmbeddedAws({
    clock,
    seed,
    nodes,
    documents: [{ name: hookDocumentName, content: hookDocument() }],
    maintenanceWindows: [],
    faults,
    weather,
    buckets: [bucketName],
    topics: [alertsTopic, reportsTopic],
  });
  const endpoint = await aws.listen();
  const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-shared-'));
  const policyFile = join(directory, 'fleet.json');
  writeFileSync(policyFile, JSON.stringify(policies));
  const lambda = createEmbeddedLambda({
    clock,
    seed,
    weather,
    functions: deployedFunctions(endpoint, policyFile),
  });
  const play = async ({ name, request, atMinute = 0, abortAtMinute }: Start) => {
    await clock.sleep(atMinute * 60_000);
    const startDate = clock.now();
    const operator = new AbortController();
    if (abortAtMinute !== undefined) {
      void clock.sleep((abortAtMinute - atMinute) * 60_000).then(() => operator.abort());
    }
    const { execution } = await runPatchFleet({
      clock,
      seed,
      endpoint,
      policies,
      name,
      request,
      weather,
      signal: operator.signal,
    });
    if (execution.status !== 'SUCCEEDED') {
      const executionArn = `${patchFleetArn.replace(':stateMachine:', ':execution:')}:${name}`;
      const input = JSON.stringify(request);
      await lambda.invoke('close-run', { executionArn, name, status: execution.status, startDate, input });
    }
    return [name, execution] as const;
  };
  try {
    const executions = Object.fromEntries(await Promise.all(options.starts.map(play)));
    return { ...lookAt(aws), aws, executions, strikes: weather.strikes.all };
  } finally {
    lambda.close();
    await aws.close();
    rmSync(directory, { recursive: true });
  }
}

function lookAt(aws: EmbeddedAws): Pick<SharedAccount, 'recordOf' | 'accountsOf' | 'locks'> {
  const read = (key: string): unknown => JSON.parse(aws.s3.object(bucketName, key).toString('utf8'));
  const recordOf = (name: string) => runRecordSchema.parse(read(keys.record(name)));
  return {
    recordOf,
    accountsOf: (name) => Object.fromEntries(recordOf(name).nodes.map((node) => [node.nodeId, node])),
    locks: () =>
      lockRegistrySchema.parse(read(keys.locks({ accountId: '111122223333', region: 'us-east-1' }))),
  };
}
