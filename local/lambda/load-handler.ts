import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { createCrypto } from './crypto-module.ts';
import {
  createDate,
  createMath,
  createPerformance,
  type EmbeddedTimers,
  seededUuid,
} from './embedded-globals.ts';
import { builtinModule, evaluateCommonJs, overrideMembers } from './evaluate.ts';
import { createFileModules } from './file-module.ts';
import { runtimeError } from './function-error.ts';
import { type Handler, handlerOf } from './handler.ts';
import type { Calls } from './http-module.ts';
import { createProcess, type ProcessOptions } from './process-object.ts';

/** What a bundle gets instead of what Node.js has: of the environment that loads it, at every moment. */
export interface LoadOptions extends ProcessOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly timers: EmbeddedTimers;
  readonly calls: Calls;
  readonly random: () => Random;
  /** Milliseconds since the environment's start, by a clock that never goes back. */
  readonly age: () => number;
  readonly isDead: () => boolean;
}

/** Evaluates a bundle and answers with its handler. Throws an InvocationError when it cannot be loaded. */
export function loadHandler(options: LoadOptions): Handler {
  const { age, clock, file, random, timers } = options;
  const host = createProcess(options);
  const performance = createPerformance(age);
  const modules = modulesOf(options, { process: host.process, performance });
  const require = (name: string): unknown => {
    const module = modules.get(name.replace(/^node:/, ''))?.() ?? builtinModule(name);
    if (module === undefined)
      throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${name}'`);
    return module;
  };
  const globals = {
    ...host,
    ...timers.globals,
    Date: createDate(clock),
    Math: createMath(() => random().next()),
    performance,
    crypto: modules.get('crypto')?.(),
  };
  return handlerOf(evaluateCommonJs({ file, globals, require }));
}

/** Made when they are asked for, and once: not every bundle wants each. */
function modulesOf(
  { calls, clock, isDead, random, timers }: LoadOptions,
  own: Readonly<Record<'process' | 'performance', unknown>>,
): ReadonlyMap<string, () => unknown> {
  const files = once(() => createFileModules(clock, isDead));
  const { clearInterval, clearTimeout, setInterval, setTimeout } = timers.globals;
  const ofTimers = { clearInterval, clearTimeout, setInterval, setTimeout };
  const randomUUID = (): string => seededUuid(random());
  const override = (name: string, members: Readonly<Record<string, unknown>>) =>
    once(() => overrideMembers(builtinModule(name), members));
  return new Map([
    ['process', () => own.process],
    ['perf_hooks', override('node:perf_hooks', { performance: own.performance })],
    ['http', () => calls.http],
    ['https', () => calls.https],
    ['fs', () => files().fs],
    ['fs/promises', () => files().promises],
    ['crypto', once(() => createCrypto(randomUUID))],
    ['async_hooks', override('node:async_hooks', { createHook: createDormantHook })],
    ['timers', override('node:timers', ofTimers)],
  ]);
}

/**
 * The X-Ray SDK hooks every asynchronous step of its process; here all environments share one process, nothing is
 * traced, and the hooks of an environment that died would stay for ever. AsyncLocalStorage is left as it is.
 */
function createDormantHook() {
  const hook = { enable: () => hook, disable: () => hook };
  return hook;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
