import type { Clock } from '../clock.ts';
import { type Random, random } from '../random.ts';
import { createTimers, type EmbeddedTimers } from './embedded-globals.ts';
import { realm } from './evaluate.ts';
import { diedError, runtimeError, thrownError } from './function-error.ts';
import type { Handler } from './handler.ts';
import { type Calls, createCalls } from './http-module.ts';
import { loadHandler } from './load-handler.ts';
import { relayedClock } from './relayed-clock.ts';

/** A deployed function: the bundle made by esbuild (CommonJS, exporting `handler`) and its configuration. */
export interface FunctionConfiguration {
  readonly file: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Environments that it may have at once; without it, as many as the account. */
  readonly reservedConcurrency?: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** What an environment takes from the run it works in. `seed` decides what its Math.random and UUIDs give. */
export interface Host {
  readonly clock: Clock;
  readonly seed: string;
  readonly onLog: (line: string) => void;
}

/** What an execution environment is made with. */
export interface EnvironmentOptions extends FunctionConfiguration, Host {
  readonly functionName: string;
  readonly region: string;
  readonly accountId: string;
}

/** Milliseconds: longer than anything is remembered that is paced or kept for a while. */
const longAgo = 86_400_000;

/** One invocation. `deadline` is epoch milliseconds; `killAfterCall` is 1 for the first AWS call. */
export interface Invocation {
  readonly payload: string;
  readonly requestId: string;
  readonly deadline: number;
  readonly killAfterCall?: number | undefined;
  /** Asked on each AWS call: whether the handler dies right after it. */
  readonly isFatalCall?: (() => boolean) | undefined;
}

/**
 * An execution environment of Lambda for one bundle, unmodified: it sees the embedded clock, a seeded
 * Math.random, its own `process` and `http` and `fs` that hold virtual time. Making one is the cold start,
 * which throws an InvocationError when the bundle cannot be loaded. Thinner than AWS: timers that are left
 * when the handler has answered are dropped, not thawed by the next invocation.
 */
export class Environment {
  /** What stays the same in every run it works in. */
  readonly options: Omit<EnvironmentOptions, keyof Host>;
  private readonly clock = relayedClock(() => this.host.clock);
  private host: Host;
  private random: Random;
  private bornAt: number;
  private readonly timers: EmbeddedTimers;
  private readonly calls: Calls;
  private readonly handler: Handler;
  private callCount = 0;
  private current: { readonly invocation: Invocation; readonly fail: (error: Error) => void } | undefined;
  private isDestroyed = false;
  private hasFailed = false;

  constructor(options: EnvironmentOptions) {
    this.options = options;
    this.host = options;
    this.bornAt = options.clock.now();
    this.random = random('loading', options.functionName);
    this.timers = createTimers(this.clock, (error) => this.crash(thrownError(error, options.file)));
    this.calls = createCalls(this.clock, {
      onCall: () => this.countCall(),
      onFatalAnswer: () => this.crash(diedError(this.current?.invocation.requestId ?? '')),
    });
    this.handler = loadHandler({
      ...options,
      clock: this.clock,
      timers: this.timers,
      calls: this.calls,
      random: () => this.random,
      age: () => this.age(),
      isDead: () => this.isDestroyed,
      onLine: (line) => {
        if (this.isAlive) this.host.onLog(line);
      },
      onExit: () =>
        this.crash(runtimeError('Runtime.ExitError', 'Runtime exited without providing a reason')),
    });
    this.random = random(options.seed);
  }

  /** Goes on in another run, whose clock may show an earlier time: only its own monotonic clock never goes back. */
  adopt(host: Host): void {
    this.bornAt = host.clock.now() - this.age() - longAgo;
    this.host = host;
    this.random = random(host.seed);
  }

  /** False once the environment has died: it must not be invoked again. */
  get isAlive(): boolean {
    return !this.isDestroyed;
  }

  /** Whether it is at rest, and never had an answer or an end that a client or a handler could remember. */
  get isUnspoilt(): boolean {
    return this.isAlive && !this.hasFailed && !this.current && !this.calls.isSpoilt();
  }

  /** AWS calls of the current or last invocation. */
  get awsCalls(): number {
    return this.callCount;
  }

  /** Answers with the handler's result as JSON text, or rejects with an InvocationError. */
  async invoke(invocation: Invocation): Promise<string> {
    this.callCount = 0;
    try {
      return await new Promise<string>((resolve, reject) => {
        this.current = { invocation, fail: reject };
        this.run(invocation).then(resolve, reject);
      });
    } finally {
      this.current = undefined;
      this.timers.clearAll();
      // The holds of a dead environment end by themselves, when the effect of its last calls is sure.
      if (this.isAlive) this.calls.releaseHolds();
    }
  }

  /** Ends the environment: nothing of it runs on, and an invocation under way is never answered. */
  destroy(): void {
    this.isDestroyed = true;
    this.timers.stop();
    this.calls.cutOff();
  }

  /** Closes the kept-alive connections of an environment that is no longer needed. */
  close(): void {
    this.destroy();
    this.calls.close();
  }

  private async run(invocation: Invocation): Promise<string> {
    try {
      const answer = await this.handler(realm.parse(invocation.payload), this.context(invocation));
      return JSON.stringify(answer) ?? 'null';
    } catch (error) {
      this.hasFailed = true;
      throw thrownError(error, this.options.file);
    }
  }

  /** Milliseconds since its start. */
  private age(): number {
    return this.clock.now() - this.bornAt;
  }

  private crash(error: Error): void {
    this.destroy();
    this.current?.fail(error);
  }

  private countCall(): boolean {
    this.callCount += 1;
    const invocation = this.current?.invocation;
    return this.callCount === invocation?.killAfterCall || invocation?.isFatalCall?.() === true;
  }

  /** Source: Lambda developer guide, "Using the Lambda context object". */
  private context(invocation: Invocation): unknown {
    const { accountId, functionName, memoryMegabytes, region } = this.options;
    return {
      awsRequestId: invocation.requestId,
      callbackWaitsForEmptyEventLoop: true,
      functionName,
      functionVersion: '$LATEST',
      getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - this.clock.now()),
      invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: 'embedded',
      memoryLimitInMB: String(memoryMegabytes),
    };
  }
}
