import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { functions } from '../../infra/functions.ts';
import * as errors from '../../shared/errors.ts';
import {
  definitionNames,
  type NamedState,
  type Retrier,
  readDefinition,
  statesOf,
  targetsOf,
} from './read-definition.ts';

/** The errors of ours, by the literal names that a minifier leaves alone. */
const errorsFile = join(import.meta.dirname, '..', '..', 'shared', 'errors.ts');
const ownNames = [...readFileSync(errorsFile, 'utf8').matchAll(/readonly name = '(\w+)'/g)].map(
  ([, name]) => name ?? '',
);

/** Those of ours that are tried again. */
const transient = [
  'CommandInDoubtError',
  'InvalidAnswerError',
  'ContendedError',
  'ScopeUnavailableError',
  'SecurityHubUnavailableError',
];

/** What SSM's own reads throw once the SDK's patience is over. */
const ssmNames = ['ThrottlingException', 'InternalServerError'];

function named(list: readonly NamedState[]): string[] {
  return list.map(({ name }) => name);
}

function withoutService(name: string): boolean {
  return !/^(States|Lambda|Sandbox|Runtime)\./.test(name);
}

function isPermanent(retrier: Retrier): boolean {
  return retrier.MaxAttempts === 0;
}

describe.each(definitionNames)('the way through the definition %s', (definition) => {
  const { text, machines } = readDefinition(definition);
  const states = statesOf(machines);

  test('every target exists in the scope that names it', () => {
    const lost = states.flatMap(({ name, state, machine }) =>
      targetsOf(state)
        .filter((target) => !(target in machine.States))
        .map((target) => `${name} -> ${target}`),
    );

    expect(lost).toEqual([]);
    expect(machines.filter(({ StartAt, States }) => !(StartAt in States))).toEqual([]);
  });

  test('every state is reached from its StartAt', () => {
    const unreached = machines.flatMap(({ StartAt, States }) => {
      const reached = new Set([StartAt]);
      for (const name of reached) {
        const state = States[name];
        for (const target of state ? targetsOf(state) : []) reached.add(target);
      }
      return Object.keys(States).filter((name) => !reached.has(name));
    });

    expect(unreached).toEqual([]);
  });

  test('every state leads on or ends, and every Choice has a Default', () => {
    const ends = (state: NamedState['state']) =>
      state.Type === 'Succeed' || state.Type === 'Fail' || state.End === true;

    expect(named(states.filter(({ state }) => targetsOf(state).length === 0 && !ends(state)))).toEqual([]);
    expect(named(states.filter(({ state }) => state.Type === 'Choice' && !state.Default))).toEqual([]);
  });

  test('is all JSONPath: the embedded Step Functions knows nothing else', () => {
    expect(text).not.toMatch(/"QueryLanguage"|\{%/);
  });
});

describe.each(definitionNames)('what goes wrong in a Task of %s', (definition) => {
  const { text, machines } = readDefinition(definition);
  const states = statesOf(machines);
  const tasks = states.filter(({ state }) => state.Type === 'Task');

  test('each has a timeout, not below that of its function, and the machine has one', () => {
    const timeouts = new Map(functions.map((each) => [`\${${each.substitution}}`, each.timeoutSeconds]));

    const short = tasks.filter(({ state }) => {
      const ofFunction = timeouts.get(state.Parameters?.FunctionName ?? '') ?? Number.POSITIVE_INFINITY;
      return !(state.TimeoutSeconds !== undefined && state.TimeoutSeconds >= ofFunction);
    });

    const longest = Math.max(...tasks.map(({ state }) => state.TimeoutSeconds ?? 0));
    expect(named(short)).toEqual([]);
    expect(machines[0]?.TimeoutSeconds).toBeGreaterThan(longest);
  });

  test('[F31] each has Retry and Catch, States.ALL stands alone and last, and DataLimitExceeded is caught by name', () => {
    const handlers = tasks.map(({ name, state }) => ({
      name,
      retry: state.Retry.map(({ ErrorEquals }) => ErrorEquals),
      caught: state.Catch.map(({ ErrorEquals }) => ErrorEquals),
    }));

    for (const { retry, caught } of handlers) {
      expect(retry.at(-1)).toEqual(['States.ALL']);
      expect(retry.slice(0, -1).flat()).not.toContain('States.ALL');
      expect(caught).toEqual([['States.DataLimitExceeded'], ['States.ALL']]);
    }
    expect(named(tasks)).toHaveLength(handlers.length);
  });

  test('[F31] no retrier counts on States.TaskFailed, which excludes States.Timeout', () => {
    expect(text).not.toContain('States.TaskFailed');
  });

  test('[F39] names exactly the errors that exist: every permanent one is never retried', () => {
    const permanent = ownNames.filter((name) => !transient.includes(name)).toSorted();

    for (const { state } of tasks) {
      const listed = state.Retry.filter(isPermanent).flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(listed.toSorted()).toEqual(permanent);
    }
    const mentioned = tasks.flatMap(({ state }) => state.Retry.flatMap(({ ErrorEquals }) => ErrorEquals));
    const known = [...ownNames, ...ssmNames];
    expect(mentioned.filter((name) => withoutService(name) && !known.includes(name))).toEqual([]);
    expect(ownNames.toSorted()).toEqual(Object.keys(errors).toSorted());
  });

  test('retries with full jitter wherever a repetition is harmless', () => {
    const repeated = tasks.filter(({ name }) => name !== 'SendCommand');

    const rigid = repeated.flatMap(({ state }) =>
      state.Retry.filter((retrier) => !isPermanent(retrier) && retrier.JitterStrategy !== 'FULL'),
    );

    expect(rigid).toEqual([]);
  });

  test('every Fail says what failed and where to look', () => {
    const fails = states.filter(({ state }) => state.Type === 'Fail');

    expect(fails.filter(({ state }) => !state.Error || !state.Cause)).toEqual([]);
    expect(named(fails).filter((name) => !/(Failed|Halted)$/.test(name))).toEqual([]);
  });
});

describe.each(definitionNames)('how the definition %s is written', (definition) => {
  const { text, machines } = readDefinition(definition);
  const states = statesOf(machines);

  test('no ARN is written into it but that of the Lambda integration', () => {
    const arns = [...text.matchAll(/arn:[^"]*/g)].map(([arn]) => arn);

    expect([...new Set(arns)]).toEqual(['arn:aws:states:::lambda:invoke']);
  });

  test('names are short, in PascalCase, and unique in the whole definition', () => {
    const names = named(states);

    expect(names.filter((name) => name.length > 80 || !/^([A-Z][a-z]+)+\??$/.test(name))).toEqual([]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('a Choice is a question, and nothing else is', () => {
    for (const { name, state } of states)
      expect([name, name.endsWith('?')]).toEqual([name, state.Type === 'Choice']);
  });

  test('the machine and every Map, Choice and Wait say what they are for', () => {
    const silent = states.filter(
      ({ state }) => ['Map', 'Choice', 'Wait'].includes(state.Type) && !state.Comment,
    );

    expect(machines[0]?.Comment).toBeTruthy();
    expect(named(silent)).toEqual([]);
  });
});

test('every substitution is a function of the stack, and every function is used', () => {
  const used = definitionNames.flatMap((name) =>
    [...readDefinition(name).text.matchAll(/\$\{(\w+)\}/g)].map(([, substitution]) => substitution ?? ''),
  );
  const invokedByEvents = ['CheckWindowsFunctionArn', 'CloseRunFunctionArn', 'NotifyFindingFunctionArn'];

  expect([...new Set([...used, ...invokedByEvents])].toSorted()).toEqual(
    functions.map((each) => each.substitution).toSorted(),
  );
});
