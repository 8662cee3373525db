import { setMaxListeners } from 'node:events';
import { intoRealm } from '../lambda/evaluate.ts';
import { runDistributedMap } from './distributed-map.ts';
import { ExecutionAccount } from './execution-account.ts';
import type { JsonObject } from './json.ts';
import { invokeTask } from './lambda-task.ts';
import type { ContextObject, MachineObserver } from './library.ts';
import { createObserver } from './observer.ts';
import { outcomeOfFailure } from './outcome.ts';
import type { PreparedDefinition } from './prepare.ts';
import { arnOf, type ExecutionOutcome, type RunContext } from './run-context.ts';
import { fatalError } from './state-error.ts';

/** One execution of one definition: the run itself or a child of a Distributed Map. */
export interface ExecutionRequest {
  readonly run: RunContext;
  readonly prepared: PreparedDefinition;
  readonly name: string;
  /** `Name`, or `Name/Label` for the children of a Map Run. */
  readonly stateMachine: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
}

/** Runs an execution to its end. Never rejects. */
export async function runExecution(request: ExecutionRequest): Promise<ExecutionOutcome> {
  return new Execution(request).run();
}

class Execution {
  private readonly request: ExecutionRequest;
  private readonly account: ExecutionAccount;
  private readonly controller = new AbortController();
  private readonly context: Pick<ContextObject, 'Execution' | 'StateMachine'>;

  constructor(request: ExecutionRequest) {
    const { name, run, stateMachine } = request;
    this.request = request;
    this.account = new ExecutionAccount(run.limits, run.usage);
    setMaxListeners(0, this.controller.signal);
    this.context = {
      Execution: {
        Id: arnOf(run, 'execution', `${stateMachine}:${name}`),
        Input: intoRealm(request.input),
        Name: name,
        RedriveCount: 0,
        RoleArn: `arn:aws:iam::${run.accountId}:role/${run.stateMachineName}`,
        StartTime: new Date(run.clock.now()).toISOString(),
      },
      StateMachine: { Id: arnOf(run, 'stateMachine', stateMachine), Name: stateMachine },
    };
  }

  async run(): Promise<ExecutionOutcome> {
    const { name, run, input } = this.request;
    run.onEvent({ type: 'ExecutionStarted', executionName: name, at: run.clock.now(), input });
    const outcome = await this.outcome();
    this.account.addLastEvent();
    // Whatever it left running (a task, a Map Run) is no longer asked for.
    this.controller.abort();
    run.onEvent({ type: 'ExecutionEnded', executionName: name, at: run.clock.now(), status: outcome.status });
    return outcome;
  }

  private async outcome(): Promise<ExecutionOutcome> {
    const { input, prepared, run, signal } = this.request;
    if (signal.aborted) return { status: 'ABORTED' };
    const abort = (): void => this.controller.abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      this.account.addEvents(1);
      this.account.measure(input, 'the input of the execution');
      const options = {
        handlers: this.handlers(),
        observe: (definition: unknown) => this.observe(definition),
      };
      const machine = run.library.run(prepared.definition, input, options);
      this.controller.signal.addEventListener('abort', () => machine.abort(), { once: true });
      const output: unknown = JSON.parse(
        this.account.measure(await machine.result, 'the output of the execution'),
      );
      return { status: 'SUCCEEDED', output };
    } catch (error) {
      return outcomeOfFailure(error);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private handlers(): Record<string, (input: unknown) => Promise<unknown>> {
    const { prepared, run } = this.request;
    const tasks = prepared.tasks.map(({ name, state }) => [
      name,
      (input: unknown) =>
        this.attempt({ name, state, input, events: 3, work: (value) => invokeTask(run, value) }),
    ]);
    const maps = prepared.distributedMaps.map(({ name, state }) => [
      name,
      (input: unknown) =>
        this.attempt({ name, state, input, events: 4, work: (value) => this.runMap(name, state, value) }),
    ]);
    return Object.fromEntries([...tasks, ...maps]);
  }

  private runMap(name: string, state: JsonObject, input: unknown): Promise<unknown> {
    const { run, stateMachine } = this.request;
    const { signal } = this.controller;
    const context = {
      ...this.context,
      State: { Name: name, EnteredTime: new Date(run.clock.now()).toISOString() },
    };
    return runDistributedMap({ run, stateMachine, name, state, input, context, signal, runExecution });
  }

  /** One attempt of a Task or Map state: history and payload limits. */
  private async attempt(task: {
    readonly name: string;
    readonly state: JsonObject;
    readonly input: unknown;
    readonly events: number;
    readonly work: (input: unknown) => Promise<unknown>;
  }): Promise<unknown> {
    // The library retries at once what was aborted while it waited for its retry.
    if (this.controller.signal.aborted) throw fatalError('ExecutionAborted', 'the execution has ended');
    this.account.addEvents(task.events);
    this.account.measure(task.input, `the input of task ${task.name}`, task.state);
    const result = await task.work(task.input);
    this.account.measure(result, `the result of task ${task.name}`, task.state);
    return intoRealm(result);
  }

  /** For the definition itself and for each inline Map item and Parallel branch, which share the history. */
  private observe(definition: unknown): MachineObserver {
    const { name, prepared, run, stateMachine } = this.request;
    const isIteration = prepared.itemProcessors.has(definition);
    // MapIterationStarted and MapIterationSucceeded.
    if (isIteration) this.account.addEvents(2);
    const isEnded = (): boolean => this.controller.signal.aborted;
    return createObserver({
      account: this.account,
      context: this.context,
      executionName: name,
      isBatch: stateMachine.includes('/'),
      isEnded,
      run,
    });
  }
}
