import { defaultScope, type NodeScope } from '../fleet/generate.ts';
import type { Latency } from './server.ts';
import type { SsmSettings } from './ssm/settings.ts';
import { type CallRates, defaultCallRates } from './throttle.ts';

/** What AWS does not publish or what differs between accounts, all with a default. */
export interface AwsSettings {
  /** Where unknown access keys belong, and where the buckets and topics of the start are made. */
  readonly home: NodeScope;
  readonly latency: Latency;
  /** Merged over the defaults, by `service:Operation` or `service:*`. */
  readonly callRates: CallRates;
  /** Put on every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly ssm: Partial<SsmSettings>;
}

/** The defaults with what is given; throws a RangeError for a latency that cannot be. */
export function completeSettings(given: Partial<AwsSettings>): AwsSettings {
  const latency = given.latency ?? { minimumMilliseconds: 20, maximumMilliseconds: 80 };
  const { minimumMilliseconds: minimum, maximumMilliseconds: maximum } = latency;
  if (!(minimum >= 0 && maximum >= minimum)) {
    throw new RangeError(`latency is ${minimum} to ${maximum} ms; allowed: 0 <= minimum <= maximum`);
  }
  return {
    home: given.home ?? defaultScope,
    latency,
    callRates: { ...defaultCallRates, ...given.callRates },
    headers: given.headers ?? {},
    ssm: given.ssm ?? {},
  };
}
