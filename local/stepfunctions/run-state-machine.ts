import type { Clock } from '../clock.ts';
import { random } from '../random.ts';
import { Weather } from '../weather.ts';
import { assertSupported, substitute } from './definition.ts';
import { runExecution } from './execution.ts';
import { awsLimits, type Limits, type Usage } from './execution-account.ts';
import { ExecutionFaults, type ForcedEnd } from './execution-faults.ts';
import { ExecutionNames } from './execution-name.ts';
import { loadLibrary } from './library.ts';
import { prepare } from './prepare.ts';
import type { ExecutionEvent, ExecutionOutcome, Invoke } from './run-context.ts';

/** What StartExecution is given, and what the embedded Step Functions needs to play it. */
export interface StateMachineRun {
  /** The ASL as JSON; JSONPath only. */
  readonly definition: unknown;
  /** CloudFormation's DefinitionSubstitutions. */
  readonly substitutions?: Readonly<Record<string, string>>;
  /** The execution's name: 1 to 80 characters, none of them blank or `:`. */
  readonly name: string;
  readonly input: unknown;
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly seed: number;
  readonly stateMachineName?: string;
  /** Shared by the runs of one account, so that a name is used once. */
  readonly executionNames?: ExecutionNames;
  readonly limits?: Partial<Limits>;
  readonly onEvent?: (event: ExecutionEvent) => void;
  /** How likely the faults of executions are. */
  readonly weather?: Weather;
  /** Aborts the execution and its children. */
  readonly signal?: AbortSignal;
  readonly accountId?: string;
  readonly region?: string;
}

/** How the execution ended and what it and its children used. */
export interface ExecutionResult extends ExecutionOutcome {
  readonly usage: Readonly<Usage>;
}

/**
 * Runs a definition as Step Functions runs a Standard workflow, on the embedded clock. Rejects only when AWS would
 * not start it: InvalidDefinition, StartExecutionError, or the library's list of mistakes in the definition.
 */
export async function runStateMachine(options: StateMachineRun): Promise<ExecutionResult> {
  const { clock, input, invoke, name, seed, stateMachineName = 'patch-fleet' } = options;
  const definition = substitute(options.definition, options.substitutions ?? {});
  assertSupported(definition);
  const library = loadLibrary({ clock, seed: `${seed}/states/${name}` });
  library.validate(definition);
  (options.executionNames ?? new ExecutionNames()).take(stateMachineName, name);
  const usage: Usage = { stateTransitions: 0, historyEventsMax: 0, payloadBytesMax: 0 };
  const stop = new AbortController();
  let forcedEnd: ForcedEnd | undefined;
  const end = (status: ForcedEnd): void => {
    forcedEnd ??= status;
    stop.abort();
  };
  const run = {
    clock,
    random: random(seed, 'executions', name),
    library,
    limits: { ...awsLimits, ...options.limits },
    usage,
    invoke,
    faults: new ExecutionFaults({ clock, seed, name, weather: options.weather ?? new Weather(), end }),
    onEvent: options.onEvent ?? (() => undefined),
    accountId: options.accountId ?? '111122223333',
    region: options.region ?? 'us-east-1',
    stateMachineName,
  };
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  try {
    const outcome = await runExecution({
      run,
      prepared: prepare(definition),
      name,
      stateMachine: stateMachineName,
      input,
      signal,
    });
    const timedOut = { status: 'TIMED_OUT', error: 'States.Timeout' } as const;
    return { ...(forcedEnd === 'TIMED_OUT' && outcome.status === 'ABORTED' ? timedOut : outcome), usage };
  } finally {
    library.close();
  }
}
