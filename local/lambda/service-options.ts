import type { Clock } from '../clock.ts';
import type { Weather } from '../weather.ts';
import type { FunctionConfiguration } from './environment.ts';
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
