import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Limits, Usage } from './execution-account.ts';
import type { ExecutionFaults } from './execution-faults.ts';
import type { Library } from './library.ts';

/** Calls a Lambda function by name or ARN; rejects with an Error whose `name` is what ErrorEquals matches. */
export type Invoke = (functionName: string, payload: unknown) => Promise<unknown>;

/** A live event for a progress display. `at` is epoch milliseconds of simulated time. */
export type ExecutionEvent = { readonly executionName: string; readonly at: number } & (
  | { readonly type: 'ExecutionStarted'; readonly input: unknown }
  | { readonly type: 'ExecutionEnded'; readonly status: ExecutionStatus }
  | { readonly type: 'StateEntered' | 'StateRetried'; readonly stateName: string; readonly input: unknown }
  | {
      readonly type: 'StateExited';
      readonly stateName: string;
      readonly input: unknown;
      readonly output: unknown;
    }
  | {
      readonly type: 'StateFailed';
      readonly stateName: string;
      readonly input: unknown;
      readonly error: string;
    }
);

export type ExecutionStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How an execution ended. `output` only of a succeeded one, `error` and `cause` of a failed one, as on AWS. */
export interface ExecutionOutcome {
  readonly status: ExecutionStatus;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** What the executions of one run share. */
export interface RunContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly library: Library;
  readonly limits: Limits;
  readonly usage: Usage;
  readonly faults: ExecutionFaults;
  readonly invoke: Invoke;
  readonly onEvent: (event: ExecutionEvent) => void;
  readonly accountId: string;
  readonly region: string;
  readonly stateMachineName: string;
}

/** The part of an ARN that all resources of a run have: `kind` is `execution` or `stateMachine`. */
export function arnOf(run: RunContext, kind: 'execution' | 'stateMachine', resource: string): string {
  return `arn:aws:states:${run.region}:${run.accountId}:${kind}:${resource}`;
}
