import type { Clock } from '../clock.ts';
import { type Random, random } from '../random.ts';
import type { Strikes } from '../strikes.ts';
import { seededUuid } from './embedded-globals.ts';
import { Environment, type FunctionConfiguration } from './environment.ts';
import { serviceError, thrownError, timeoutError } from './function-error.ts';

/** What the embedded Lambda service is made with. Functions by name. */
export interface EmbeddedLambdaOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly functions: Readonly<Record<string, FunctionConfiguration>>;
  /** Probability of each AWS call that its handler dies right after it, effect done and answer lost. */
  readonly killRate?: number;
  /** Told of each fault that strikes. */
  readonly strikes?: Strikes;
  readonly onLog?: (functionName: string, line: string) => void;
  /** From the invocation to the handler's first line. */
  readonly startLatencyMilliseconds?: number;
  readonly region?: string;
  readonly accountId?: string;
}

/** What a function has cost. Simulated time, rounded up to a millisecond for each invocation, as it is billed. */
export interface FunctionUsage {
  readonly invocations: number;
  readonly billedMilliseconds: number;
  readonly coldStarts: number;
  readonly awsCalls: number;
  readonly errors: number;
}

/** What an invocation can be told besides its payload. `killAfterCall` is 1 for the first AWS call. */
export interface InvokeOptions {
  readonly killAfterCall?: number;
}

/** The embedded Lambda service, as Step Functions and a command line call it. */
export interface EmbeddedLambda {
  /** Function name or ARN. Rejects with an InvocationError, whose `name` is what ErrorEquals matches. */
  readonly invoke: (functionName: string, payload: unknown, options?: InvokeOptions) => Promise<unknown>;
  readonly usage: () => Readonly<Record<string, FunctionUsage>>;
  /** Ends all environments and their connections. */
  readonly close: () => void;
}

/** Lambda's limit on a synchronous payload, each way. Source: Lambda developer guide, "Lambda quotas". */
const maxPayloadBytes = 6_291_556;

/** Environments that a new account may run at once, in all functions. Source: "Lambda quotas". */
const maxConcurrency = 1_000;

/** The functions of one account and region, each with its warm environments. */
export function createEmbeddedLambda(options: EmbeddedLambdaOptions): EmbeddedLambda {
  const account = { running: 0 };
  const functions = new Map(
    Object.entries(options.functions).map(([name, configuration]) => [
      name,
      new EmbeddedFunction({ name, configuration, service: options, account }),
    ]),
  );
  return {
    invoke: async (functionName, payload, invokeOptions) => {
      const name = bareName(functionName);
      const target = functions.get(name);
      if (target) return target.invoke(payload, invokeOptions ?? {});
      const known = [...functions.keys()].join(', ') || 'none';
      throw serviceError(
        'Lambda.ResourceNotFoundException',
        `Function not found: ${name}. Functions that exist: ${known}`,
      );
    },
    usage: () => Object.fromEntries([...functions].map(([name, target]) => [name, { ...target.usage }])),
    close: () => {
      for (const target of functions.values()) target.close();
    },
  };
}

interface FunctionOptions {
  readonly name: string;
  readonly configuration: FunctionConfiguration;
  readonly service: EmbeddedLambdaOptions;
  readonly account: { running: number };
}

class EmbeddedFunction {
  readonly usage = { invocations: 0, billedMilliseconds: 0, coldStarts: 0, awsCalls: 0, errors: 0 };
  private readonly options: FunctionOptions;
  private readonly random: Random;
  private readonly environments = new Set<Environment>();
  private readonly idle: Environment[] = [];

  constructor(options: FunctionOptions) {
    this.options = options;
    this.random = random(options.service.seed, 'lambda', options.name);
  }

  async invoke(payload: unknown, { killAfterCall }: InvokeOptions): Promise<unknown> {
    const { account, name, service } = this.options;
    const text = JSON.stringify(payload) ?? 'null';
    assertFits(text, 'Lambda.RequestTooLargeException', `the request to ${name}`);
    await service.clock.sleep(service.startLatencyMilliseconds ?? 5);
    if (account.running >= maxConcurrency) {
      throw serviceError(
        'Lambda.TooManyRequestsException',
        `Rate Exceeded: ${maxConcurrency} environments are running`,
      );
    }
    account.running += 1;
    this.usage.invocations += 1;
    const startedAt = service.clock.now();
    try {
      const answer = await this.run(text, killAfterCall);
      assertFits(answer, 'Function.ResponseSizeTooLarge', `the answer of ${name}`);
      return JSON.parse(answer);
    } catch (error) {
      this.usage.errors += 1;
      throw error;
    } finally {
      account.running -= 1;
      this.usage.billedMilliseconds += Math.max(1, Math.ceil(service.clock.now() - startedAt));
    }
  }

  close(): void {
    for (const environment of this.environments) environment.close();
  }

  private async run(payload: string, killAfterCall: number | undefined): Promise<string> {
    const { clock, killRate = 0, strikes } = this.options.service;
    const { timeoutSeconds } = this.options.configuration;
    const requestId = seededUuid(this.random);
    const environment = this.idle.pop() ?? this.start();
    const deadline = clock.now() + timeoutSeconds * 1000;
    const isFatalCall = (): boolean => {
      const isFatal = this.random.chance(killRate);
      if (isFatal) strikes?.count('killed-handler');
      return isFatal;
    };
    const timedOut = Promise.withResolvers<never>();
    const timer = clock.setTimeout(() => {
      environment.destroy();
      timedOut.reject(timeoutError(requestId, timeoutSeconds));
    }, timeoutSeconds * 1000);
    try {
      const answer = environment.invoke({
        payload,
        requestId,
        deadline,
        killAfterCall,
        isFatalCall: killRate > 0 ? isFatalCall : undefined,
      });
      return await Promise.race([answer, timedOut.promise]);
    } finally {
      clock.clearTimeout(timer);
      this.usage.awsCalls += environment.awsCalls;
      if (environment.isAlive) this.idle.push(environment);
      else this.environments.delete(environment);
    }
  }

  private start(): Environment {
    const { configuration, name, service } = this.options;
    const { accountId = '111122223333', clock, onLog, region = 'us-east-1', seed } = service;
    this.usage.coldStarts += 1;
    try {
      const environment = new Environment({
        ...configuration,
        clock,
        seed: [seed, name, this.usage.coldStarts].join('/'),
        functionName: name,
        region,
        accountId,
        onLog: (line) => onLog?.(name, line),
      });
      this.environments.add(environment);
      return environment;
    } catch (error) {
      throw error instanceof Error && error.name.startsWith('Runtime.')
        ? error
        : thrownError(error, configuration.file);
    }
  }
}

function bareName(functionName: string): string {
  const arn = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(functionName);
  return arn?.[1] ?? functionName;
}

function assertFits(text: string, errorName: string, what: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxPayloadBytes) return;
  throw serviceError(errorName, `${what} is ${bytes} bytes, allowed are ${maxPayloadBytes}`);
}
