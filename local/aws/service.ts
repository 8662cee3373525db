import type { Clock } from '../clock.ts';

/** Who calls, where and when: taken from the signature of the request (credential scope) and the clock. */
export interface Caller {
  readonly accountId: string;
  readonly region: string;
  /** Epoch milliseconds of simulated time. */
  readonly now: number;
}

/** An error as AWS words it on the wire: `code` becomes `error.name` in the SDK. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode = 400) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** One operation of a JSON-protocol service: parsed input in, the reply's members out, an AwsError thrown. */
export type Operation = (
  input: Readonly<Record<string, unknown>>,
  caller: Caller,
) => Readonly<Record<string, unknown>>;

/** A service that speaks one of AWS's JSON protocols, by operation name. */
export type Operations = Readonly<Record<string, Operation>>;

/** What every embedded service is made with. */
export interface Surroundings {
  readonly clock: Clock;
  readonly seed: number;
}
