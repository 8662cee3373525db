import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertPlayable, statesOf, substituted } from '../../bench/asl/definition.ts';
import { type JsonObject, objectOf } from '../../bench/simulation/json.ts';
import { readRunbook } from '../../bench/simulation/runbook.ts';
import { VirtualClock } from '../../local/clock.ts';
import { loadLibrary } from '../../local/stepfunctions/library.ts';

const folder = join(import.meta.dirname, '..', '..', 'bench', 'alternatives');
const files = [
  'per-server/patch-servers.asl.json',
  'barrier/patch-group.asl.json',
  'with-hooks/patch-with-hooks.asl.json',
];

const read = (file: string): JsonObject =>
  objectOf(JSON.parse(readFileSync(join(folder, file), 'utf8')), file);

/** All states, those of a Map's children among them. */
function allStates(definition: JsonObject): readonly (readonly [string, JsonObject])[] {
  return Object.entries(statesOf(definition)).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state['ItemProcessor'] ? allStates(objectOf(state['ItemProcessor'], name)) : []),
  ]);
}

describe.each(files)('%s', (file) => {
  const names = { ListServersFunction: 'l', SummariseFunction: 's', ReportFunction: 'r', HookDocument: 'h' };
  const definition = substituted(read(file), { ...names, PreHookDocument: 'b', PostHookDocument: 'a' });

  test('is a definition that asl-validator accepts', () => {
    const library = loadLibrary({ clock: new VirtualClock(0), seed: 'definitions' });

    expect(() => library.validate(definition)).not.toThrow();
    library.close();
  });

  test('has nothing in it that the benchmark passes over', () => {
    expect(() => assertPlayable(definition)).not.toThrow();
  });

  test('has a timeout and retries on every Task, and waits 15 seconds between its questions', () => {
    const states = allStates(definition);
    const tasks = states.filter(([, { Type }]) => Type === 'Task');
    const waits = states.filter(([, { Type }]) => Type === 'Wait');

    expect(tasks.filter(([, state]) => !state['TimeoutSeconds'] || !state['Retry'])).toEqual([]);
    expect(waits.map(([, { Seconds }]) => Seconds)).toEqual(waits.map(() => 15));
  });
});

describe('the runbook of the automation', () => {
  const content = read('automation/patch-node.runbook.json');

  test('patches between hooks, scans again and asserts that nothing is missing', () => {
    const { steps } = readRunbook(content);

    expect(steps.map(({ name }) => name)).toEqual([
      'preHook',
      'patch',
      'postHook',
      'verify',
      'assertCompliant',
    ]);
  });

  test('is refused when it has what would be passed over', () => {
    const [first] = [content['mainSteps']].flat();
    const odd = { ...content, mainSteps: [{ ...objectOf(first, 'step'), maxAttempts: 3 }] };

    expect(() => readRunbook(odd)).toThrow('preHook: not played here: maxAttempts');
  });
});
