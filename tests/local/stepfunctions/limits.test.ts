import { distributedMap, machine, named, run, task } from './machine.ts';

const caught = { Type: 'Pass', Result: 'caught', End: true };

/** A machine whose one task fails with an error, with a catcher of the given names. */
function catching(names: readonly string[], fields: Record<string, unknown> = {}): unknown {
  const Catch = [{ ErrorEquals: names, Next: 'Caught' }];
  return machine({ Call: task('f', { Catch, End: true, ...fields }), Caught: caught });
}

const big = () => 'x'.repeat(262_144);

describe('the payload limit', () => {
  test('[F29] [F31] fails a task whose result is over 262,144 bytes, in spite of States.ALL', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'] }];
    let calls = 0;
    const f = () => {
      calls += 1;
      return big();
    };

    const result = await run(catching(['States.ALL'], { Retry }), { f });

    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(calls).toBe(1);
  });

  test('[F31] is caught by a catcher that names it', async () => {
    const result = await run(catching(['States.DataLimitExceeded']), { f: big });

    expect(result).toMatchObject({ status: 'SUCCEEDED', output: 'caught' });
  });

  test('[F29] counts UTF-8 bytes, of the input of an execution and of the output of a state too', async () => {
    const noop = machine({ Noop: { Type: 'Pass', End: true } });
    const Double = { Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' }, End: true };

    const input = await run(noop, {}, { input: '\u3042'.repeat(87_382) });
    const fits = await run(noop, {}, { input: '\u3042'.repeat(87_380) });
    const output = await run(machine({ Double }), {}, { input: 'x'.repeat(140_000) });

    expect(input).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(fits).toMatchObject({ status: 'SUCCEEDED', usage: { payloadBytesMax: 262_142 } });
    expect(output).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('[F29] holds for the output of a state inside an inline Map', async () => {
    const Double = { Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' }, End: true };
    const ItemProcessor = { StartAt: 'Double', States: { Double } };
    const Each = { Type: 'Map', ItemsPath: '$.items', ItemProcessor, ResultPath: null, End: true };

    const result = await run(machine({ Each }), {}, { input: { items: ['x'.repeat(140_000)] } });

    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('[F29] holds for the results of a Distributed Map together', async () => {
    const definition = machine({ Map: distributedMap('f') });

    const result = await run(definition, { f: () => 'x'.repeat(100_000) }, { input: { items: [1, 2, 3] } });

    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('the history limit', () => {
  const loop = machine({
    Wait: { Type: 'Wait', Seconds: 60, Next: 'Poll' },
    Poll: task('poll', { Next: 'Done?' }),
    'Done?': {
      Type: 'Choice',
      Choices: [{ Variable: '$', BooleanEquals: true, Next: 'Done' }],
      Default: 'Wait',
    },
    Done: { Type: 'Succeed' },
  });
  const endsAfter = (turns: number) => {
    let calls = 0;
    return () => {
      calls += 1;
      return calls >= turns;
    };
  };

  test('[F29] ends a poll loop that passes 25,000 events, whatever it catches', async () => {
    const result = await run(loop, { poll: endsAfter(2_778) });

    expect(result).toMatchObject({ status: 'FAILED', usage: { historyEventsMax: 25_000 } });
    expect(result.cause).toContain('maximum number of history events (25000)');
  });

  test('[F29] lets pass the loop that ends just below it', async () => {
    const result = await run(loop, { poll: endsAfter(2_777) });

    expect(result).toMatchObject({ status: 'SUCCEEDED', usage: { historyEventsMax: 24_997 } });
  });

  test('counts events and transitions as AWS does', async () => {
    let calls = 0;
    const flaky = () => {
      calls += 1;
      if (calls < 3) throw named('Flaky');
    };
    const Retry = [{ ErrorEquals: ['Flaky'] }];
    const inner = { StartAt: 'Inner', States: { Inner: { Type: 'Pass', End: true } } };
    const definition = machine({
      Call: task('flaky', { Retry, ResultPath: null, OutputPath: '$', Next: 'Each' }),
      Each: { Type: 'Map', ItemsPath: '$.list', ItemProcessor: inner, End: true },
    });

    const result = await run(definition, { flaky }, { input: { list: [1, 2, 3] } });

    // 2 of the execution, 5 of the task and 3 for each retry, 4 of the map and 2 + 2 for each item.
    expect(result.usage).toMatchObject({
      historyEventsMax: 2 + 5 + 6 + 4 + 12,
      stateTransitions: 1 + 2 + 1 + 3,
    });
  });

  test('counts six events for a Distributed Map, however many children it has', async () => {
    const definition = machine({ Map: distributedMap('f') });

    const result = await run(definition, { f: () => 1 }, { input: { items: [1, 2, 3, 4] } });

    expect(result.usage).toMatchObject({ historyEventsMax: 2 + 6, stateTransitions: 1 + 4 });
  });

  test('is that of each child of a Distributed Map by itself', async () => {
    const definition = machine({ Map: distributedMap('f', { ToleratedFailurePercentage: 100 }) });

    const result = await run(
      definition,
      { f: () => 1 },
      { input: { items: [1, 2] }, limits: { historyEvents: 9 } },
    );

    expect(result).toMatchObject({ status: 'SUCCEEDED', output: [1, 1], usage: { historyEventsMax: 8 } });
  });
});

describe('an error name', () => {
  test('[F31] States.Runtime is neither retried nor caught by States.ALL', async () => {
    const Parameters = { FunctionName: 'f', 'Payload.$': '$.missing' };
    const Retry = [{ ErrorEquals: ['States.ALL'] }];

    const result = await run(catching(['States.ALL'], { Parameters, Retry }), { f: () => 1 });

    expect(result).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      usage: { stateTransitions: 1 },
    });
  });

  test.each([
    ['States.TaskFailed', 'Whatever', 'SUCCEEDED'],
    ['States.ALL', 'Whatever', 'SUCCEEDED'],
    ['Whatever', 'Whatever', 'SUCCEEDED'],
    ['whatever', 'Whatever', 'FAILED'],
  ])('[F31] %s, of an error %s: the execution is %s', async (name, thrown, status) => {
    const f = () => {
      throw named(thrown);
    };

    const result = await run(catching([name]), { f });

    expect(result.status).toBe(status);
  });

  test.each([
    ['States.TaskFailed', 'FAILED'],
    ['States.Timeout', 'SUCCEEDED'],
    ['States.ALL', 'SUCCEEDED'],
  ])('[F31] %s, of a task that times out: the execution is %s', async (name, status) => {
    const result = await run(catching([name], { TimeoutSeconds: 5 }), {
      f: () => new Promise(() => undefined),
    });

    expect(result.status).toBe(status);
  });
});
