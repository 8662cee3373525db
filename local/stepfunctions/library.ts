import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { createDate, createMath, createTimers } from '../lambda/embedded-globals.ts';
import { evaluateCommonJs, intoRealm, realm } from '../lambda/evaluate.ts';
import { random } from '../random.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** The context object of one run of one definition, as `$$` sees it. Members change as states are entered. */
export interface ContextObject {
  readonly Execution: JsonObject;
  readonly State: JsonObject;
  readonly StateMachine: JsonObject;
}

/** Told as things happen, before the library goes on. What it throws fails the execution and cannot be caught. */
export interface MachineObserver {
  readonly context: ContextObject;
  entered(stateName: string, type: string, input: unknown): void;
  exited(stateName: string, type: string, input: unknown, output: unknown): void;
  failed(stateName: string, type: string, input: unknown, error: unknown): void;
  retried(stateName: string, type: string, input: unknown): void;
}

/** How a definition is run. `observe` is called for the definition and for each inline Map item and branch. */
export interface MachineOptions {
  readonly handlers: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
  readonly observe: (definition: unknown) => MachineObserver;
}

export interface RunningMachine {
  readonly result: Promise<unknown>;
  abort(): void;
}

/** aws-local-stepfunctions on an embedded clock. */
export interface Library {
  /** Throws an Error that lists what asl-validator has against a definition. */
  validate(definition: unknown): void;
  run(definition: unknown, input: unknown, options: MachineOptions): RunningMachine;
  /** Drops the timers that aborted executions left. */
  close(): void;
}

interface ExecuteOptions {
  readonly eventLogger: object;
  readonly runOptions: { readonly context?: object; readonly observe: MachineOptions['observe'] };
}

interface Machine {
  readonly definition: unknown;
  run(input: unknown, options: object): RunningMachine;
  execute(input: unknown, options: ExecuteOptions, cleanUp: () => void): Promise<unknown>;
}

interface MachineClass {
  new (definition: unknown, options?: object): Machine;
  readonly prototype: Machine;
}

/** asl-validator compiles its schemas each time, which takes longer than most runs. */
const validDefinitions = new Set<string>();

const contextKey = Symbol('context object');
const requireHere = createRequire(join(import.meta.dirname, 'library.ts'));

/**
 * Evaluates the library's own build with timers, Date and Math of the embedded clock and seed. Its text is not
 * changed; two of its doors are used to see more than its event log tells: `StateMachine.prototype.execute`, whose
 * event logger is told of each state before the library goes on, and `jsonpath-plus`, which is asked for `$$`.
 */
export function loadLibrary(options: { readonly clock: Clock; readonly seed: string }): Library {
  const file = requireHere.resolve('aws-local-stepfunctions');
  const requireThere = createRequire(file);
  const timers = createTimers(options.clock, (error) => {
    throw error;
  });
  const { setTimeout, clearTimeout } = timers.globals;
  const globals = {
    setTimeout,
    clearTimeout,
    Date: createDate(options.clock),
    Math: createMath(random(options.seed).next),
  };
  const require = (name: string): unknown => {
    // Never needed, as every Task has a handler here, and slow to load.
    if (name.startsWith('@aws-sdk/')) return {};
    const module: unknown = requireThere(name);
    return name === 'jsonpath-plus' ? { JSONPath: withContextObject(module) } : module;
  };
  const StateMachine = machineClass(evaluateCommonJs({ file, globals, require }));
  observeStates(StateMachine.prototype);
  return {
    validate: (definition) => {
      const text = JSON.stringify(definition);
      if (validDefinitions.has(text)) return;
      new StateMachine(realm.parse(text));
      validDefinitions.add(text);
    },
    run: (definition, input, { handlers, observe }) =>
      new StateMachine(definition, { validationOptions: { noValidate: true } }).run(intoRealm(input), {
        overrides: { taskResourceLocalHandlers: handlers },
        observe,
      }),
    close: timers.clearAll,
  };
}

function machineClass(exported: unknown): MachineClass {
  const found = isJsonObject(exported) ? exported['StateMachine'] : undefined;
  if (isMachineClass(found)) return found;
  throw new TypeError('aws-local-stepfunctions exports no StateMachine');
}

function isMachineClass(value: unknown): value is MachineClass {
  return typeof value === 'function' && typeof value.prototype?.execute === 'function';
}

function observeStates(prototype: Machine): void {
  const { execute } = prototype;
  prototype.execute = function (input, options, cleanUp) {
    const { eventLogger, runOptions } = options;
    const observer = runOptions.observe(this.definition);
    // The log itself is read by nobody here, and would keep every payload of a long execution.
    const dispatch = (): void => undefined;
    Object.assign(eventLogger, {
      dispatch,
      dispatchStateEnteredEvent: observer.entered,
      dispatchStateExitedEvent: observer.exited,
      dispatchStateFailedEvent: observer.failed,
      dispatchStateRetriedEvent: observer.retried,
    });
    const context = { ...runOptions.context, [contextKey]: observer.context };
    return execute.call(this, input, { ...options, runOptions: { ...runOptions, context } }, cleanUp);
  };
}

/** The library knows no State and StateMachine, and calls an inline item the execution's input: AWS does not. */
function withContextObject(module: unknown): (query: JsonObject) => unknown {
  const JSONPath = isJsonObject(module) ? module['JSONPath'] : undefined;
  const evaluate: unknown = typeof JSONPath === 'function' ? JSONPath.prototype.evaluate : undefined;
  if (typeof JSONPath !== 'function' || typeof evaluate !== 'function') {
    throw new TypeError('jsonpath-plus exports no JSONPath');
  }
  return (query) => {
    const { json, path } = query;
    const isContext = typeof json === 'object' && json !== null && contextKey in json;
    const whole = isContext ? { ...json, ...Object(json[contextKey]) } : json;
    // jsonpath-plus finds nothing in false, 0, "" and null, not even the whole.
    if (path === '$') return whole;
    // Called as a function it throws an error, stack and all, for each value that is no object, only to catch it.
    const search: unknown = Reflect.construct(JSONPath, [{ ...query, json: whole, autostart: false }]);
    return evaluate.call(search, { path, json: whole });
  };
}
