import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** Every problem of a refused value, each as `path: value is refused; what is allowed`. */
export function problemsOf(error: z.ZodError, input: unknown): string[] {
  return error.issues.flatMap((issue) => wordsFor(issue, input));
}

function wordsFor(issue: Issue, input: unknown): string[] {
  const path = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathText([...issue.path, key])}: unknown key; ${issue.message}`);
  }
  if (issue.code === 'invalid_key') {
    const key = JSON.stringify(String(issue.path.at(-1)));
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
      return issue.message;
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return new Map<PropertyKey, unknown>(Object.entries(value)).get(String(key));
  }, input);
}

/** `policies.stg-web.rollout.waves[0]`; the value as a whole is called `(root)`. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || '(root)';
}

function valueText(value: unknown): string {
  if (value === undefined) return 'a missing value';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
