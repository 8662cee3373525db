import type { AwsClient } from './aws-client.ts';
import type { AwsCall } from './aws-request.ts';
import type { JsonObject } from './json.ts';
import type { Process, Simulation } from './simulation.ts';

/** What a function of an alternative works with: an SDK client for each service, as one. */
export interface HandlerTools {
  readonly call: (service: AwsCall['service'], operation: string, input: JsonObject) => Promise<JsonObject>;
}

/** A Lambda function of an alternative. */
export type Handler = (event: JsonObject, tools: HandlerTools) => Promise<unknown>;

export interface LambdaUsage {
  readonly invocations: number;
  readonly billedMilliseconds: number;
}

/** From the invocation to the handler's first line, as the embedded Lambda has it. */
const startMilliseconds = 5;

/** The functions of an alternative, in simulated time: as in the embedded Lambda, computing costs none. */
export class LambdaFunctions {
  private readonly simulation: Simulation;
  private readonly client: AwsClient;
  private readonly handlers: Readonly<Record<string, Handler>>;
  private readonly tally = { invocations: 0, billedMilliseconds: 0 };

  constructor(parts: {
    readonly simulation: Simulation;
    readonly client: AwsClient;
    readonly handlers: Readonly<Record<string, Handler>>;
  }) {
    this.simulation = parts.simulation;
    this.client = parts.client;
    this.handlers = parts.handlers;
  }

  get usage(): LambdaUsage {
    return { ...this.tally };
  }

  /** Throws what the handler throws. Billed by the millisecond, rounded up. */
  *invoke(name: string, event: JsonObject): Process<unknown> {
    const handler = this.handlers[name];
    if (!handler) throw new Error(`there is no function ${name}`);
    yield startMilliseconds;
    this.tally.invocations += 1;
    const startedAt = this.simulation.now();
    const call: HandlerTools['call'] = (service, operation, input) =>
      this.simulation.promiseOf(this.client.send({ service, operation, input }));
    try {
      return yield* this.simulation.await(() => handler(event, { call }));
    } finally {
      this.tally.billedMilliseconds += Math.max(1, Math.ceil(this.simulation.now() - startedAt));
    }
  }
}
