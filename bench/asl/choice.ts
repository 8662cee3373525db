import { type JsonObject, objectOf, objectsOf, textOf } from '../simulation/json.ts';
import { find, type PathScope, read } from './paths.ts';
import { StateFailure } from './state-failure.ts';

/** The next state of a Choice: the first rule that holds, or `Default`. */
export function choose(state: JsonObject, scope: PathScope): string {
  const rule = objectsOf(state['Choices'], 'Choices').find((each) => holds(each, scope));
  const next = rule?.['Next'] ?? state['Default'];
  if (next === undefined) throw new StateFailure('States.NoChoiceMatched', 'no rule of the Choice holds');
  return textOf(next, 'Next');
}

function holds(rule: JsonObject, scope: PathScope): boolean {
  if (rule['And'] !== undefined) return objectsOf(rule['And'], 'And').every((each) => holds(each, scope));
  if (rule['Or'] !== undefined) return objectsOf(rule['Or'], 'Or').some((each) => holds(each, scope));
  if (rule['Not'] !== undefined) return !holds(objectOf(rule['Not'], 'Not'), scope);
  return compares(rule, textOf(rule['Variable'], 'Variable'), scope);
}

function compares(rule: JsonObject, path: string, scope: PathScope): boolean {
  const [operator] = Object.keys(rule).filter((name) => name !== 'Variable' && name !== 'Next');
  if (operator === 'IsPresent') return (find(path, scope) !== undefined) === rule['IsPresent'];
  const value = read(path, scope);
  if (operator === 'StringEquals' || operator === 'BooleanEquals' || operator === 'NumericEquals') {
    return value === rule[operator];
  }
  if (operator === 'NumericGreaterThan') return Number(value) > Number(rule[operator]);
  throw new StateFailure('States.Runtime', `the operator ${operator} is not played here`);
}
