import { VirtualClock } from '../../../local/clock.ts';
import {
  type ExecutionResult,
  runStateMachine,
  type StateMachineRun,
} from '../../../local/stepfunctions/run-state-machine.ts';

export const startsAt = Date.UTC(2030, 0, 1);

/** A Task that calls the function of the given name with the whole input and takes its payload as its result. */
export function task(
  functionName: string,
  fields: Record<string, unknown> = { End: true },
): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: functionName, 'Payload.$': '$' },
    OutputPath: '$.Payload',
    ...fields,
  };
}

/** A Distributed Map over `$.items` whose children are one Task of the given function. */
export function distributedMap(
  functionName: string,
  fields: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    Type: 'Map',
    ItemsPath: '$.items',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Work',
      States: { Work: task(functionName) },
    },
    End: true,
    ...fields,
  };
}

/** A definition of the given states that starts at the first. */
export function machine(states: Record<string, unknown>, fields: Record<string, unknown> = {}): unknown {
  return { StartAt: Object.keys(states)[0], States: states, ...fields };
}

/** An error as the embedded Lambda rejects with. */
export function named(name: string, message = 'because'): Error {
  return Object.assign(new Error(message), { name });
}

type Functions = Readonly<Record<string, (payload: unknown) => unknown>>;

/** Runs a definition on a new virtual clock over functions that are plain functions. */
export function run(
  definition: unknown,
  functions: Functions = {},
  changes: Partial<StateMachineRun> = {},
): Promise<ExecutionResult> {
  return runStateMachine({
    definition,
    name: 'run-1',
    input: {},
    clock: new VirtualClock(startsAt),
    seed: 1,
    invoke: async (functionName, payload) => {
      const target = functions[functionName];
      if (!target) throw named('Lambda.ResourceNotFoundException', functionName);
      return target(payload);
    },
    ...changes,
  });
}
