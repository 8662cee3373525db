import { Environment, type FunctionConfiguration } from './environment.ts';
import { thrownError } from './function-error.ts';
import type { EmbeddedLambdaOptions } from './service-options.ts';

/** The environments of one function: those at work, and those that wait for an invocation. */
export class FunctionEnvironments {
  private readonly name: string;
  private readonly service: EmbeddedLambdaOptions;
  private configuration: FunctionConfiguration;
  private started = 0;
  /** Of the current configuration; what is at work of an earlier one is known to its invocation alone. */
  private readonly current = new Set<Environment>();
  private readonly idle: Environment[] = [];
  /** Those that are invoked no more, still alive, and left to the next service. */
  private readonly retired: Environment[] = [];

  constructor(options: {
    readonly name: string;
    readonly configuration: FunctionConfiguration;
    readonly service: EmbeddedLambdaOptions;
  }) {
    this.name = options.name;
    this.configuration = options.configuration;
    this.service = options.service;
  }

  get coldStarts(): number {
    return this.started;
  }

  /** For one invocation, after which it is given back. Throws an InvocationError for a bundle that cannot be loaded. */
  take(): Environment {
    return this.idle.pop() ?? this.start();
  }

  /** Kept warm, unless it died, or another deployment has taken its place. */
  giveBack(environment: Environment): void {
    if (!environment.isAlive) this.current.delete(environment);
    else if (this.current.has(environment)) this.idle.push(environment);
    else this.retire(environment);
  }

  /** One dies before its handler's first line: a warm one, or one that need not be made for it. */
  endUnused(): void {
    const environment = this.idle.pop();
    if (environment) this.retire(environment);
    else this.started += 1;
  }

  /** Those of the old configuration are invoked no more; who is at work in one ends it. */
  redeploy(configuration: FunctionConfiguration): void {
    this.configuration = configuration;
    for (const environment of this.idle.splice(0)) this.retire(environment);
    this.current.clear();
  }

  /** Ends them all, or leaves them to the next service. */
  close(): void {
    for (const environment of this.idle.splice(0)) this.retire(environment);
    for (const environment of this.retired.splice(0)) this.service.warm?.keep(environment);
    // One that is still at work may hang, and would die in somebody else's hands.
    for (const environment of this.current) environment.close();
    this.current.clear();
  }

  private retire(environment: Environment): void {
    this.current.delete(environment);
    if (this.service.warm) this.retired.push(environment);
    else environment.close();
  }

  private start(): Environment {
    const { configuration, name } = this;
    const { accountId = '111122223333', clock, onLog, region = 'us-east-1', seed, warm } = this.service;
    this.started += 1;
    try {
      const options = {
        ...configuration,
        clock,
        seed: [seed, name, this.started].join('/'),
        functionName: name,
        region,
        accountId,
        onLog: (line: string) => onLog?.(name, line),
      };
      const environment = warm?.take(options) ?? new Environment(options);
      this.current.add(environment);
      return environment;
    } catch (error) {
      throw error instanceof Error && error.name.startsWith('Runtime.')
        ? error
        : thrownError(error, configuration.file);
    }
  }
}
