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
  const promises = overrideFunctions(builtinModule('node:fs/promises'), (original) =>
    holdPromise(clock, isDead, original),
  );
  const callbacks = overrideFunctions(builtinModule('node:fs'), (original) =>
    holdCallback(clock, isDead, original),
  );
  return { promises, fs: overrideMembers(callbacks, { promises }) };
}

/** Wraps the asynchronous functions: not `...Sync`, not classes, nothing that returns a stream or a watcher. */
function overrideFunctions(module: unknown, wrap: (original: AnyFunction) => AnyFunction): unknown {
  const members: Record<string, AnyFunction> = {};
  if (typeof module !== 'object' || module === null) return module;
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
    if (isFunction(value) && /^(?!watch|create|unwatch|_|[A-Z])(?!.*Sync$)/.test(name))
      members[name] = wrap(value);
  }
  return overrideMembers(module, members);
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
