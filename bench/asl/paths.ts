import { isJsonObject, type JsonObject } from '../simulation/json.ts';
import { StateFailure } from './state-failure.ts';

/** What `$` and `$$` stand for. */
export interface PathScope {
  readonly input: unknown;
  readonly context: JsonObject;
}

const parsedPaths = new Map<string, readonly (string | number)[]>();

/** The keys of a reference path: names, and positions of lists. No wildcards, filters or slices. */
function keysOf(path: string): readonly (string | number)[] {
  const known = parsedPaths.get(path);
  if (known) return known;
  if (!/^\${1,2}(\.[A-Za-z_][\w-]*|\[\d+\])*$/.test(path)) {
    throw new StateFailure('States.Runtime', `${path} is not a path that is played here`);
  }
  const keys = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, at]) => name ?? Number(at));
  parsedPaths.set(path, keys);
  return keys;
}

/** The value at a path, or undefined. */
export function find(path: string, { input, context }: PathScope): unknown {
  return keysOf(path).reduce(memberOf, path.startsWith('$$') ? context : input);
}

/** The value at a path; a path to nothing is a runtime error, as on AWS. */
export function read(path: string, scope: PathScope): unknown {
  const value = find(path, scope);
  if (value !== undefined) return value;
  throw new StateFailure('States.Runtime', `the path ${path} leads to nothing`);
}

function memberOf(value: unknown, key: string | number): unknown {
  if (typeof key === 'number') return Array.isArray(value) ? value[key] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** `ResultPath`: the input with the result put in its place; null drops the result, absent replaces all. */
export function place(path: unknown, input: unknown, result: unknown): unknown {
  if (path === undefined || path === '$') return result;
  if (path === null) return input;
  return placeAt(keysOf(String(path)), input, result);
}

function placeAt([key, ...rest]: readonly (string | number)[], target: unknown, result: unknown): unknown {
  if (key === undefined) return result;
  const object = isJsonObject(target) ? target : {};
  return { ...object, [key]: placeAt(rest, object[key], result) };
}

/** `Parameters`, `ResultSelector`, `ItemSelector`: members whose names end in `.$` are paths or intrinsic functions. */
export function fill(template: unknown, scope: PathScope): unknown {
  if (Array.isArray(template)) return template.map((item) => fill(item, scope));
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), expression(String(value), scope)]
        : [name, fill(value, scope)],
    ),
  );
}

/** A path, a quoted text, or one of the intrinsic functions States.Array and States.Format. */
function expression(text: string, scope: PathScope): unknown {
  if (text.startsWith('$')) return read(text, scope);
  const literal = /^'([^']*)'$/.exec(text);
  if (literal) return literal[1];
  const [, name, inner = ''] = /^States\.(Array|Format)\((.*)\)$/.exec(text) ?? [];
  const values = inner.split(/,\s*/).map((each) => expression(each, scope));
  if (name === 'Array') return values;
  if (name === 'Format') {
    const rest = values.slice(1).map(String);
    return String(values[0]).replace(/\{\}/g, () => rest.shift() ?? '');
  }
  throw new StateFailure('States.IntrinsicFailure', `${text} is not played here`);
}
