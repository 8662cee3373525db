import { isJsonObject, type JsonObject, objectAt, objectsAt, stringAt } from './json.ts';

/** The resource of every Task here: the optimised Lambda integration. */
const lambdaInvoke = 'arn:aws:states:::lambda:invoke';

const intrinsics: ReadonlySet<string> = new Set(
  [
    'Format StringToJson JsonToString Array ArrayPartition ArrayContains ArrayRange ArrayGetItem ArrayLength',
    'ArrayUnique Base64Encode Base64Decode Hash JsonMerge MathRandom MathAdd StringSplit UUID',
  ].flatMap((line) => line.split(' ').map((name) => `States.${name}`)),
);

/** A definition that is refused before anything runs, as CreateStateMachine refuses it. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';
}

/** Replaces `${Name}` everywhere, as CloudFormation's DefinitionSubstitutions do; a name that is left is refused. */
export function substitute(definition: unknown, substitutions: Readonly<Record<string, string>>): JsonObject {
  const replace = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replace(/\$\{(\w+)\}/g, (_whole, name: string) => substitutionOf(name));
    if (Array.isArray(value)) return value.map(replace);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replace(member)]));
  };
  const substitutionOf = (name: string): string => {
    const value = substitutions[name];
    if (value !== undefined) return value;
    const known = Object.keys(substitutions).join(', ') || 'none';
    throw new InvalidDefinition(`the definition's \${${name}} has no substitution; there are: ${known}`);
  };
  return objectAt(replace(definition), 'definition');
}

/** A state and the name it has in its definition. */
export interface NamedState {
  readonly name: string;
  readonly state: JsonObject;
}

/** All states, those in Map and Parallel states included, outer first. */
export function allStates(definition: JsonObject): readonly NamedState[] {
  return Object.entries(objectAt(definition['States'], 'States')).flatMap(([name, value]) => {
    const state = objectAt(value, name);
    const inner = [
      state['ItemProcessor'] ?? state['Iterator'],
      ...objectsAt(state['Branches'], `${name}.Branches`),
    ];
    return [{ name, state }, ...inner.filter(isJsonObject).flatMap(allStates)];
  });
}

export function isDistributedMap(state: JsonObject): boolean {
  const processor = state['ItemProcessor'];
  const configuration = isJsonObject(processor) ? processor['ProcessorConfig'] : undefined;
  return isJsonObject(configuration) && configuration['Mode'] === 'DISTRIBUTED';
}

/** Refuses what AWS refuses and what this layer does not play: see the messages. Throws an InvalidDefinition. */
export function assertSupported(definition: JsonObject): void {
  const states = allStates(definition);
  const names = new Set<string>();
  for (const { name, state } of states) {
    if (names.has(name)) throw new InvalidDefinition(`two states are named ${name}`);
    names.add(name);
    const problem = problemOf(state);
    if (problem) throw new InvalidDefinition(`state ${name}: ${problem}`);
  }
  const text = JSON.stringify(definition);
  if (/"QueryLanguage":"JSONata"/.test(text))
    throw new InvalidDefinition('only JSONPath definitions can be run here');
  for (const [, intrinsic = ''] of text.matchAll(/"[^"]+\.\$":"(States\.\w+)\(/g)) {
    if (!intrinsics.has(intrinsic)) throw new InvalidDefinition(`${intrinsic} is no intrinsic function`);
  }
}

function problemOf(state: JsonObject): string | undefined {
  if (state['Type'] === 'Pass' && 'Result' in state && !state['Result']) {
    return 'aws-local-stepfunctions drops a Result of false, 0, "" or null';
  }
  if (state['Type'] === 'Task') return problemOfTask(state);
  if (state['Type'] === 'Map' && isDistributedMap(state)) return problemOfDistributedMap(state);
  return undefined;
}

function problemOfTask(state: JsonObject): string | undefined {
  if (state['Resource'] !== lambdaInvoke)
    return `Resource is ${state['Resource']}, only ${lambdaInvoke} can be run here`;
  const parameters = state['Parameters'];
  if (!isJsonObject(parameters)) return 'Parameters must hold FunctionName and Payload';
  if (!('FunctionName' in parameters || 'FunctionName.$' in parameters))
    return 'Parameters has no FunctionName';
  return undefined;
}

function problemOfDistributedMap(state: JsonObject): string | undefined {
  const unsupported = ['ItemBatcher', 'ItemReader', 'ResultWriter'].find((field) => field in state);
  if (unsupported) return `${unsupported} is not played by the embedded Distributed Map`;
  const processor = objectAt(state['ItemProcessor'], 'ItemProcessor');
  const type = objectAt(processor['ProcessorConfig'], 'ProcessorConfig')['ExecutionType'];
  if (type !== 'STANDARD') return `ExecutionType is ${type}, only STANDARD can be run here`;
  const label = state['Label'] === undefined ? '' : stringAt(state['Label'], 'Label');
  if (label.length > 40) return `Label has ${label.length} characters, allowed are 40`;
  return undefined;
}
