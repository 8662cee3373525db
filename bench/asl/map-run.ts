import type { Limits } from '../../local/stepfunctions/execution-account.ts';
import { type JsonObject, numberOf, objectOf, textOf } from '../simulation/json.ts';
import { Occasion, type Process, type Simulation } from '../simulation/simulation.ts';
import type { ExecutionRequest, Outcome } from './execution.ts';
import { fill, type PathScope, read } from './paths.ts';
import { StateFailure } from './state-failure.ts';

/** What Step Functions does itself for a Map Run, without a call of ours: it reads the items and writes the results. */
export interface MapRunParts {
  readonly simulation: Simulation;
  readonly limits: Limits;
  readonly readItems: (place: JsonObject) => Process<unknown>;
  readonly writeResults: (place: JsonObject, results: readonly ChildResult[]) => Process<void>;
  readonly child: (
    request: Pick<ExecutionRequest, 'definition' | 'name' | 'input' | 'isAborted'>,
  ) => Process<Outcome>;
}

/** A child execution as ResultWriter writes it. */
export interface ChildResult {
  readonly input: unknown;
  readonly outcome: Outcome;
}

/** How a child ends that still runs when its Map Run has failed. */
const stopped: Outcome = { status: 'ABORTED', error: 'Aborted', cause: 'the Map Run has failed' };

/**
 * A Distributed Map over a list in S3, a child execution an item. Beyond the tolerated failures nothing more is started,
 * and what runs is stopped (API reference, MapRunExecutionCounts). Children are dispatched one after another at AWS's rate.
 */
export function* runMap(
  parts: MapRunParts,
  { state, scope }: { readonly state: JsonObject; readonly scope: PathScope },
): Process<unknown> {
  const { simulation, limits } = parts;
  const reader = objectOf(state['ItemReader'], 'ItemReader');
  const content = yield* parts.readItems(objectOf(fill(reader['Parameters'], scope), 'Parameters'));
  if (!Array.isArray(content)) throw new StateFailure('States.ItemReaderFailed', 'the items are no list');
  const items: readonly unknown[] = content;
  const concurrency = numberOf(read(pathOf(state, 'MaxConcurrencyPath'), scope), 'MaxConcurrency');
  const tolerated = numberOf(read(pathOf(state, 'ToleratedFailurePercentagePath'), scope), 'tolerance');
  const run = { results: new Map<number, ChildResult>(), failed: 0, next: 0, startsAt: 0, isStopped: false };
  const isExceeded = (): boolean => (100 * run.failed) / items.length > tolerated;
  const places = Math.min(concurrency, limits.mapRunConcurrency, items.length);
  const end = new Occasion();
  let working = places;
  function* worker(): Process<void> {
    while (run.next < items.length && !run.isStopped) {
      const index = run.next;
      run.next += 1;
      const wait = run.startsAt - simulation.now();
      run.startsAt = Math.max(run.startsAt, simulation.now()) + 1000 / limits.childStartsPerSecond;
      if (wait > 0) yield wait;
      const input = childInput(state, scope, items[index]);
      run.results.set(index, { input, outcome: stopped });
      const outcome = yield* parts.child({
        definition: objectOf(state['ItemProcessor'], 'ItemProcessor'),
        name: `item-${index}`,
        input,
        isAborted: () => run.isStopped,
      });
      if (!run.isStopped) run.results.set(index, { input, outcome });
      if (outcome.status !== 'SUCCEEDED') run.failed += 1;
      if (isExceeded()) run.isStopped = true;
      if (isExceeded()) end.come();
    }
    working -= 1;
    if (working === 0) end.come();
  }
  for (let place = 0; place < places; place += 1) simulation.start(worker());
  if (items.length > 0) yield end;
  const writer = objectOf(state['ResultWriter'], 'ResultWriter');
  yield* parts.writeResults(objectOf(fill(writer['Parameters'], scope), 'Parameters'), [
    ...run.results.values(),
  ]);
  if (isExceeded()) {
    throw new StateFailure('States.ExceedToleratedFailureThreshold', 'too many child executions have failed');
  }
  return { ResultWriterDetails: fill(writer['Parameters'], scope) };
}

function childInput(state: JsonObject, scope: PathScope, item: unknown): unknown {
  const selector = state['ItemSelector'];
  const context = { ...scope.context, Map: { Item: { Value: item } } };
  return selector === undefined ? item : fill(selector, { ...scope, context });
}

function pathOf(state: JsonObject, field: string): string {
  return textOf(state[field], field);
}
