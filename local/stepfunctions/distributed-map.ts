import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock.ts';
import { seededUuid } from '../lambda/embedded-globals.ts';
import { intoRealm, outOfRealm } from '../lambda/evaluate.ts';
import { isJsonObject, type JsonObject, objectAt, stringAt } from './json.ts';
import type { ContextObject, MachineObserver } from './library.ts';
import { outcomeOfFailure } from './outcome.ts';
import { type PreparedDefinition, prepare } from './prepare.ts';
import type { ExecutionOutcome, RunContext } from './run-context.ts';
import { fatalError, stateError } from './state-error.ts';

/** One Map Run: the state as it was written, its effective input, and the context of the execution it is in. */
export interface MapRunRequest {
  readonly run: RunContext;
  readonly stateMachine: string;
  readonly name: string;
  readonly state: JsonObject;
  readonly input: unknown;
  readonly context: ContextObject;
  readonly signal: AbortSignal;
  readonly runExecution: (child: ChildRequest) => Promise<ExecutionOutcome>;
}

interface ChildRequest {
  readonly run: RunContext;
  readonly prepared: PreparedDefinition;
  readonly name: string;
  readonly stateMachine: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
}

/**
 * A Distributed Map without reader, batcher and writer: each item is an execution of its own, which sees only what
 * ItemSelector passes. Answers with the outputs of the children that succeeded, in item order: a tolerated failure
 * leaves no place in the array, so position is no key. Beyond the tolerance no child is started any more, and those
 * that run are aborted (API_MapRunExecutionCounts). Source: developer guide, "Using Map state in Distributed mode".
 */
export async function runDistributedMap(request: MapRunRequest): Promise<unknown> {
  const items = await itemInputs(request);
  const settings = await mapSettings(request);
  const mapRun = new AbortController();
  setMaxListeners(0, mapRun.signal);
  const stop = (): void => mapRun.abort();
  if (request.signal.aborted) stop();
  request.signal.addEventListener('abort', stop, { once: true });
  try {
    return await runChildren({ request, items, settings, mapRun });
  } finally {
    request.signal.removeEventListener('abort', stop);
  }
}

interface Settings {
  readonly concurrency: number;
  readonly isExceeded: (failed: number, total: number) => boolean;
}

async function runChildren(options: {
  readonly request: MapRunRequest;
  readonly items: readonly unknown[];
  readonly settings: Settings;
  readonly mapRun: AbortController;
}): Promise<unknown> {
  const { items, mapRun, request, settings } = options;
  const prepared = prepare(objectAt(request.state['ItemProcessor'], 'ItemProcessor'));
  const outputs = new Map<number, unknown>();
  const waiting = items.entries();
  const waitForStart = createPacer(request.run.clock, request.run.limits.childStartsPerSecond);
  let failed = 0;
  const work = async (): Promise<void> => {
    for (const [index, input] of waiting) {
      await waitForStart();
      if (mapRun.signal.aborted) return;
      const outcome = await request.runExecution({
        ...child(request, prepared),
        input,
        signal: mapRun.signal,
      });
      if (outcome.status === 'SUCCEEDED') outputs.set(index, outcome.output);
      else failed += 1;
      if (settings.isExceeded(failed, items.length)) mapRun.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(settings.concurrency, items.length) }, work));
  if (settings.isExceeded(failed, items.length)) {
    const cause = 'The specified tolerated failure threshold was exceeded';
    throw stateError('States.ExceedToleratedFailureThreshold', cause);
  }
  return [...outputs].sort(([one], [other]) => one - other).map(([, output]) => output);
}

function child(request: MapRunRequest, prepared: PreparedDefinition): Omit<ChildRequest, 'input' | 'signal'> {
  const label =
    request.state['Label'] === undefined
      ? request.name.slice(0, 40)
      : stringAt(request.state['Label'], 'Label');
  const { run } = request;
  return { run, prepared, name: seededUuid(run.random), stateMachine: `${request.stateMachine}/${label}` };
}

/** Children start one after another, at the rate that AWS dispatches them. */
function createPacer(clock: Clock, startsPerSecond: number): () => Promise<void> {
  let nextStart = clock.now();
  return async () => {
    const wait = nextStart - clock.now();
    nextStart = Math.max(nextStart, clock.now()) + 1000 / startsPerSecond;
    if (wait > 0) await clock.sleep(wait);
  };
}

/** ItemsPath and ItemSelector by the library's own rules: an inline Map whose items are passed through. */
async function itemInputs(request: MapRunRequest): Promise<readonly unknown[]> {
  const { ItemsPath, ItemSelector } = request.state;
  const pass = { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } };
  const map = {
    ...(ItemsPath !== undefined && { ItemsPath }),
    ...(ItemSelector !== undefined && { ItemSelector }),
  };
  const items = await evaluate(request, { Type: 'Map', ...map, ItemProcessor: pass, End: true });
  if (Array.isArray(items)) return items;
  throw fatalError('States.Runtime', `the items of ${request.name} are no array`);
}

async function mapSettings(request: MapRunRequest): Promise<Settings> {
  const { limits } = request.run;
  const concurrency = (await numberOf(request, 'MaxConcurrency')) || limits.mapRunConcurrency;
  const count = await numberOf(request, 'ToleratedFailureCount');
  const percentage = await numberOf(request, 'ToleratedFailurePercentage');
  return {
    concurrency: Math.min(concurrency, limits.mapRunConcurrency),
    isExceeded: (failed, total) => {
      if (count === undefined && percentage === undefined) return failed > 0;
      if (count !== undefined && failed > count) return true;
      return percentage !== undefined && failed * 100 > percentage * total;
    },
  };
}

/** A numeric field of the Map state, or what its `…Path` form points to. */
async function numberOf(request: MapRunRequest, field: string): Promise<number | undefined> {
  const path = request.state[`${field}Path`];
  let value = request.state[field];
  if (path !== undefined) {
    const answer = await evaluate(request, { Type: 'Pass', Parameters: { 'value.$': path }, End: true });
    value = isJsonObject(answer) ? answer['value'] : undefined;
  }
  if (value === undefined || (typeof value === 'number' && value >= 0)) return value;
  throw fatalError(
    'States.Runtime',
    `${field} of ${request.name} is ${JSON.stringify(value)}, allowed are numbers from 0`,
  );
}

/** Runs one state of the library over the Map state's input, outside any history. */
async function evaluate(request: MapRunRequest, state: JsonObject): Promise<unknown> {
  const ignore = (): void => undefined;
  const { context } = request;
  const observer: MachineObserver = {
    context,
    entered: ignore,
    exited: ignore,
    failed: ignore,
    retried: ignore,
  };
  const definition = intoRealm({ StartAt: 'Evaluate', States: { Evaluate: state } });
  try {
    const machine = request.run.library.run(definition, request.input, {
      handlers: {},
      observe: () => observer,
    });
    return outOfRealm(await machine.result);
  } catch (error) {
    const { cause = '', error: name = 'States.Runtime' } = outcomeOfFailure(error);
    throw fatalError(name, cause);
  }
}
