import { z } from 'zod';
import { type Matcher, matcherOf } from './matcher.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whether an event matches. */
export type Pattern = (event: Fields) => boolean;

/** EventBridge quota "Event pattern size", in characters. */
const maximumCharacters = 2_048;
const objectSchema = z.record(z.string(), z.unknown());
const existsSchema = z.strictObject({ exists: z.boolean() });

/**
 * Compiles an event pattern: fields are ANDed, the entries of a list ORed; of an array in the event any element will
 * do, and two fields of the objects in one array may match in different ones. Throws for what EventBridge refuses, and
 * for an operator that is not embedded.
 */
export function compilePattern(pattern: unknown): Pattern {
  const size = JSON.stringify(pattern).length;
  if (size > maximumCharacters) {
    throw new Error(`event pattern: ${size} characters; allowed: ${maximumCharacters}`);
  }
  const compiled = compileObject(pattern, '$');
  return (event) => compiled([event]);
}

/** Over all the objects that stand at one place of the event. */
type Test = (values: readonly unknown[]) => boolean;

function compileObject(pattern: unknown, path: string): Test {
  const { data } = objectSchema.safeParse(pattern);
  if (!data || Object.keys(data).length === 0) {
    throw new Error(`event pattern: ${path} is ${JSON.stringify(pattern)}; allowed: an object with a field`);
  }
  const fields = Object.entries(data).map(([name, below]) => {
    const at = `${path}.${name}`;
    if (name.startsWith('$')) throw new Error(`event pattern: ${at} is not embedded`);
    return { name, matches: Array.isArray(below) ? compileList(below, at) : compileObject(below, at) };
  });
  return (values) => fields.every(({ name, matches }) => matches(membersOf(values, name)));
}

function compileList(entries: readonly unknown[], path: string): Test {
  if (entries.length === 0) throw new Error(`event pattern: ${path} is empty; allowed: at least one entry`);
  const tests = entries.map((entry): Test => {
    const exists = existsSchema.safeParse(entry).data?.exists;
    if (exists !== undefined) return (values) => values.some(isLeaf) === exists;
    const matches: Matcher = matcherOf(entry, path);
    return (values) => values.some(matches);
  });
  return (values) => tests.some((test) => test(values));
}

/** `exists` works on leaves only (EventBridge user guide, "Exists matching"). */
function isLeaf(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** The values of a member in all of the objects, arrays spread out. */
function membersOf(values: readonly unknown[], name: string): readonly unknown[] {
  return values.flatMap((value) => {
    const { data } = objectSchema.safeParse(value);
    return data && Object.hasOwn(data, name) ? spread(data[name]) : [];
  });
}

function spread(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.flatMap(spread) : [value];
}
