import type { EmbeddedAws } from '../../local/aws/embedded-aws.ts';
import type { Latency } from '../../local/aws/server.ts';
import { AwsError, type Operation, type Operations } from '../../local/aws/service.ts';
import { defaultCallRates, Throttle } from '../../local/aws/throttle.ts';
import { type Random, random } from '../../local/random.ts';
import { type AwsCall, AwsCallError, outputOf, requestOf } from './aws-request.ts';
import type { JsonObject } from './json.ts';
import type { Process, Simulation } from './simulation.ts';

/** Calls as they are counted: every attempt, and those that were throttled among them. */
export interface CallCounts {
  readonly attempts: number;
  readonly throttled: number;
  readonly s3Reads: number;
  readonly s3Writes: number;
  readonly publishes: number;
}

export interface AwsClientOptions {
  readonly aws: Pick<EmbeddedAws, 'front'>;
  readonly simulation: Simulation;
  readonly seed: number;
  readonly region: string;
  readonly latency: Latency;
  /** Whether it repeats a call until it is answered, as AWS's own services do. */
  readonly isPatient?: boolean;
  /** Operations of Systems Manager that the embedded one does not have, and whose calls count and are throttled alike. */
  readonly added?: { readonly accountId: string; readonly operations: Operations };
}

/** The latency of the embedded AWS when nothing else is said. */
export const usualLatency: Latency = { minimumMilliseconds: 20, maximumMilliseconds: 80 };

/** AWS SDK for JavaScript v3, standard mode: attempts in all, and the base of the delay after each kind of error. */
const sdkAttempts = 3;
const sdkDelay = { ordinaryMilliseconds: 100, throttledMilliseconds: 500, mostMilliseconds: 20_000 } as const;

const throttlingCodes = new Set([
  'ThrottlingException',
  'Throttling',
  'SlowDown',
  'TooManyRequestsException',
]);

/** General Reference, "Systems Manager endpoints and quotas"; the listing is not published and has the default. */
const addedRates = {
  ...defaultCallRates,
  'ssm:StartAutomationExecution': { refillPerSecond: 1, burst: 1 },
};

/** An SDK client with its standard retries over an embedded AWS in this process, in simulated time. */
export class AwsClient {
  private readonly options: AwsClientOptions;
  private readonly stream: Random;
  private readonly throttle = new Throttle(addedRates);
  private readonly tally = { attempts: 0, throttled: 0, s3Reads: 0, s3Writes: 0, publishes: 0 };

  constructor(options: AwsClientOptions) {
    this.options = options;
    this.stream = random(options.seed, 'bench client', options.region);
  }

  get counts(): CallCounts {
    return { ...this.tally };
  }

  /** Throws an AwsCallError when the last attempt fails, or one that is not worth another. */
  *send(call: AwsCall): Process<JsonObject> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return yield* this.attempt(call);
      } catch (error) {
        if (!(error instanceof AwsCallError) || !isRetryable(error)) throw error;
        if (attempt >= sdkAttempts && !this.options.isPatient) throw error;
        const base = throttlingCodes.has(error.code)
          ? sdkDelay.throttledMilliseconds
          : sdkDelay.ordinaryMilliseconds;
        yield Math.min(sdkDelay.mostMilliseconds, this.stream.next() * base * 2 ** (attempt - 1));
      }
    }
  }

  private *attempt(call: AwsCall): Process<JsonObject> {
    const { aws, simulation, region, latency } = this.options;
    const range = latency.maximumMilliseconds - latency.minimumMilliseconds;
    const total = latency.minimumMilliseconds + range * this.stream.next();
    const there = total * this.stream.next();
    this.count(call);
    yield there;
    const added = call.service === 'ssm' ? this.options.added?.operations[call.operation] : undefined;
    if (added) {
      const output = this.perform(call, added);
      yield total - there;
      return output;
    }
    const answer = aws.front.answer(requestOf(call, { region }), simulation.now());
    if (answer instanceof Promise) throw new Error(`${call.operation} does not answer at once`);
    if (answer.defect !== undefined) throw answer.defect;
    yield total - there;
    if (answer.isLost) throw new AwsCallError('ECONNRESET', 'the connection was reset', 0);
    try {
      return outputOf(call, answer.reply);
    } catch (error) {
      if (error instanceof AwsCallError && throttlingCodes.has(error.code)) this.tally.throttled += 1;
      throw error;
    }
  }

  private perform({ operation, input }: AwsCall, added: Operation): JsonObject {
    const { added: from, region, simulation } = this.options;
    const caller = { accountId: from?.accountId ?? '', region, now: simulation.now() };
    if (!this.throttle.admits(`ssm:${operation}`, caller)) {
      this.tally.throttled += 1;
      throw new AwsCallError('ThrottlingException', 'Rate exceeded', 400);
    }
    try {
      return added(input, caller);
    } catch (error) {
      if (error instanceof AwsError) throw new AwsCallError(error.code, error.message, error.statusCode);
      throw error;
    }
  }

  private count({ service, operation }: AwsCall): void {
    this.tally.attempts += 1;
    if (service === 'sns') this.tally.publishes += 1;
    if (service !== 's3') return;
    if (operation === 'PutObject') this.tally.s3Writes += 1;
    else this.tally.s3Reads += 1;
  }
}

function isRetryable({ code, statusCode }: AwsCallError): boolean {
  return throttlingCodes.has(code) || statusCode >= 500 || code === 'ECONNRESET';
}
