import { VirtualClock } from '../../../local/clock.ts';
import { isJsonObject } from '../../../local/stepfunctions/json.ts';
import type { ExecutionEvent } from '../../../local/stepfunctions/run-context.ts';
import { distributedMap, machine, named, run, startsAt } from './machine.ts';

/** Fails for the items that say so. */
function work(payload: unknown): unknown {
  if (payload === 'bad') throw named('Bad');
  return payload;
}

describe('a Distributed Map', () => {
  test("answers with its children's outputs in item order, whoever ends first", async () => {
    const clock = new VirtualClock(startsAt);
    const slow = async (payload: unknown) => {
      await clock.sleep(Number(payload) * 1000);
      return payload;
    };

    const result = await run(
      machine({ Map: distributedMap('slow') }),
      { slow },
      { clock, input: { items: [3, 1, 2] } },
    );

    expect(result.output).toEqual([3, 1, 2]);
  });

  test('[F30] fails by one failed child when no tolerance is given', async () => {
    const result = await run(
      machine({ Map: distributedMap('work') }),
      { work },
      { input: { items: ['a', 'bad', 'c'] } },
    );

    expect(result).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
  });

  test.each([
    ['percentage', { ToleratedFailurePercentage: 50 }, 'SUCCEEDED'],
    ['percentage', { ToleratedFailurePercentage: 49 }, 'FAILED'],
    ['count', { ToleratedFailureCount: 2 }, 'SUCCEEDED'],
    ['count', { ToleratedFailureCount: 1 }, 'FAILED'],
    ['count and percentage', { ToleratedFailureCount: 1, ToleratedFailurePercentage: 100 }, 'FAILED'],
    ['path', { ToleratedFailurePercentagePath: '$.half' }, 'SUCCEEDED'],
  ])('[F30] tolerates failures by %s: %o is %s', async (_what, fields, status) => {
    const input = { items: ['a', 'bad', 'bad', 'd'], half: 50 };

    const result = await run(machine({ Map: distributedMap('work', fields) }), { work }, { input });

    expect(result.status).toBe(status);
    if (status === 'SUCCEEDED') expect(result.output).toEqual(['a', 'd']);
  });

  test('[F30] repeats the whole Map Run when it is retried', async () => {
    const calls: unknown[] = [];
    const flaky = (payload: unknown): unknown => {
      calls.push(payload);
      if (calls.length === 2) throw named('Bad');
      return payload;
    };
    const Retry = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'] }];
    const fields = { Retry, MaxConcurrency: 1 };

    const result = await run(
      machine({ Map: distributedMap('flaky', fields) }),
      { flaky },
      { input: { items: ['a', 'b'] } },
    );

    expect(result.output).toEqual(['a', 'b']);
    expect(calls).toEqual(['a', 'b', 'a', 'b']);
    expect(result.usage.historyEventsMax).toBe(2 + 6 + 4);
  });

  test('is not a task whose failure States.TaskFailed catches', async () => {
    const Catch = [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught' }];
    const states = { Map: distributedMap('work', { Catch }), Caught: { Type: 'Succeed' } };

    const result = await run(machine(states), { work }, { input: { items: ['bad'] } });

    expect(result.status).toBe('FAILED');
  });

  test('[F30] shows its children what ItemSelector passes and nothing else', async () => {
    const ItemSelector = {
      'item.$': '$$.Map.Item.Value',
      'index.$': '$$.Map.Item.Index',
      'policy.$': '$.policy',
      'run.$': '$$.Execution.Name',
      'text.$': "States.Format('{}!', $.policy)",
    };
    const input = { items: ['a', 'b'], policy: 'prd-web', secret: 1 };

    const result = await run(machine({ Map: distributedMap('work', { ItemSelector }) }), { work }, { input });

    const both = { policy: 'prd-web', run: 'run-1', text: 'prd-web!' };
    expect(result.output).toEqual([
      { ...both, item: 'a', index: 0 },
      { ...both, item: 'b', index: 1 },
    ]);
  });

  test('runs each child as an execution of its own, with a name, an id and an input of its own', async () => {
    const look = {
      Type: 'Pass',
      End: true,
      Parameters: { 'execution.$': '$$.Execution', 'machine.$': '$$.StateMachine.Id' },
    };
    const ItemProcessor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Look',
      States: { Look: look },
    };
    const events: ExecutionEvent[] = [];
    const definition = machine({ Map: distributedMap('f', { ItemProcessor, Label: 'Batches' }) });

    const result = await run(
      definition,
      {},
      { input: { items: ['a', 'b'] }, onEvent: (event) => events.push(event) },
    );

    const children: readonly unknown[] = Array.isArray(result.output) ? result.output : [];
    const names = children.map(
      (child) => isJsonObject(child) && isJsonObject(child['execution']) && child['execution']['Name'],
    );
    expect(new Set(['run-1', ...names]).size).toBe(3);
    expect(children[0]).toMatchObject({
      execution: {
        Input: 'a',
        Id: `arn:aws:states:us-east-1:111122223333:execution:patch-fleet/Batches:${names[0]}`,
      },
      machine: 'arn:aws:states:us-east-1:111122223333:stateMachine:patch-fleet/Batches',
    });
    expect(
      events.filter(({ type }) => type === 'ExecutionStarted').map(({ executionName }) => executionName),
    ).toEqual(['run-1', ...names]);
  });

  test('never runs more children at once than MaxConcurrency', async () => {
    const clock = new VirtualClock(startsAt);
    let [running, most] = [0, 0];
    const slow = async () => {
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(10_000);
      running -= 1;
    };
    const input = { items: Array.from({ length: 10 }, (_, index) => index) };

    await run(machine({ Map: distributedMap('slow', { MaxConcurrency: 3 }) }), { slow }, { clock, input });

    expect(most).toBe(3);
    expect(clock.now() - startsAt).toBeGreaterThanOrEqual(40_000);
  });

  test('starts a hundred children a second', async () => {
    const clock = new VirtualClock(startsAt);
    const startedAt: number[] = [];
    const note = () => startedAt.push(clock.now() - startsAt);
    const input = { items: Array.from({ length: 301 }, (_, index) => index) };

    await run(machine({ Map: distributedMap('note') }), { note }, { clock, input });

    expect(startedAt.at(-1)).toBe(3000);
  });

  test('aborts its running children and starts no more once the tolerance is exceeded', async () => {
    const clock = new VirtualClock(startsAt);
    const statuses: string[] = [];
    const started: unknown[] = [];
    const mixed = async (payload: unknown) => {
      started.push(payload);
      if (payload !== 'bad') await clock.sleep(60_000);
      return work(payload);
    };
    const onEvent = (event: ExecutionEvent) => event.type === 'ExecutionEnded' && statuses.push(event.status);
    const input = { items: ['a', 'bad', 'c', 'd'] };

    const result = await run(
      machine({ Map: distributedMap('mixed', { MaxConcurrency: 2 }) }),
      { mixed },
      { clock, input, onEvent },
    );

    expect(result.status).toBe('FAILED');
    expect(started).toEqual(['a', 'bad']);
    expect(statuses.sort()).toEqual(['ABORTED', 'FAILED', 'FAILED']);
  });

  test('plays a thousand children fast', async () => {
    const input = { items: Array.from({ length: 1000 }, (_, index) => index) };
    const began = performance.now();

    const result = await run(machine({ Map: distributedMap('work') }), { work }, { input });

    expect(result.output).toHaveLength(1000);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test('fails for an ItemsPath that leads nowhere, and no catcher helps', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const states = {
      Map: distributedMap('work', { Catch, ItemsPath: '$.gone' }),
      Caught: { Type: 'Succeed' },
    };

    const result = await run(machine(states), { work }, { input: { items: [] } });

    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});
