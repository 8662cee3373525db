import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { builtinModule, overrideMembers } from './evaluate.ts';

type AnyFunction = (...values: readonly unknown[]) => unknown;

/** The `fs` modules of one environment. */
export interface FileModules {
  readonly fs: unknown;
  readonly promises: unknown;
}

/**
 * `fs` and `fs/promises` that hold the clock while a file is read: the kernel's time is not simulated time.
 * Once `isDead` says so, nothing read reaches the bundle.
 */
export function createFileModules(clock: Clock, isDead: () => boolean): FileModules {
  const promises = overrideMembers(filePromises, {
    ...wrapFunctions(filePromises, (original) => holdPromise(clock, isDead, original)),
    readFile: readAtOnce(clock, isDead),
  });
  const callbacks = wrapFunctions(files, (original) => holdCallback(clock, isDead, original));
  return { promises, fs: overrideMembers(files, { ...callbacks, promises }) };
}

const files = builtinModule('node:fs');
const filePromises = builtinModule('node:fs/promises');

/**
 * Every start reads the SDK's configuration and most read the policy. Read at once, a small file takes no thread of
 * the host and no turns of its event loop; what is no path, or is to be aborted, is read as Node.js reads it.
 */
function readAtOnce(clock: Clock, isDead: () => boolean): AnyFunction {
  const held = holdPromise(clock, isDead, (file, options) =>
    Reflect.apply(readFile, undefined, [file, options]),
  );
  return (...values) => {
    const [file, options] = values;
    const encoding =
      typeof options === 'object' && options !== null && 'encoding' in options ? options.encoding : options;
    if (typeof file !== 'string' || (encoding !== 'utf8' && encoding !== 'utf-8')) return held(...values);
    if (typeof options === 'object' && options !== null && 'signal' in options) return held(...values);
    return new Promise((resolve) => resolve(readFileSync(file, encoding)));
  };
}

/** Wraps the asynchronous functions: not `...Sync`, not classes, nothing that returns a stream or a watcher. */
function wrapFunctions(
  module: unknown,
  wrap: (original: AnyFunction) => AnyFunction,
): Record<string, AnyFunction> {
  const members: Record<string, AnyFunction> = {};
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Object(module)))) {
    if (isFunction(value) && /^(?!watch|create|unwatch|_|[A-Z])(?!.*Sync$)/.test(name))
      members[name] = wrap(value);
  }
  return members;
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

function holdPromise(clock: Clock, isDead: () => boolean, original: AnyFunction): AnyFunction {
  return (...values) => {
    const hold = clock.hold();
    return new Promise((resolve, reject) => {
      const settle = (deliver: () => void): void => {
        hold.release();
        if (!isDead()) deliver();
      };
      Promise.resolve(original(...values)).then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  };
}

function holdCallback(clock: Clock, isDead: () => boolean, original: AnyFunction): AnyFunction {
  return (...values) => {
    const callback = values.at(-1);
    if (!isFunction(callback)) return original(...values);
    const hold = clock.hold();
    return original(...values.slice(0, -1), (...answer: readonly unknown[]) => {
      hold.release();
      if (!isDead()) callback(...answer);
    });
  };
}
