import type { CallCounter } from '../aws/client-config.ts';
import { makeSsmClients, type Ssm } from '../aws/ssm-clients.ts';
import { makeStore, type Store } from '../aws/store.ts';
import type { Scope } from '../domain/policy.ts';
import { type Config, readConfig } from './config.ts';
import type { Log } from './log-messages.ts';

/** What every handler works with, besides its input: tests hand in their own. Times in ms. */
export interface Dependencies {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly now: () => number;
  /** Of a clock that nobody sets, from an instant of its own: for spacing calls. */
  readonly monotonic: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  readonly ssmFor: (scope: Scope) => Ssm;
}

/** The real ones, made once an environment. Calls to AWS are counted into `count`. */
export function makeDependencies(log: Log, count: CallCounter): Dependencies {
  const config = readConfig();
  const monotonic = () => performance.now();
  return {
    config,
    store: makeStore(config.bucket, { count, forcePathStyle: config.hasCustomEndpoint }),
    log,
    now: () => Date.now(),
    monotonic,
    sleep,
    random: () => Math.random(),
    ssmFor: makeSsmClients({ count, callsPerSecond: config.ssmCallsPerSecond, now: monotonic, sleep }),
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
