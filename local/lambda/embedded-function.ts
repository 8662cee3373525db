import type { Clock } from '../clock.ts';
import { type Random, random } from '../random.ts';
import { Weather } from '../weather.ts';
import { seededUuid } from './embedded-globals.ts';
import { Environment, type FunctionConfiguration } from './environment.ts';
import { diedError, serviceError, thrownError, timeoutError } from './function-error.ts';
import { type InvocationFault, invocationTrouble } from './invocation-faults.ts';
import type { WarmEnvironments } from './warm-environments.ts';

/** What the embedded Lambda service is made with. Functions by name. */
export interface EmbeddedLambdaOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly functions: Readonly<Record<string, FunctionConfiguration>>;
  /** How likely the faults of functions are. */
  readonly weather?: Weather;
  readonly onLog?: (functionName: string, line: string) => void;
  /** Before the handler sees it; `payload` is its JSON text. */
  readonly onInvoke?: (functionName: string, payload: string) => void;
  /** From the invocation to the handler's first line. */
  readonly startLatencyMilliseconds?: number;
  readonly region?: string;
  readonly accountId?: string;
  /** Where environments come from, and are left at the end, instead of being made and closed. */
  readonly warm?: WarmEnvironments | undefined;
}

/** What a function has cost. Simulated time, rounded up to a millisecond for each invocation, as it is billed. */
export interface FunctionUsage {
  readonly invocations: number;
  readonly billedMilliseconds: number;
  readonly longestMilliseconds: number;
  /** Environments that it had at work at once. */
  readonly concurrencyMax: number;
  /** Invocations that were refused, because all its environments, or all of the account's, were at work. */
  readonly refused: number;
  readonly coldStarts: number;
  readonly awsCalls: number;
  readonly errors: number;
}

/** What an invocation can be told besides its payload. `killAfterCall` is 1 for the first AWS call. */
export interface InvokeOptions {
  readonly killAfterCall?: number;
}

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

/** A function with its environments: those at work, and those that are warm. */
export class EmbeddedFunction {
  readonly usage = {
    invocations: 0,
    billedMilliseconds: 0,
    longestMilliseconds: 0,
    concurrencyMax: 0,
    refused: 0,
    coldStarts: 0,
    awsCalls: 0,
    errors: 0,
  };
  private running = 0;
  private readonly options: FunctionOptions;
  private readonly random: Random;
  private readonly zombies: Promise<unknown>[] = [];
  private configuration: FunctionConfiguration;
  private asked = 0;
  private readonly environments = new Set<Environment>();
  /** Those that are invoked no more, still alive, and left to the next service. */
  private readonly retired: Environment[] = [];
  private readonly idle: Environment[] = [];

  constructor(options: FunctionOptions) {
    this.options = options;
    this.configuration = options.configuration;
    this.random = random(options.service.seed, 'lambda', options.name);
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
    this.usage.invocations += 1;
    this.usage.concurrencyMax = Math.max(this.usage.concurrencyMax, this.running);
    service.onInvoke?.(name, payload);
    const startedAt = service.clock.now();
    try {
      const answer = await this.run(payload, trouble);
      assertFits(answer, 'Function.ResponseSizeTooLarge', `the answer of ${name}`);
      return JSON.parse(answer);
    } catch (error) {
      this.usage.errors += 1;
      throw error;
    } finally {
      account.running -= 1;
      this.running -= 1;
      const milliseconds = Math.max(1, Math.ceil(service.clock.now() - startedAt));
      this.usage.billedMilliseconds += milliseconds;
      this.usage.longestMilliseconds = Math.max(this.usage.longestMilliseconds, milliseconds);
    }
  }

  /** Source: Lambda developer guide, "Configuring reserved concurrency for a function". */
  private assertRoom(): void {
    const { account, name } = this.options;
    const { reservedConcurrency = maxConcurrency } = this.configuration;
    if (this.running < reservedConcurrency && account.running < maxConcurrency) return;
    this.usage.refused += 1;
    const why =
      this.running < reservedConcurrency
        ? `${maxConcurrency} environments are running`
        : `${name} has ${reservedConcurrency} reserved`;
    throw serviceError('Lambda.TooManyRequestsException', `Rate Exceeded: ${why}`);
  }

  /** Ends all environments, or leaves them to the next service. */
  close(): void {
    const { warm } = this.options.service;
    for (const environment of [...this.idle.splice(0), ...this.retired.splice(0)]) {
      this.environments.delete(environment);
      if (warm) warm.keep(environment);
      else environment.close();
    }
    // One that is still at work may hang, and would die in somebody else's hands.
    for (const environment of this.environments) environment.close();
    this.environments.clear();
  }

  private async run(
    payload: string,
    { killAfterCall, fault, late }: Parameters<EmbeddedFunction['admitted']>[1],
  ): Promise<string> {
    const { clock, weather = calm } = this.options.service;
    const { timeoutSeconds } = this.configuration;
    const requestId = seededUuid(this.random);
    if (fault === 'killed-at-start') {
      this.endUnused();
      throw diedError(requestId);
    }
    const environment = this.idle.pop() ?? this.start();
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
      this.usage.awsCalls += environment.awsCalls;
      this.release(environment);
    }
  }

  /** An environment dies before its handler's first line: a warm one, or one that need not be made for it. */
  private endUnused(): void {
    const environment = this.idle.pop();
    if (environment) this.retire(environment);
    else this.usage.coldStarts += 1;
  }

  /** It is invoked no more by this service. */
  private retire(environment: Environment): void {
    this.environments.delete(environment);
    if (this.options.service.warm) this.retired.push(environment);
    else environment.close();
  }

  /** Kept warm, unless it died, or another deployment has taken its place. */
  private release(environment: Environment): void {
    const isCurrent = this.environments.has(environment);
    if (environment.isAlive && isCurrent) this.idle.push(environment);
    else if (environment.isAlive) this.retire(environment);
    else this.environments.delete(environment);
  }

  /** Environments of the old configuration are invoked no more; who is at work in one ends it. */
  redeploy(configuration: FunctionConfiguration): void {
    this.configuration = configuration;
    for (const environment of this.idle.splice(0)) this.retire(environment);
    this.environments.clear();
  }

  private start(): Environment {
    const { name, service } = this.options;
    const { configuration } = this;
    const { accountId = '111122223333', clock, onLog, region = 'us-east-1', seed, warm } = service;
    this.usage.coldStarts += 1;
    try {
      const options = {
        ...configuration,
        clock,
        seed: [seed, name, this.usage.coldStarts].join('/'),
        functionName: name,
        region,
        accountId,
        onLog: (line: string) => onLog?.(name, line),
      };
      const environment = warm?.take(options) ?? new Environment(options);
      this.environments.add(environment);
      return environment;
    } catch (error) {
      throw error instanceof Error && error.name.startsWith('Runtime.')
        ? error
        : thrownError(error, configuration.file);
    }
  }
}

function assertFits(text: string, errorName: string, what: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxPayloadBytes) return;
  throw serviceError(errorName, `${what} is ${bytes} bytes, allowed are ${maxPayloadBytes}`);
}
