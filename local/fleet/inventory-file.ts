import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** Nobody mends more at once. */
const problemsTold = 50;

interface InventoryFile<Schema extends z.ZodType> {
  readonly file: string;
  readonly schema: Schema;
  /** The command whose JSON output is wanted. */
  readonly command: string;
  /** What gives the other of the two files away, and the command that prints it. */
  readonly other: { readonly member: string; readonly command: string };
}

/**
 * Reads one file of an inventory. Throws one Error that names the file and every problem in it: its path in the JSON,
 * the value and what is allowed; a file of the wrong kind is recognised and named instead.
 */
export function readInventoryFile<Schema extends z.ZodType>(options: InventoryFile<Schema>): z.infer<Schema> {
  const { file, schema, command, other } = options;
  const json = parse({ file, command, text: readFileSync(file, 'utf8') });
  if (isRecord(json) && Object.hasOwn(json, other.member)) {
    throw new Error(
      `${file}: this is what \`${other.command}\` prints; wanted here: what \`${command}\` prints`,
    );
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { issues } = result.error;
  const problems = issues.slice(0, problemsTold).map((issue) => `  ${describe(issue, json)}`);
  const more = issues.length > problemsTold ? [`  and ${issues.length - problemsTold} more`] : [];
  throw new Error([`${file}: not what \`${command}\` prints:`, ...problems, ...more].join('\n'));
}

interface Text {
  readonly file: string;
  readonly command: string;
  readonly text: string;
}

function parse({ file, command, text }: Text): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const wanted = `save the output of \`${command} --output json\``;
    throw new Error(`${file}: ${kindOf(text)}; ${wanted}`, { cause });
  }
}

/** By the looks of what the AWS CLI's other output formats start with. */
function kindOf(text: string): string {
  if (text.trim() === '') return 'the file is empty';
  if (/^(?:InstanceInformationList|Reservations):/m.test(text) || /^- \w+:/.test(text)) {
    return 'this is YAML output, not JSON';
  }
  if (/^(?:INSTANCEINFORMATIONLIST|RESERVATIONS)\t/m.test(text)) return 'this is text output, not JSON';
  if (/^[-|+]/.test(text)) return 'this is table output, not JSON';
  return 'this is not JSON (one document; several printed one after another are not accepted)';
}

function describe(issue: z.core.$ZodIssue, json: unknown): string {
  const value = issue.path.reduce<unknown>((parent, key) => memberOf(parent, key), json);
  const given = value === undefined ? 'is missing' : `is ${textOf(value)}`;
  return `${pathOf(issue.path)} ${given}; allowed: ${allowed(issue)}`;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value).slice(0, 80);
  } catch {
    return 'nested too deeply';
  }
}

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `a value of type ${issue.expected}`;
  if (issue.code === 'invalid_value') return issue.values.map(String).join(', ');
  if (issue.code === 'invalid_union') return 'an ISO 8601 time or epoch seconds';
  if (issue.code === 'too_small') return `at least ${issue.minimum} character`;
  return issue.message;
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'the document';
}

function memberOf(parent: unknown, key: PropertyKey): unknown {
  return typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
