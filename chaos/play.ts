import { VirtualClock } from '../local/clock.ts';
import type { FleetNode } from '../local/fleet/node.ts';
import { type Rehearsal, type RehearsalOptions, rehearse } from '../local/rehearsal.ts';
import type { ExecutionEvent } from '../local/stepfunctions/run-context.ts';
import type { PolicyFile } from '../shared/domain/policy.ts';
import { readPolicyFile } from '../shared/domain/policy-file.ts';
import { policyName } from './nodes.ts';

/** When every rehearsal begins: the opening of a Saturday night's window. */
export const startsAt = Date.parse('2026-01-10T13:00:00Z');

/** What a policy may say otherwise, in the words of `fleet.yml`. */
export type PolicyChanges = Readonly<Record<string, unknown>>;

/** A policy file with the one policy `web`: no waves, all nodes at once, every error allowed, unless said otherwise. */
export function policiesWith(changes: PolicyChanges = {}): PolicyFile {
  const { rollout, ...rest } = { rollout: {}, ...changes };
  const policy = {
    patchGroup: policyName,
    baselines: [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] }],
    rollout: { maxConcurrency: '100%', maxErrors: '100%', ...rollout },
    ...rest,
  };
  return readPolicyFile({ version: 1, policies: { [policyName]: policy } }, 'fleet.yml');
}

/** What a rehearsal is made of, where it is not the usual. */
export interface Play
  extends Partial<
    Pick<
      RehearsalOptions,
      | 'seed'
      | 'name'
      | 'faults'
      | 'storms'
      | 'settings'
      | 'inWindow'
      | 'begin'
      | 'tellsOfEnd'
      | 'aftermathHours'
      | 'warm'
    >
  > {
  readonly nodes: readonly FleetNode[];
  readonly policy?: PolicyChanges;
  readonly request?: Readonly<Record<string, unknown>>;
  /** How long after its start the run's deadline lies. */
  readonly deadlineMinutes?: number;
  /** The same request once more, so long after the first. */
  readonly secondAfterMinutes?: number;
}

/** A run that is over: what it left behind, what really happened, and what its states said to each other. */
export interface Played extends Rehearsal {
  readonly nodes: readonly FleetNode[];
  readonly policies: PolicyFile;
  readonly events: readonly ExecutionEvent[];
  /** Of the second run, if there is one. */
  readonly secondEvents: readonly ExecutionEvent[];
  /** Whether somebody stands between the run and AWS, by `begin`: what fails then is their doing. */
  readonly isInterferedWith: boolean;
  /** Why locks were given up, by the run's id, as their log says. */
  readonly unreleased: ReadonlyMap<string, readonly string[]>;
  /** Epoch milliseconds: until when the run may start nodes at the very most; Infinity without a deadline. */
  readonly deadline: number;
  /** Epoch milliseconds: when the aftermath was over. */
  readonly overAt: number;
}

/** Plays one run of the policy `web` over the nodes, in simulated time. */
export async function play(options: Play): Promise<Played> {
  const { nodes, policy, request, deadlineMinutes, secondAfterMinutes, ...rest } = options;
  const policies = policiesWith(policy);
  const events: ExecutionEvent[] = [];
  const secondEvents: ExecutionEvent[] = [];
  const deadline =
    deadlineMinutes === undefined ? Number.POSITIVE_INFINITY : startsAt + deadlineMinutes * 60_000;
  const until = deadlineMinutes === undefined ? {} : { deadline: new Date(deadline).toISOString() };
  const asked = { policy: policyName, ...until, ...request };
  const unreleased = new Map<string, string[]>();
  const clock = new VirtualClock(startsAt);
  const second = (afterMinutes: number) => ({
    name: 'web-run-2',
    request: asked,
    afterMinutes,
    onEvent: (event: ExecutionEvent) => secondEvents.push(event),
  });
  const rehearsal = await rehearse({
    seed: 1,
    name: 'web-run',
    inWindow: false,
    ...rest,
    clock,
    nodes,
    policies,
    request: asked,
    others: secondAfterMinutes === undefined ? [] : [second(secondAfterMinutes)],
    onEvent: (event) => events.push(event),
    onLog: (_functionName, line) => {
      if (!line.includes('FP_LOCKS_NOT_RELEASED')) return;
      const { runId, error } = JSON.parse(line);
      unreleased.set(runId, [...(unreleased.get(runId) ?? []), error]);
    },
  });
  const isInterferedWith = rest.begin !== undefined;
  return {
    ...rehearsal,
    nodes,
    policies,
    events,
    secondEvents,
    isInterferedWith,
    unreleased,
    deadline,
    overAt: clock.now(),
  };
}
