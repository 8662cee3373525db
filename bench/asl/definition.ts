import { type JsonObject, objectOf, textOf } from '../simulation/json.ts';

/** The fields that are played, by the type of their state. */
const fields: Readonly<Record<string, readonly string[]>> = {
  Task: [
    'Resource',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'Retry',
    'Catch',
    'TimeoutSeconds',
    'Next',
    'End',
  ],
  Wait: ['Seconds', 'Next', 'End'],
  Choice: ['Choices', 'Default'],
  Pass: ['Parameters', 'Result', 'ResultPath', 'Next', 'End'],
  Succeed: [],
  Fail: ['Error', 'Cause'],
  Map: [
    'Label',
    'ItemReader',
    'ItemSelector',
    'ItemProcessor',
    'MaxConcurrencyPath',
    'ToleratedFailurePercentagePath',
    'ResultWriter',
    'ResultPath',
    'Catch',
    'Next',
    'End',
  ],
};

/** Throws an Error that names every field of the definition that would be passed over. */
export function assertPlayable(definition: JsonObject): void {
  const problems = Object.entries(statesOf(definition)).flatMap(([name, state]) => problemsOf(name, state));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function problemsOf(name: string, state: JsonObject): string[] {
  const type = textOf(state['Type'], `Type of ${name}`);
  const known = fields[type];
  if (!known) return [`${name}: the type ${type} is not played here`];
  const unknown = Object.keys(state).filter(
    (field) => field !== 'Type' && field !== 'Comment' && !known.includes(field),
  );
  if (type === 'Map') assertPlayable(objectOf(state['ItemProcessor'], 'ItemProcessor'));
  return unknown.map((field) => `${name}: ${field} of a ${type} is not played here`);
}

/** The states of a definition, or of a Map's ItemProcessor. */
export function statesOf(definition: JsonObject): Readonly<Record<string, JsonObject>> {
  const states = objectOf(definition['States'], 'States');
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => [name, objectOf(state, `state ${name}`)]),
  );
}

/** A copy in which `${Name}` stands for its value, as CloudFormation's DefinitionSubstitutions do it. */
export function substituted(
  definition: unknown,
  substitutions: Readonly<Record<string, string>>,
): JsonObject {
  const text = JSON.stringify(definition).replace(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value = substitutions[name];
    if (value === undefined) throw new Error(`the definition names ${whole}, which nothing stands for`);
    return JSON.stringify(value).slice(1, -1);
  });
  return objectOf(JSON.parse(text), 'definition');
}
