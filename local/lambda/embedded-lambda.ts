import { EmbeddedFunction } from './embedded-function.ts';
import type { FunctionConfiguration } from './environment.ts';
import { serviceError } from './function-error.ts';
import type { EmbeddedLambdaOptions, FunctionUsage, InvokeOptions } from './service-options.ts';

/** The embedded Lambda service, as Step Functions and a command line call it. */
export interface EmbeddedLambda {
  /** Function name or ARN. Rejects with an InvocationError, whose `name` is what ErrorEquals matches. */
  readonly invoke: (functionName: string, payload: unknown, options?: InvokeOptions) => Promise<unknown>;
  readonly usage: () => Readonly<Record<string, FunctionUsage>>;
  /** All functions anew, each in fresh environments, with another configuration where one is given. */
  readonly redeploy: (configurations: Readonly<Record<string, FunctionConfiguration>>) => void;
  /** Resolves when nothing is at work any more that its caller has lost. */
  readonly settled: () => Promise<void>;
  /** Ends all environments and their connections. */
  readonly close: () => void;
}

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
    usage: () => Object.fromEntries([...functions].map(([name, target]) => [name, target.usage])),
    redeploy: (configurations) => {
      for (const [name, target] of functions) {
        const configuration = configurations[name] ?? options.functions[name];
        if (configuration) target.redeploy(configuration);
      }
    },
    settled: async () => {
      await Promise.all([...functions.values()].map((target) => target.settled()));
    },
    close: () => {
      for (const target of functions.values()) target.close();
    },
  };
}

function bareName(functionName: string): string {
  const arn = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(functionName);
  return arn?.[1] ?? functionName;
}
