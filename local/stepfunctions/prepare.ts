import { intoRealm } from '../lambda/evaluate.ts';
import { allStates, isDistributedMap, type NamedState } from './definition.ts';
import { isJsonObject, type JsonObject, objectAt, objectsAt } from './json.ts';

/** A definition as the library can run it, and what the layer runs itself. */
export interface PreparedDefinition {
  readonly definition: JsonObject;
  /** The Task states, which the layer's handler runs. */
  readonly tasks: readonly NamedState[];
  /** The Distributed Map states as they were written; for the library they are Tasks. */
  readonly distributedMaps: readonly NamedState[];
  /** The item processors of inline Map states, each run of which is an iteration. */
  readonly itemProcessors: ReadonlySet<unknown>;
}

/** A Task without TimeoutSeconds waits for ever on AWS, that is for so many seconds. */
const longestTaskSeconds = 99_999_999;

/**
 * What this layer corrects where aws-local-stepfunctions 3.0.0 is not AWS:
 * - a Task without TimeoutSeconds times out after a minute there (here: 99,999,999 seconds, AWS's default);
 * - a Distributed Map runs inline there, with the parent's history and no tolerated failures (distributed-map.ts);
 *   States.TaskFailed does not match what a Map state fails with, though the library sees a Task;
 * - comparisons convert types there, so that "10" is NumericGreaterThan 5 (here: false, as on AWS);
 * - IsPresent, IsNull, IsString … with `false` never match there (here: the opposite of `true`);
 * - a handler that was aborted is retried there without waiting (here: an abort ends the execution);
 * - payload, history and name limits, `$$.State`, `$$.StateMachine` and the input and start time of the execution
 *   inside inline Map and Parallel states are unknown there (execution.ts, library.ts);
 * - an error of its own code (a TypeError, say) is reported as one of the state there (here: States.Runtime);
 * - a Pass state's Result of false, 0, "" or null is dropped there (here: the definition is refused).
 * Left as it is: items of a failed inline Map that had not started yet are still run.
 */
export function prepare(definition: JsonObject): PreparedDefinition {
  const itemProcessors = new Set<unknown>();
  const distributedMaps: NamedState[] = [];
  const tasks: NamedState[] = [];
  const rewritten = objectAt(intoRealm(rewriteMachine(definition, distributedMaps)), 'definition');
  for (const named of allStates(rewritten)) {
    const { Type, ItemProcessor, Iterator } = named.state;
    if (Type === 'Map') itemProcessors.add(ItemProcessor ?? Iterator);
    if (Type === 'Task' && !distributedMaps.some(({ name }) => name === named.name)) tasks.push(named);
  }
  return { definition: rewritten, tasks, distributedMaps, itemProcessors };
}

function rewriteMachine(machine: JsonObject, distributedMaps: NamedState[]): JsonObject {
  const states = Object.entries(objectAt(machine['States'], 'States')).map(([name, value]) => {
    const state = objectAt(value, name);
    if (isDistributedMap(state)) distributedMaps.push({ name, state });
    return [name, rewriteState(state, distributedMaps)];
  });
  return { ...machine, States: Object.fromEntries(states) };
}

function rewriteState(state: JsonObject, distributedMaps: NamedState[]): JsonObject {
  if (isDistributedMap(state)) return rewriteDistributedMap(state);
  const inner = (machine: JsonObject): JsonObject => rewriteMachine(machine, distributedMaps);
  switch (state['Type']) {
    case 'Task':
      return withTimeout(state);
    case 'Choice':
      return { ...state, Choices: objectsAt(state['Choices'], 'Choices').map(rewriteRule) };
    case 'Parallel':
      return { ...state, Branches: objectsAt(state['Branches'], 'Branches').map(inner) };
    case 'Map':
      return {
        ...state,
        ItemProcessor: inner(objectAt(state['ItemProcessor'] ?? state['Iterator'], 'ItemProcessor')),
      };
    default:
      return state;
  }
}

function withTimeout(state: JsonObject): JsonObject {
  return 'TimeoutSecondsPath' in state ? state : { TimeoutSeconds: longestTaskSeconds, ...state };
}

const fieldsThatStay = ['InputPath', 'ResultSelector', 'ResultPath', 'OutputPath', 'Next', 'End'];

function rewriteDistributedMap(state: JsonObject): JsonObject {
  const kept = Object.entries(state).filter(([field]) => fieldsThatStay.includes(field));
  return withTimeout({
    ...Object.fromEntries(kept),
    Type: 'Task',
    ...('Retry' in state && { Retry: objectsAt(state['Retry'], 'Retry').map(withoutTaskFailed) }),
    ...('Catch' in state && { Catch: objectsAt(state['Catch'], 'Catch').map(withoutTaskFailed) }),
  });
}

function withoutTaskFailed(handler: JsonObject): JsonObject {
  const { ErrorEquals } = handler;
  if (!Array.isArray(ErrorEquals)) return handler;
  return { ...handler, ErrorEquals: ErrorEquals.filter((name) => name !== 'States.TaskFailed') };
}

function rewriteRule(rule: JsonObject): JsonObject {
  const next = 'Next' in rule ? { Next: rule['Next'] } : {};
  if ('And' in rule) return { ...next, And: objectsAt(rule['And'], 'And').map(rewriteRule) };
  if ('Or' in rule) return { ...next, Or: objectsAt(rule['Or'], 'Or').map(rewriteRule) };
  if (isJsonObject(rule['Not'])) return { ...next, Not: rewriteRule(rule['Not']) };
  const { Variable } = rule;
  const [operator = '', operand] =
    Object.entries(rule).find(([key]) => /^(Is|String|Numeric|Boolean|Time)/.test(key)) ?? [];
  if (operator.startsWith('Is')) {
    return operand === false
      ? { ...next, Not: { Variable, [operator]: true } }
      : { ...next, Variable, [operator]: operand };
  }
  const [type = ''] = /^(String|Numeric|Boolean|Timestamp)/.exec(operator) ?? [];
  return {
    ...next,
    And: [
      { Variable, [`Is${type}`]: true },
      { Variable, [operator]: operand },
    ],
  };
}
