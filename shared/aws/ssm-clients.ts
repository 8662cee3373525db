import { SSMClient } from '@aws-sdk/client-ssm';
import type { Scope } from '../domain/policy.ts';
import { behindRetry, type CallCounter, configFor, counter } from './client-config.ts';
import { makePace, type Pace } from './pace.ts';

/** Systems Manager in one account and Region. `once` never repeats a call: for what must not be done twice. */
export interface Ssm {
  readonly client: SSMClient;
  readonly once: SSMClient;
  readonly pace: Pace;
}

/** Makes the clients of each scope once; all calls to one account and Region share a pace. */
export function makeSsmClients(options: {
  readonly count: CallCounter;
  readonly callsPerSecond: number;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}): (scope: Scope) => Ssm {
  const made = new Map<string, Ssm>();
  const paces = new Map<string, Pace>();
  return (scope) => {
    const place = `${scope.accountId} ${scope.region}`;
    const key = `${place} ${scope.roleArn ?? ''}`;
    const pace = paces.get(place) ?? makePace(options.callsPerSecond, options);
    const ssm = made.get(key) ?? makeSsm(scope, options.count, pace);
    paces.set(place, pace);
    made.set(key, ssm);
    return ssm;
  };
}

function makeSsm(scope: Scope, count: CallCounter, pace: Pace): Ssm {
  const config = configFor(scope, count);
  const client = new SSMClient(config);
  const once = new SSMClient({ ...config, maxAttempts: 1 });
  client.middlewareStack.add(counter('ssm', count), behindRetry);
  once.middlewareStack.add(counter('ssm', count), behindRetry);
  return { client, once, pace };
}
