import { hookDocument } from '../infra/hook-document/hook-document.ts';
import { type RunRecord, runRecordSchema } from '../shared/domain/account.ts';
import { keys } from '../shared/domain/keys.ts';
import type { Policy, PolicyFile } from '../shared/domain/policy.ts';
import { runIdOf } from '../shared/domain/run-id.ts';
import { createEmbeddedAws, type EmbeddedAws } from './aws/embedded-aws.ts';
import type { AwsSettings } from './aws/settings.ts';
import type { PublishedMessage } from './aws/sns/sns.ts';
import type { MaintenanceWindow } from './aws/ssm/maintenance-window.ts';
import type { AssumableRole } from './aws/sts/sts.ts';
import type { UsageSnapshot } from './aws/usage.ts';
import type { Clock } from './clock.ts';
import type { FaultRates } from './faults.ts';
import { defaultScope } from './fleet/generate.ts';
import type { FleetNode } from './fleet/node.ts';
import { alertsTopic, bucketName, hookDocumentName, reportsTopic } from './names.ts';
import { type RunOptions, type RunResult, runPatchFleet } from './run.ts';
import type { Strikes } from './strikes.ts';
import { type Storm, Weather } from './weather.ts';

const windowId = 'mw-0123456789abcdef0';
const windowExecutionId = '0f0e0d0c-0b0a-4908-8706-050403020100';

/** A run on an embedded fleet, in an embedded account, in simulated time. */
export interface RehearsalOptions
  extends Pick<RunOptions, 'onEvent' | 'onLog' | 'onInvoke' | 'signal' | 'tellsOfEnd' | 'warm'> {
  readonly clock: Clock;
  readonly seed: number;
  readonly nodes: readonly FleetNode[];
  readonly policies: PolicyFile;
  readonly name: string;
  readonly request: { readonly policy: string } & Readonly<Record<string, unknown>>;
  readonly faults?: FaultRates;
  readonly storms?: readonly Storm[];
  readonly settings?: Partial<AwsSettings>;
  /** How long the fleet is still watched after the run's end: what was sent may begin late. */
  readonly aftermathHours?: number;
  /** Further runs over the same account, each begun so long after the first. */
  readonly others?: readonly OtherRun[];
  /** The policy's own install window, opening as the run begins: the run then has to end with it. */
  readonly inWindow: boolean;
  /** Called with the account before the run begins, to meddle with it later; answers the endpoint that the run is to use. */
  readonly begin?: (aws: EmbeddedAws, endpoint: string) => Promise<string>;
}

/** A run beside the first, in the same account. */
export interface OtherRun extends Pick<RunOptions, 'onEvent'> {
  readonly name: string;
  readonly request: { readonly policy: string } & Readonly<Record<string, unknown>>;
  readonly afterMinutes: number;
}

/** How one run ended. */
export interface Ended extends RunResult {
  readonly name: string;
  /** Undefined if nobody could write it. */
  readonly record: RunRecord | undefined;
}

export interface Rehearsal extends Ended {
  readonly others: readonly Ended[];
  readonly published: readonly PublishedMessage[];
  readonly calls: UsageSnapshot;
  /** How often each fault struck. */
  readonly strikes: Strikes['all'];
  readonly aws: EmbeddedAws;
}

/** Plays a run from its start to the record that it leaves. */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { clock, seed, nodes, faults = {} } = options;
  const weather = new Weather({ rates: faults, storms: options.storms ?? [], startsAt: clock.now() });
  const policy = options.policies.policies[options.request.policy];
  const window = options.inWindow && policy ? windowOf(policy, clock.now()) : undefined;
  const aws = createEmbeddedAws({
    clock,
    seed,
    nodes,
    documents: [{ name: hookDocumentName, content: hookDocument() }],
    maintenanceWindows: window ? [window] : [],
    faults,
    weather,
    ...(options.settings ? { settings: options.settings } : {}),
    buckets: [bucketName],
    topics: [alertsTopic, reportsTopic],
    roles: policy ? rolesOf(policy) : [],
  });
  const listening = options.warm ? aws.offer() : await aws.listen();
  try {
    const endpoint = options.begin ? await options.begin(aws, listening) : listening;
    const first = runPatchFleet({
      ...options,
      endpoint,
      request: window ? { ...options.request, window: { windowId, windowExecutionId } } : options.request,
      weather,
    });
    const later = (options.others ?? []).map(async ({ afterMinutes, ...run }, index) => {
      await clock.sleep(afterMinutes * 60_000);
      return runPatchFleet({ ...options, ...run, seed: seed + 1 + index, endpoint, weather });
    });
    const [result, ...others] = await Promise.all([first, ...later]);
    const calls = aws.usage.snapshot();
    if (options.aftermathHours) await clock.sleep(options.aftermathHours * 3_600_000);
    const record = recordOf(aws, options.name);
    return {
      ...result,
      name: options.name,
      others: others.flatMap((other, index) => {
        const name = options.others?.[index]?.name;
        return name === undefined ? [] : [{ ...other, name, record: recordOf(aws, name) }];
      }),
      record: record && measured(record, { ...result, calls, seed }),
      published: aws.published,
      calls,
      strikes: weather.strikes.all,
      aws,
    };
  } finally {
    await aws.close();
  }
}

function recordOf(aws: EmbeddedAws, name: string): RunRecord | undefined {
  const key = keys.record(runIdOf(name));
  if (!aws.s3.keys(bucketName).includes(key)) return undefined;
  return runRecordSchema.parse(JSON.parse(aws.s3.object(bucketName, key).toString('utf8')));
}

/** The record with what the embedded AWS measured: it also saw the attempts that died uncounted, and the run's last states. */
export function measured(
  record: RunRecord,
  run: RunResult & { readonly seed: number; readonly calls?: UsageSnapshot },
): RunRecord {
  const invocations = Object.values(run.lambda).reduce((sum, each) => sum + each.invocations, 0);
  return {
    ...record,
    seed: run.seed,
    usage: {
      ...run.execution.usage,
      apiCalls: run.calls ? { ...run.calls.calls } : record.usage.apiCalls,
      lambdaInvocations: invocations,
    },
  };
}

/** The spokes' roles, as their accounts would trust them. */
function rolesOf(policy: Policy): AssumableRole[] {
  return (policy.scopes ?? []).flatMap(({ roleArn, externalId }) =>
    roleArn === undefined ? [] : [{ roleArn, ...(externalId === undefined ? {} : { externalId }) }],
  );
}

function windowOf(policy: Policy, startsAt: number): MaintenanceWindow | undefined {
  if (!policy.install) return undefined;
  return {
    ...defaultScope,
    windowId,
    name: policy.patchGroup,
    schedule: policy.install.schedule,
    scheduleTimezone: policy.install.timeZone,
    durationHours: policy.install.durationHours,
    cutoffHours: policy.install.cutoffHours,
    executions: [{ windowExecutionId, startsAt }],
  };
}
