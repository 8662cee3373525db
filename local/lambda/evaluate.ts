import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { compileFunction } from 'node:vm';

/** What one evaluation of a file sees instead of the globals of those names. */
export type Globals = Readonly<Record<string, unknown>>;

const compiledFiles = new Map<string, ReturnType<typeof compileFunction>>();

/**
 * Evaluates a CommonJS file and returns its exports. The file is compiled once and its text is not changed:
 * the globals are parameters of the function that wraps it, as `require` and `module` are in Node.js itself.
 */
export function evaluateCommonJs(options: {
  readonly file: string;
  readonly globals: Globals;
  readonly require: (name: string) => unknown;
}): unknown {
  const { file, globals, require } = options;
  const names = ['exports', 'require', 'module', '__filename', '__dirname', ...Object.keys(globals)];
  const key = `${file}\0${names.join()}`;
  const compiled = compiledFiles.get(key) ?? compile(file, names);
  compiledFiles.set(key, compiled);
  const module: { exports: unknown } = { exports: realm.parse('{}') };
  compiled.call(
    module.exports,
    module.exports,
    require,
    module,
    file,
    dirname(file),
    ...Object.values(globals),
  );
  return module.exports;
}

function compile(file: string, names: readonly string[]): ReturnType<typeof compileFunction> {
  // Without importModuleDynamically an import() fails loudly: it would give the file the host's own http and clock.
  return compileFunction(readFileSync(file, 'utf8'), [...names], { filename: file });
}

/** A built-in module of Node.js, or undefined for any other name. */
export function builtinModule(name: string): unknown {
  return process.getBuiltinModule(name);
}

/** Of modules of Node.js, of which every environment wants its own version. */
const descriptorsOf = new WeakMap<object, PropertyDescriptorMap>();

/**
 * A module like the given one with some members replaced. Own properties, because bundlers copy those, and
 * descriptors, because reading some of Node's members warns that they are deprecated.
 */
export function overrideMembers(original: unknown, members: Readonly<Record<string, unknown>>): unknown {
  if (typeof original !== 'object' || original === null)
    throw new TypeError(`${typeof original} has no members`);
  const known = descriptorsOf.get(original);
  const descriptors = known ?? configurable(original);
  if (!known) descriptorsOf.set(original, descriptors);
  const overridden = Object.defineProperties({}, descriptors);
  for (const [key, value] of Object.entries(members)) {
    Object.defineProperty(overridden, key, { value, configurable: true, enumerable: true, writable: true });
  }
  return overridden;
}

function configurable(original: object): PropertyDescriptorMap {
  const descriptors = Object.getOwnPropertyDescriptors(original);
  for (const key of Reflect.ownKeys(descriptors)) {
    Reflect.set(descriptors, key, { ...Reflect.get(descriptors, key), configurable: true });
  }
  return descriptors;
}

interface Realm {
  /** JSON.parse of the realm, whose objects are plain objects there. */
  readonly parse: (text: string) => unknown;
  readonly math: unknown;
  /** A subclass of Date whose present is `now()`. */
  readonly dateClass: (now: () => number) => unknown;
}

/**
 * The realm that evaluated files live in. It is not the caller's own in a test runner that gives each test file
 * globals of its own; there `instanceof` and `Object.prototype` would not agree with what a bundle sees.
 */
export const realm: Realm = compileFunction(`
  const RealDate = Date;
  return {
    parse: (text) => JSON.parse(text),
    math: Math,
    dateClass: (now) =>
      class Date extends RealDate {
        constructor(...values) {
          if (values.length === 0) super(now());
          else super(...values);
        }
        static now() {
          return now();
        }
        static [Symbol.hasInstance](value) {
          return value instanceof RealDate;
        }
      },
  };`)();

/** The value as it is after a trip through JSON, made in the realm of evaluated files. Undefined becomes null. */
export function intoRealm(value: unknown): unknown {
  return realm.parse(JSON.stringify(value) ?? 'null');
}

/** The value as it is after a trip through JSON, made in the caller's realm. Undefined becomes null. */
export function outOfRealm(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? 'null');
}
