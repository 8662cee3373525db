import type { Random } from '../../local/random.ts';
import { ExecutionAccount, type Limits, type Usage } from '../../local/stepfunctions/execution-account.ts';
import { StateError } from '../../local/stepfunctions/state-error.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../simulation/json.ts';
import type { Process, Simulation } from '../simulation/simulation.ts';
import { choose } from './choice.ts';
import { statesOf } from './definition.ts';
import { fill, type PathScope, place } from './paths.ts';
import { isFatal, matches, StateFailure } from './state-failure.ts';

/** What all executions of one start share. */
export interface Surroundings {
  readonly simulation: Simulation;
  readonly random: Random;
  readonly limits: Limits;
  readonly usage: Usage;
  /** One attempt of a Task. Throws a StateFailure. */
  readonly task: (resource: string, parameters: unknown) => Process<unknown>;
  /** A whole Map Run. Throws a StateFailure. */
  readonly map: (state: JsonObject, scope: PathScope) => Process<unknown>;
}

/** One execution: the definition's own, or a child of a Map Run. */
export interface ExecutionRequest {
  readonly surroundings: Surroundings;
  readonly definition: JsonObject;
  readonly name: string;
  readonly input: unknown;
  /** Asked before each state: true ends the execution as ABORTED. */
  readonly isAborted: () => boolean;
}

export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error: string; readonly cause: string };

/** Where a state leads, and what with; no next one: the end. */
interface Step {
  readonly next: string | undefined;
  readonly output: unknown;
}

/** Plays an execution of a Standard workflow to its end. A defect of ours is thrown, a failure of its own never. */
export function* execute(request: ExecutionRequest): Process<Outcome> {
  const { surroundings } = request;
  const account = new ExecutionAccount(surroundings.limits, surroundings.usage);
  try {
    account.addEvents(1);
    return { status: 'SUCCEEDED', output: yield* walk(request, account) };
  } catch (error) {
    const { error: name, detail } = asFailure(error);
    const status = name === 'Aborted' ? 'ABORTED' : name === 'ExecutionTimedOut' ? 'TIMED_OUT' : 'FAILED';
    return { status, error: name, cause: detail };
  } finally {
    account.addLastEvent();
  }
}

function* walk(request: ExecutionRequest, account: ExecutionAccount): Process<unknown> {
  const { definition, surroundings, name } = request;
  const states = statesOf(definition);
  const seconds = definition['TimeoutSeconds'];
  const endsAt = seconds === undefined ? Infinity : surroundings.simulation.now() + Number(seconds) * 1000;
  const context = { Execution: { Name: name, Input: request.input } };
  let input = request.input;
  let next: string | undefined = textOf(definition['StartAt'], 'StartAt');
  while (next !== undefined) {
    if (request.isAborted()) throw new StateFailure('Aborted', 'the Map Run has failed');
    if (surroundings.simulation.now() > endsAt) throw new StateFailure('ExecutionTimedOut', name);
    const state = objectOf(states[next], `state ${next}`);
    account.measure(input, `the input of ${next}`);
    account.addTransition();
    const step: Step = yield* enter(state, { request, account, scope: { input, context } });
    input = step.output;
    next = step.next;
  }
  account.measure(input, 'the output of the execution');
  return input;
}

interface Visit {
  readonly request: ExecutionRequest;
  readonly account: ExecutionAccount;
  readonly scope: PathScope;
}

/** History events: two for a state, three for each attempt of a Task, four for a Map Run. */
function* enter(state: JsonObject, visit: Visit): Process<Step> {
  const { scope, account } = visit;
  const next = typeof state['Next'] === 'string' ? state['Next'] : undefined;
  account.addEvents(1);
  if (state['Type'] !== 'Fail') account.addEvents(1);
  switch (state['Type']) {
    case 'Wait':
      yield numberOf(state['Seconds'], 'Seconds') * 1000;
      return { next, output: scope.input };
    case 'Choice':
      return { next: choose(state, scope), output: scope.input };
    case 'Pass': {
      const made = state['Result'] ?? (state['Parameters'] ? fill(state['Parameters'], scope) : scope.input);
      return { next, output: place(state['ResultPath'], scope.input, made) };
    }
    case 'Succeed':
      return { next: undefined, output: scope.input };
    case 'Fail':
      throw new StateFailure(textOf(state['Error'], 'Error'), String(state['Cause'] ?? ''));
    default:
      return yield* work(state, visit);
  }
}

function* work(state: JsonObject, visit: Visit): Process<Step> {
  const { scope } = visit;
  try {
    const raw = yield* attempts(state, visit);
    const selected = state['ResultSelector'] ? fill(state['ResultSelector'], { ...scope, input: raw }) : raw;
    const next = typeof state['Next'] === 'string' ? state['Next'] : undefined;
    return { next, output: place(state['ResultPath'], scope.input, selected) };
  } catch (error) {
    const failure = asFailure(error);
    const catcher = objectsOf(state['Catch'], 'Catch').find((each) => matches(namesOf(each), failure));
    if (!catcher || isFatal(failure)) throw failure;
    const result = { Error: failure.error, Cause: failure.detail };
    return {
      next: textOf(catcher['Next'], 'Next'),
      output: place(catcher['ResultPath'], scope.input, result),
    };
  }
}

function* attempts(state: JsonObject, visit: Visit): Process<unknown> {
  const { surroundings } = visit.request;
  const { account, scope } = visit;
  const used = new Map<JsonObject, number>();
  for (;;) {
    try {
      if (state['Type'] === 'Map') {
        account.addEvents(4);
        return yield* surroundings.map(state, scope);
      }
      account.addEvents(3);
      const parameters = state['Parameters'] ? fill(state['Parameters'], scope) : scope.input;
      account.measure(parameters, 'the parameters of a Task');
      const result = yield* surroundings.task(textOf(state['Resource'], 'Resource'), parameters);
      account.measure(result, 'the result of a Task');
      return result;
    } catch (error) {
      const failure = asFailure(error);
      const retrier = objectsOf(state['Retry'], 'Retry').find((each) => matches(namesOf(each), failure));
      const before = retrier ? (used.get(retrier) ?? 0) : 0;
      if (!retrier || isFatal(failure) || before >= Number(retrier['MaxAttempts'] ?? 3)) throw failure;
      used.set(retrier, before + 1);
      yield delayOf(retrier, before, surroundings.random);
      account.addTransition();
    }
  }
}

/** Milliseconds before a retry. Source: developer guide, "Retrying after an error". */
function delayOf(retrier: JsonObject, before: number, stream: Random): number {
  const interval = Number(retrier['IntervalSeconds'] ?? 1) * Number(retrier['BackoffRate'] ?? 2) ** before;
  const seconds = Math.min(interval, Number(retrier['MaxDelaySeconds'] ?? Infinity));
  return 1000 * (retrier['JitterStrategy'] === 'FULL' ? seconds * stream.next() : seconds);
}

function namesOf(rule: JsonObject): readonly string[] {
  const names = rule['ErrorEquals'];
  return Array.isArray(names) ? names.map(String) : [];
}

/** The embedded Step Functions' own words for a limit; anything else is a defect. */
function asFailure(error: unknown): StateFailure {
  if (error instanceof StateFailure) return error;
  if (error instanceof StateError) return new StateFailure(error.name, error.message);
  throw error;
}
