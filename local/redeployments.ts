import type { Policy, PolicyFile } from '../shared/domain/policy.ts';
import type { Clock } from './clock.ts';
import { random } from './random.ts';
import type { Invoke } from './stepfunctions/run-context.ts';
import type { Weather } from './weather.ts';

export interface RedeploymentsOptions {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly seed: number;
  readonly weather: Weather;
  readonly policies: PolicyFile;
  /** Puts the stack into place anew, with this policy file. The executions that run keep their definition. */
  readonly redeploy: (policies: PolicyFile) => void;
}

/** The fault `redeployed`: before an invocation the stack is redeployed, by people who know nothing of the run. */
export function withRedeployments(options: RedeploymentsOptions): Invoke {
  const { invoke, clock, seed, weather, policies, redeploy } = options;
  if (!weather.knows('redeployed')) return invoke;
  const stream = random(seed, 'redeployed');
  const versions = [policies, changed(policies), removed(policies)];
  return (functionName, payload) => {
    const version = stream.pick(versions);
    if (weather.strikesNow('redeployed', { now: clock.now(), draw: stream.next() })) redeploy(version);
    return invoke(functionName, payload);
  };
}

/** What decides about nodes is otherwise in each policy. */
export function changed({ policies, ...rest }: PolicyFile): PolicyFile {
  const otherwise = ({ rollout, patch, ...policy }: Policy): Policy => ({
    ...policy,
    rollout: { ...rollout, waves: ['100%'], maxConcurrency: '100%', maxErrors: '0' },
    patch: {
      ...patch,
      verify: !patch.verify,
      rebootOption: patch.rebootOption === 'NoReboot' ? 'RebootIfNeeded' : 'NoReboot',
    },
  });
  const all = Object.entries(policies).map(([name, policy]) => [name, otherwise(policy)] as const);
  return { ...rest, policies: Object.fromEntries(all) };
}

/** None of the policies is there any more, and others are. */
function removed({ policies, ...rest }: PolicyFile): PolicyFile {
  const others = Object.entries(policies).map(([name, policy]) => {
    const other = `other-${name}`;
    return [other, { ...policy, patchGroup: `other-${policy.patchGroup}` }] as const;
  });
  return { ...rest, policies: Object.fromEntries(others) };
}
