import { hookDocument } from '../../infra/hook-document/hook-document.ts';
import {
  createEmbeddedAws,
  type EmbeddedAws,
  type EmbeddedAwsOptions,
} from '../../local/aws/embedded-aws.ts';
import type { Caller } from '../../local/aws/service.ts';
import type { AwsSettings } from '../../local/aws/settings.ts';
import type { MaintenanceWindow } from '../../local/aws/ssm/maintenance-window.ts';
import type { AssumableRole } from '../../local/aws/sts/sts.ts';
import { VirtualClock } from '../../local/clock.ts';
import type { FaultRates } from '../../local/faults.ts';
import type { FleetNode } from '../../local/fleet/node.ts';
import { alertsTopic, bucketName, hookDocumentName, reportsTopic } from '../../local/names.ts';
import { makeEc2Clients } from '../../shared/aws/instances.ts';
import { makeSsmClients } from '../../shared/aws/ssm-clients.ts';
import { makeStore } from '../../shared/aws/store.ts';
import { makePublish } from '../../shared/aws/topic.ts';
import type { Dependencies } from '../../shared/lambda/dependencies.ts';
import { startsAt } from '../local/aws/ssm/account-under-test.ts';
import { config, recordingLog } from './handler-dependencies.ts';

/** Our own account, as a scope. */
export const home = { accountId: '111122223333', region: 'us-east-1' } as const;

export interface AccountOptions {
  readonly nodes: readonly FleetNode[];
  readonly faults?: FaultRates;
  readonly settings?: Partial<AwsSettings>;
  readonly maintenanceWindows?: readonly MaintenanceWindow[];
  readonly roles?: readonly AssumableRole[];
  /** Where the policies lie, for the handler that reads them. */
  readonly policyFile?: string;
  readonly seed?: number;
  /** What else the account has, say tables, queues or patch baselines. */
  readonly besides?: Partial<
    Pick<EmbeddedAwsOptions, 'tables' | 'queues' | 'rules' | 'securityHub' | 'patchBaselines'>
  >;
}

type Json = Readonly<Record<string, unknown>>;
/** Stands in for an operation; `real` is what the embedded AWS would answer, to this input or to another. */
type Override = (input: Json, real: (other?: Json) => Json) => Json;

const open: EmbeddedAws[] = [];

/**
 * The embedded AWS on loopback in virtual time, and the product's own clients that speak to it, as one function has
 * them. Calls to Systems Manager are recorded with their input.
 */
export async function startAccount(options: AccountOptions) {
  const clock = new VirtualClock(startsAt);
  // A client whose clock is not the server's takes every refusal for a clock skew, and repeats it in real time.
  jest.spyOn(Date, 'now').mockImplementation(() => clock.now());
  const aws = createEmbeddedAws({
    clock,
    seed: options.seed ?? 1,
    nodes: options.nodes,
    documents: [{ name: hookDocumentName, content: hookDocument() }],
    maintenanceWindows: options.maintenanceWindows ?? [],
    faults: options.faults ?? {},
    settings: { callRates: unlimited, ...options.settings },
    roles: options.roles ?? [],
    buckets: [bucketName],
    topics: [alertsTopic, reportsTopic],
    ...options.besides,
  });
  open.push(aws);
  const endpoint = await aws.listen();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: home.region,
    AWS_ACCESS_KEY_ID: 'AKIALOCAL',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const counted: string[] = [];
  const count = (operation: string) => void counted.push(operation);
  const time = { now: () => clock.now(), sleep: (milliseconds: number) => clock.sleep(milliseconds) };
  const { codes, log } = recordingLog();
  const dependencies = {
    config: { ...config, policyFile: options.policyFile ?? config.policyFile },
    store: makeStore(bucketName, { count, forcePathStyle: true }),
    log,
    ...time,
    monotonic: time.now,
    random: () => 0.5,
    ssmFor: makeSsmClients({ count, callsPerSecond: config.ssmCallsPerSecond, ...time }),
    ec2For: makeEc2Clients(count),
    publish: makePublish(count),
  } satisfies Dependencies & Json;
  const calls = recordCalls(aws);
  return {
    aws,
    endpoint,
    clock,
    codes,
    counted,
    dependencies,
    ssm: dependencies.ssmFor(home),
    calls,
    /** The inputs of one operation's calls, in their order. */
    inputsOf: (operation: string) =>
      calls.filter((call) => call.operation === operation).map((call) => call.input),
    /** From now on, instead of what the operation does. */
    override: (operation: string, perform: Override) => override(aws, operation, perform),
    wait: (seconds: number) => clock.sleep(seconds * 1000),
  };
}

export type EmbeddedAccount = Awaited<ReturnType<typeof startAccount>>;

/** For afterEach: a server left open keeps Jest from ending. */
export async function closeAccounts(): Promise<void> {
  jest.restoreAllMocks();
  await Promise.all(open.splice(0).map((aws) => aws.close()));
}

/** No test waits for a retry of the SDK by chance: it would wait in real time. */
const unlimited = { 'ssm:*': { refillPerSecond: 1e6, burst: 1e6 } };

function recordCalls(aws: EmbeddedAws) {
  const calls: { readonly operation: string; readonly input: Json }[] = [];
  for (const operation of Object.keys(aws.ssm.operations)) {
    override(aws, operation, (input, real) => {
      calls.push({ operation, input });
      return real();
    });
  }
  return calls;
}

function override(aws: EmbeddedAws, operation: string, perform: Override): void {
  const original = aws.ssm.operations[operation];
  if (!original) throw new Error(`the embedded Systems Manager has no operation ${operation}`);
  Object.assign(aws.ssm.operations, {
    [operation]: (input: Json, caller: Caller) => perform(input, (other = input) => original(other, caller)),
  });
}

/** Deals a listing out one row a page, behind a first page that is empty: AWS promises no more than a token. */
export function oneRowAPage(list: string, input: Json, real: (other?: Json) => Json): Json {
  const { NextToken: token, ...query } = input;
  const at = Number(token ?? 0);
  const found = real(query)[list];
  const all = Array.isArray(found) ? found : [];
  return { [list]: at === 0 ? [] : all.slice(at - 1, at), NextToken: at < all.length ? String(at + 1) : '' };
}
