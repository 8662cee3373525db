import type * as z from 'zod';
import { excerpt, oneLine } from './excerpt.ts';

type Issue = z.core.$ZodIssue;

/** Nobody mends more at once, and an error's text is a payload: Step Functions takes 262,144 bytes with its trace. */
const problemsTold = 50;

/** Every problem of a refused value, each as `path: value is refused; what is allowed`; of many, the first. */
export function problemsOf(error: z.ZodError, input: unknown): string[] {
  const told = error.issues.slice(0, problemsTold).flatMap((issue) => wordsFor(issue, input));
  return firstOf(told, told.length + Math.max(0, error.issues.length - problemsTold));
}

/** As many problems as are told at once, and how many more there are; `total` if not all are at hand. */
export function firstOf(problems: readonly string[], total = problems.length): string[] {
  const told = problems.slice(0, problemsTold);
  return total > told.length ? [...told, `and ${total - told.length} more`] : told;
}

function wordsFor(issue: Issue, input: unknown): string[] {
  const path = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathText([...issue.path, key])}: unknown key; ${messageOf(issue)}`);
  }
  if (issue.code === 'invalid_key') {
    const key = valueText(String(issue.path.at(-1)));
    return issue.issues.map((nested) => `${path}: the name ${key} is refused; ${allowedText(nested)}`);
  }
  if (issue.code === 'invalid_union') {
    const [closest] = [...issue.errors].sort((a, b) => a.length - b.length);
    const inner = closest?.flatMap((nested) =>
      wordsFor({ ...nested, path: [...issue.path, ...nested.path] }, input),
    );
    if (inner && inner.length > 0) return inner;
  }
  return [`${path}: ${valueText(valueAt(input, issue.path))} is refused; ${allowedText(issue)}`];
}

function allowedText(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `allowed: ${issue.expected}`;
    case 'invalid_value':
      return `allowed: ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return `allowed: ${issue.origin === 'number' || issue.origin === 'int' ? 'at least' : 'a length of at least'} ${issue.minimum}`;
    case 'too_big':
      return `allowed: ${issue.origin === 'number' || issue.origin === 'int' ? 'at most' : 'a length of at most'} ${issue.maximum}`;
    default:
      return messageOf(issue);
  }
}

/** The library's own messages name what was given. */
function messageOf({ message }: Issue): string {
  return oneLine(message).slice(0, 500).toWellFormed();
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return new Map<PropertyKey, unknown>(Object.entries(value)).get(String(key));
  }, input);
}

/** `policies.stg-web.rollout.waves[0]`; the value as a whole is called `(root)`. A key can be any text: on one line. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${excerpt(String(key))}`))
    .join('');
  return text.replace(/^\./, '') || '(root)';
}

/** A refused value for people: the beginning of its JSON, on one line, with nothing in it that cannot be seen. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'a missing value';
  const text = jsonOf(value)
    .slice(0, 160)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, escaped);
  return text.length > 80 ? `${text.slice(0, 77).toWellFormed()}...` : text;
}

/** Not everything has a JSON: what refers to itself, or is nested too deeply. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `a value of type ${typeof value} that JSON cannot hold`;
  }
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
