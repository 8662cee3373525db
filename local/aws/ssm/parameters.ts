import { AwsError } from '../service.ts';
import type { CommandDocument, DocumentParameter, DocumentStep } from './document.ts';

/** Parameters as SendCommand takes them: every value is a list of strings. */
export type ParameterValues = Readonly<Record<string, readonly string[]>>;

/** What a step without `timeoutSeconds` gets: user guide, Systems Manager, "Command document plugin reference". */
const defaultStepTimeoutSeconds = 3600;

/**
 * The values a document runs with: what was given, and defaults for the rest. `InvalidParameters` for an undeclared
 * or missing one, and for a value outside the declared values, pattern or lengths.
 */
export function resolveParameters(document: CommandDocument, given: ParameterValues): ParameterValues {
  const declared = document.content.parameters ?? {};
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) {
      const allowed = Object.keys(declared).join(', ');
      throw invalid(`parameter ${name} is not defined in document ${document.name}, which knows: ${allowed}`);
    }
  }
  const entries = Object.entries(declared).map(([name, parameter]) => {
    const values = given[name];
    if (values === undefined) return [name, defaultOf(name, parameter)] as const;
    const problem = problemOf(parameter, values);
    if (problem) throw invalid(`parameter ${name}: ${problem}`);
    return [name, values] as const;
  });
  return Object.fromEntries(entries);
}

/** Seconds that a step may take: its `timeoutSeconds`, a number or a parameter's value. */
export function stepTimeoutSeconds(step: DocumentStep, parameters: ParameterValues): number {
  const declared = step.inputs?.['timeoutSeconds'];
  if (declared === undefined) return defaultStepTimeoutSeconds;
  const text = String(declared).replace(
    /\{\{\s*(\w+)\s*\}\}/g,
    (_, name: string) => parameters[name]?.[0] ?? '',
  );
  const seconds = Number(text);
  if (text === '' || !Number.isFinite(seconds)) {
    throw invalid(
      `timeoutSeconds of step ${step.name} is ${JSON.stringify(text)}, which is not a number of seconds`,
    );
  }
  return seconds;
}

function defaultOf(name: string, parameter: DocumentParameter): readonly string[] {
  const { default: value } = parameter;
  if (value === undefined) throw invalid(`parameter ${name} is required and missing`);
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function problemOf(parameter: DocumentParameter, values: readonly string[]): string | undefined {
  if (parameter.type !== 'StringList' && values.length !== 1) {
    return `is a ${parameter.type} and takes one value, not ${values.length}`;
  }
  return values.map((value) => problemOfValue(parameter, value)).find((problem) => problem !== undefined);
}

/** Systems Manager looks for the pattern anywhere in the value: a pattern without anchors lets more through. */
function problemOfValue(parameter: DocumentParameter, value: string): string | undefined {
  const { allowedValues, allowedPattern, minChars, maxChars } = parameter;
  const text = JSON.stringify(value);
  if (allowedValues && !allowedValues.includes(value))
    return `${text} is not one of: ${allowedValues.join(', ')}`;
  if (allowedPattern !== undefined && !new RegExp(allowedPattern).test(value))
    return `${text} does not match ${allowedPattern}`;
  if (minChars !== undefined && value.length < minChars)
    return `${text} is shorter than ${minChars} characters`;
  if (maxChars !== undefined && value.length > maxChars)
    return `${text} is longer than ${maxChars} characters`;
  return undefined;
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameters', `Invalid parameters: ${reason}.`);
}
