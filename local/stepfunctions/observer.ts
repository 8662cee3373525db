import type { ExecutionAccount } from './execution-account.ts';
import type { ContextObject, MachineObserver } from './library.ts';
import type { RunContext } from './run-context.ts';

/** Whose history and payloads are counted. `isEnded`: what an ended execution still does is not history. */
export interface ObserverOptions {
  readonly account: ExecutionAccount;
  readonly run: RunContext;
  readonly executionName: string;
  readonly context: Pick<ContextObject, 'Execution' | 'StateMachine'>;
  readonly isEnded: () => boolean;
  /** Whether it is an execution of a Map Run. */
  readonly isBatch: boolean;
}

/**
 * Counts the states of one definition, or of one inline Map item or Parallel branch, and tells of them live.
 * The events of a Task's attempts are counted where they are made (execution.ts).
 */
export function createObserver(options: ObserverOptions): MachineObserver {
  const { account, executionName, run } = options;
  const state = { Name: '', EnteredTime: '', RetryCount: 0 };
  const ifRunning = (act: () => void): void => {
    if (!options.isEnded()) act();
  };
  const head = (stateName: string) => ({ executionName, at: run.clock.now(), stateName });
  return {
    context: { ...options.context, State: state },
    entered: (stateName, type, input) =>
      ifRunning(() => {
        Object.assign(state, {
          Name: stateName,
          EnteredTime: new Date(run.clock.now()).toISOString(),
          RetryCount: 0,
        });
        account.addTransition();
        account.addEvents(1 + nestingEvents(type));
        account.measure(input, `the input of state ${stateName}`);
        run.onEvent({ ...head(stateName), type: 'StateEntered', input });
        run.faults.entered(stateName, { isBatch: options.isBatch });
      }),
    exited: (stateName, type, input, output) =>
      ifRunning(() => {
        account.addEvents(1 + nestingEvents(type));
        account.measure(output, `the output of state ${stateName}`);
        run.onEvent({ ...head(stateName), type: 'StateExited', input, output });
      }),
    failed: (stateName, _type, input, error) =>
      ifRunning(() => run.onEvent({ ...head(stateName), type: 'StateFailed', input, error: nameOf(error) })),
    retried: (stateName, type, input) =>
      ifRunning(() => {
        state.RetryCount += 1;
        account.addTransition();
        account.addEvents(2 * nestingEvents(type));
        run.onEvent({ ...head(stateName), type: 'StateRetried', input });
      }),
  };
}

/** An inline Map or Parallel state has an event of its own, `…Started` and `…Succeeded`, inside the two of every state. */
function nestingEvents(type: string): number {
  return type === 'Map' || type === 'Parallel' ? 1 : 0;
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : typeof error;
}
