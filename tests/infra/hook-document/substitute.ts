import type { HookDocument } from '../../../infra/hook-document/hook-document.ts';

/** Values for the hook document's parameters, as SendCommand would be given them. */
export type ParameterValues = Readonly<Record<string, string>>;

/**
 * A step's script as Systems Manager makes it: values are checked against the document (else a RangeError that names
 * the parameter), defaults filled in, and the result put in as text. Source: user guide, "Data elements and parameters".
 */
export function substitute(
  document: HookDocument,
  platform: 'Linux' | 'Windows',
  values: ParameterValues,
): string {
  const checked = checkedValues(document, values);
  const step = document.mainSteps.find((each) => each.precondition.StringEquals[1] === platform);
  if (!step) throw new RangeError(`no step for ${platform}`);
  return step.inputs.runCommand.join('\n').replaceAll(/\{\{ *(\w+) *\}\}/g, (_match, name: string) => {
    const value = checked.get(name);
    if (value === undefined) throw new RangeError(`the script names ${name}, which is no parameter`);
    return value;
  });
}

function checkedValues(document: HookDocument, values: ParameterValues): Map<string, string> {
  const declared = new Map(Object.entries(document.parameters));
  for (const name of Object.keys(values)) {
    if (!declared.has(name)) throw new RangeError(`${name} is no parameter of the document`);
  }
  const checked = new Map<string, string>();
  for (const [name, parameter] of declared) {
    const value = values[name] ?? parameter.default;
    if (value === undefined) throw new RangeError(`${name} is missing`);
    const isRefused =
      (parameter.allowedPattern !== undefined && !new RegExp(parameter.allowedPattern).test(value)) ||
      (parameter.allowedValues !== undefined && !parameter.allowedValues.includes(value)) ||
      (parameter.maxChars !== undefined && value.length > parameter.maxChars);
    if (isRefused) throw new RangeError(`${name} does not admit ${JSON.stringify(value)}`);
    checked.set(name, value);
  }
  return checked;
}
