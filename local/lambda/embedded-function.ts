import { type Random, random } from '../random.ts';
import { Weather } from '../weather.ts';
import { seededUuid } from './embedded-globals.ts';
import type { FunctionConfiguration } from './environment.ts';
import { FunctionEnvironments } from './function-environments.ts';
import { diedError, serviceError, timeoutError } from './function-error.ts';
import { type InvocationFault, invocationTrouble } from './invocation-faults.ts';
import type { EmbeddedLambdaOptions, FunctionUsage, InvokeOptions } from './service-options.ts';

/** Lambda's limit on a synchronous payload, each way. Source: Lambda developer guide, "Lambda quotas". */
const maxPayloadBytes = 6_291_556;

/** Environments that a new account may run at once, in all functions. Source: "Lambda quotas". */
const maxConcurrency = 1_000;

const calm = new Weather();

/** One function of a service. `account` is shared by all. */
export interface FunctionOptions {
  readonly name: string;
  readonly configuration: FunctionConfiguration;
  readonly service: EmbeddedLambdaOptions;
  readonly account: { running: number };
}

/** A function as it is invoked: its limits, its faults, and what it has cost. */
export class EmbeddedFunction {
  private readonly tally = {
    invocations: 0,
    billedMilliseconds: 0,
    longestMilliseconds: 0,
    concurrencyMax: 0,
    refused: 0,
    awsCalls: 0,
    errors: 0,
  };
  private running = 0;
  private readonly options: FunctionOptions;
  private readonly random: Random;
  private readonly zombies: Promise<unknown>[] = [];
  private configuration: FunctionConfiguration;
  private asked = 0;
  private readonly environments: FunctionEnvironments;

  constructor(options: FunctionOptions) {
    this.options = options;
    this.configuration = options.configuration;
    this.random = random(options.service.seed, 'lambda', options.name);
    this.environments = new FunctionEnvironments(options);
  }

  get usage(): FunctionUsage {
    return { ...this.tally, coldStarts: this.environments.coldStarts };
  }

  /**
   * The function's answer. A zombie is lost to its caller at once, and begins when it begins: what it does then is awaited
   * by nobody but `settled`.
   */
  async invoke(payload: unknown, { killAfterCall }: InvokeOptions): Promise<unknown> {
    const { name, service } = this.options;
    const { clock, weather } = service;
    const text = JSON.stringify(payload) ?? 'null';
    assertFits(text, 'Lambda.RequestTooLargeException', `the request to ${name}`);
    await clock.sleep(service.startLatencyMilliseconds ?? 5);
    this.asked += 1;
    const { fault, share } = invocationTrouble(weather ?? calm, {
      seed: service.seed,
      name,
      number: this.asked,
      now: clock.now(),
    });
    if (fault === 'refused-invocation')
      throw serviceError('Lambda.TooManyRequestsException', 'Rate Exceeded');
    if (fault !== 'zombie-handler') return this.admitted(text, { killAfterCall, fault, late: 0 });
    const late = share * this.configuration.timeoutSeconds * 1000;
    // It holds its time from the start, so its last call comes before its timeout, as Lambda sees to it.
    const zombie = clock
      .sleep(late)
      .then(() => this.admitted(text, { killAfterCall, fault: undefined, late }));
    this.zombies.push(zombie.catch(() => undefined));
    throw serviceError('Lambda.SdkClientException', 'Unable to execute HTTP request: Read timed out');
  }

  /** Resolves when nothing that was invoked is still at work. */
  async settled(): Promise<void> {
    await Promise.all(this.zombies);
  }

  private async admitted(
    payload: string,
    trouble: {
      readonly killAfterCall: number | undefined;
      readonly fault: InvocationFault | undefined;
      /** Milliseconds of its time that are over before it begins. */
      readonly late: number;
    },
  ): Promise<unknown> {
    const { account, name, service } = this.options;
    this.assertRoom();
    account.running += 1;
    this.running += 1;
    this.tally.invocations += 1;
    this.tally.concurrencyMax = Math.max(this.tally.concurrencyMax, this.running);
    service.onInvoke?.(name, payload);
    const startedAt = service.clock.now();
    try {
      const answer = await this.run(payload, trouble);
      assertFits(answer, 'Function.ResponseSizeTooLarge', `the answer of ${name}`);
      return JSON.parse(answer);
    } catch (error) {
      this.tally.errors += 1;
      throw error;
    } finally {
      account.running -= 1;
      this.running -= 1;
      const milliseconds = Math.max(1, Math.ceil(service.clock.now() - startedAt));
      this.tally.billedMilliseconds += milliseconds;
      this.tally.longestMilliseconds = Math.max(this.tally.longestMilliseconds, milliseconds);
    }
  }

  /** Source: Lambda developer guide, "Configuring reserved concurrency for a function". */
  private assertRoom(): void {
    const { account, name } = this.options;
    const { reservedConcurrency = maxConcurrency } = this.configuration;
    if (this.running < reservedConcurrency && account.running < maxConcurrency) return;
    this.tally.refused += 1;
    const why =
      this.running < reservedConcurrency
        ? `${maxConcurrency} environments are running`
        : `${name} has ${reservedConcurrency} reserved`;
    throw serviceError('Lambda.TooManyRequestsException', `Rate Exceeded: ${why}`);
  }

  private async run(
    payload: string,
    { killAfterCall, fault, late }: Parameters<EmbeddedFunction['admitted']>[1],
  ): Promise<string> {
    const { clock, weather = calm } = this.options.service;
    const { timeoutSeconds } = this.configuration;
    const requestId = seededUuid(this.random);
    if (fault === 'killed-at-start') {
      this.environments.endUnused();
      throw diedError(requestId);
    }
    const environment = this.environments.take();
    const left = timeoutSeconds * 1000 - late;
    const deadline = clock.now() + left;
    const isFatalCall = (): boolean =>
      weather.strikesNow('killed-handler', { now: clock.now(), draw: this.random.next() });
    const timedOut = Promise.withResolvers<never>();
    const timer = clock.setTimeout(() => {
      environment.destroy();
      timedOut.reject(timeoutError(requestId, timeoutSeconds));
    }, left);
    try {
      const answer = environment.invoke({
        payload,
        requestId,
        deadline,
        killAfterCall,
        isFatalCall: weather.knows('killed-handler') ? isFatalCall : undefined,
      });
      const answered = await Promise.race([answer, timedOut.promise]);
      if (fault === 'hung-handler') return await timedOut.promise;
      if (fault === 'lost-answer')
        throw serviceError('Lambda.SdkClientException', 'Unable to execute HTTP request: Connection reset');
      return answered;
    } finally {
      clock.clearTimeout(timer);
      this.tally.awsCalls += environment.awsCalls;
      this.environments.giveBack(environment);
    }
  }

  /** From now on it is invoked as it is configured now, in fresh environments. */
  redeploy(configuration: FunctionConfiguration): void {
    this.configuration = configuration;
    this.environments.redeploy(configuration);
  }

  close(): void {
    this.environments.close();
  }
}

function assertFits(text: string, errorName: string, what: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxPayloadBytes) return;
  throw serviceError(errorName, `${what} is ${bytes} bytes, allowed are ${maxPayloadBytes}`);
}
