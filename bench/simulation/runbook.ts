import { type JsonObject, objectOf, objectsOf, textOf } from './json.ts';

/** A step of an Automation runbook of schema 0.3, as far as it is played: user guide, "Automation actions reference". */
export interface RunbookStep {
  readonly name: string;
  readonly action: 'aws:runCommand' | 'aws:assertAwsResourceProperty';
  readonly onFailure: 'Abort' | 'Continue';
  /** False: its failure is not the automation's. */
  readonly isCritical: boolean;
  readonly timeoutSeconds: number;
  readonly inputs: JsonObject;
}

/** A runbook with its parameters' names. */
export interface Runbook {
  readonly parameters: readonly string[];
  readonly steps: readonly RunbookStep[];
}

const stepFields = ['name', 'action', 'onFailure', 'isCritical', 'timeoutSeconds', 'inputs'];

/** Reads a runbook; an Error for whatever would be passed over. */
export function readRunbook(content: JsonObject): Runbook {
  if (content['schemaVersion'] !== '0.3') throw new Error('a runbook has the schemaVersion 0.3');
  const steps = objectsOf(content['mainSteps'], 'mainSteps').map(readStep);
  return { parameters: Object.keys(objectOf(content['parameters'], 'parameters')), steps };
}

function readStep(step: JsonObject): RunbookStep {
  const name = textOf(step['name'], 'name');
  const { action, onFailure = 'Abort', isCritical = true, timeoutSeconds } = step;
  const unknown = Object.keys(step).filter((field) => !stepFields.includes(field));
  if (unknown.length > 0) throw new Error(`${name}: not played here: ${unknown.join(', ')}`);
  if (action !== 'aws:runCommand' && action !== 'aws:assertAwsResourceProperty')
    throw new Error(`${name}: the action ${String(action)} is not played here`);
  if (onFailure !== 'Abort' && onFailure !== 'Continue')
    throw new Error(`${name}: onFailure ${String(onFailure)} is not played here`);
  return {
    name,
    action,
    onFailure,
    isCritical: isCritical === true,
    timeoutSeconds: Number(timeoutSeconds),
    inputs: objectOf(step['inputs'], 'inputs'),
  };
}

/** A step's inputs with the automation's parameters in their places. */
export function filled(inputs: JsonObject, values: Readonly<Record<string, string>>): JsonObject {
  const text = JSON.stringify(inputs).replace(/\{\{ (\w+) \}\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${whole} is no parameter of the automation`);
    return JSON.stringify(value).slice(1, -1);
  });
  return objectOf(JSON.parse(text), 'inputs');
}
