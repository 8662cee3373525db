import { setTimeout as wait } from 'node:timers/promises';
import { VirtualClock } from '../../../local/clock.ts';
import { ExecutionNames } from '../../../local/stepfunctions/execution-name.ts';
import { distributedMap, machine, named, run, startsAt, task } from './machine.ts';

/** As a definition names what CloudFormation fills in. */
const placeholder = (name: string): string => `\${${name}}`;

const noop = { Type: 'Pass', End: true };

describe('a task', () => {
  test('gets its payload and gives its answer in the wrapping of AWS', async () => {
    const definition = machine({ Call: task('f', { OutputPath: '$', End: true }) });
    const payloads: unknown[] = [];

    const result = await run(definition, { f: (payload) => payloads.push(payload) }, { input: { a: [1] } });

    expect(payloads).toEqual([{ a: [1] }]);
    expect(result.status).toBe('SUCCEEDED');
    expect(result.output).toMatchObject({ ExecutedVersion: '$LATEST', Payload: 1, StatusCode: 200 });
  });

  test('fails its execution with the name and the message of the function error', async () => {
    const fail = (): never => {
      throw named('TargetsNotFound', '{"errorType":"TargetsNotFound"}');
    };

    const result = await run(machine({ Call: task('f') }), { f: fail });

    expect(result).toMatchObject({
      status: 'FAILED',
      error: 'TargetsNotFound',
      cause: '{"errorType":"TargetsNotFound"}',
    });
  });

  test('is called by the name that replaces its substitution', async () => {
    const substitutions = { ResolveFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:resolve' };
    const invoke = async (name: string) => name;

    const result = await run(
      machine({ Call: task(placeholder('ResolveFunctionArn')) }),
      {},
      { substitutions, invoke },
    );

    expect(result.output).toBe(substitutions.ResolveFunctionArn);
  });

  test('can be nested in a ResultSelector and a ResultPath', async () => {
    const fields = {
      OutputPath: '$',
      ResultSelector: { 'n.$': '$.Payload.n' },
      ResultPath: '$.deep.er',
      End: true,
    };
    const definition = machine({ Call: task('f', fields) });

    const result = await run(definition, { f: () => ({ n: { m: 1 } }) }, { input: { kept: true } });

    expect(result.output).toEqual({ kept: true, deep: { er: { n: { m: 1 } } } });
  });
});

describe('a definition', () => {
  test.each([
    ['an unreplaced substitution', { Call: task(placeholder('NotThere')) }, '{NotThere} has no substitution'],
    [
      'an ItemReader',
      { Map: distributedMap('f', { ItemReader: {} }) },
      'state Map: ItemReader is not played',
    ],
    [
      'a long Label',
      { Map: distributedMap('f', { Label: 'x'.repeat(41) }) },
      'Label has 41 characters, allowed are 40',
    ],
    [
      'another resource',
      { Call: task('f', { Resource: 'arn:aws:states:::sqs:sendMessage' }) },
      'Resource is arn:aws:states:::sqs',
    ],
    ['a missing state', { Call: task('f', { Next: 'Nowhere' }) }, 'definition is invalid'],
    [
      'an unknown intrinsic',
      { Pass: { ...noop, Parameters: { 'a.$': 'States.Nope($.x)' } } },
      'States.Nope is no intrinsic',
    ],
    ['a falsy Result', { Pass: { ...noop, Result: false } }, 'drops a Result of false'],
    ['one name twice', { Work: noop, Map: distributedMap('f') }, 'two states are named Work'],
  ])('is refused for %s', async (_what, states, message) => {
    await expect(run(machine(states))).rejects.toThrow(message);
  });
});

describe('an execution name', () => {
  test.each([
    ['a colon', 'run-2030-01-01T00:00', 'has ":" in it'],
    ['a blank', 'run 1', 'has " " in it'],
    ['81 characters', 'x'.repeat(81), 'has 81 characters, allowed are 1 to 80'],
  ])('[F32] is refused for %s', async (_what, name, message) => {
    const refused = run(machine({ Noop: noop }), {}, { name });

    await expect(refused).rejects.toMatchObject({
      name: 'InvalidName',
      message: expect.stringContaining(message),
    });
  });

  test('[F32] is refused when it was used before', async () => {
    const executionNames = new ExecutionNames();
    await run(machine({ Noop: noop }), {}, { executionNames });

    const again = run(machine({ Noop: noop }), {}, { executionNames });

    await expect(again).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });
});

describe('time', () => {
  test('of a Wait passes on the embedded clock', async () => {
    const clock = new VirtualClock(startsAt);
    const definition = machine({ Wait: { Type: 'Wait', Seconds: 86_400, End: true } });

    const result = await run(definition, {}, { clock });

    expect(result.status).toBe('SUCCEEDED');
    expect(clock.now() - startsAt).toBe(86_400_000);
  });

  test('of the machine ends the execution and its children as TIMED_OUT', async () => {
    const clock = new VirtualClock(startsAt);
    const slow = async () => clock.sleep(3_600_000);
    const events: string[] = [];

    const result = await run(
      machine({ Map: distributedMap('slow') }, { TimeoutSeconds: 60 }),
      { slow },
      {
        clock,
        input: { items: [1, 2] },
        onEvent: (event) => event.type === 'ExecutionEnded' && events.push(event.status),
      },
    );
    await clock.sleep(10);

    expect(result).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(clock.now() - startsAt).toBe(60_010);
    expect(events.sort()).toEqual(['ABORTED', 'ABORTED', 'TIMED_OUT']);
  });

  test('[F31] of a task without TimeoutSeconds does not end', async () => {
    const clock = new VirtualClock(startsAt);
    const slow = async () => {
      await clock.sleep(7_200_000);
      return 'late';
    };

    const result = await run(machine({ Call: task('slow') }), { slow }, { clock });

    expect(result.output).toBe('late');
  });

  test('of a retry is that of the seed', async () => {
    const ends = async (seed: number): Promise<number> => {
      const clock = new VirtualClock(startsAt);
      let calls = 0;
      const flaky = (): number => {
        calls += 1;
        if (calls < 4) throw named('Flaky');
        return calls;
      };
      const Retry = [{ ErrorEquals: ['Flaky'], IntervalSeconds: 60, BackoffRate: 2, JitterStrategy: 'FULL' }];
      await run(machine({ Call: task('flaky', { Retry, End: true }) }), { flaky }, { clock, seed });
      return clock.now() - startsAt;
    };

    const [one, again, other] = [await ends(1), await ends(1), await ends(2)];

    expect(again).toBe(one);
    expect(other).not.toBe(one);
    expect(one).toBeGreaterThan(0);
    expect(one).toBeLessThan(420_000);
  });
});

describe('an abort', () => {
  test('ends the execution, its children and their retries, and leaves nothing behind', async () => {
    const clock = new VirtualClock(startsAt);
    const controller = new AbortController();
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    let calls = 0;
    const failing = async (): Promise<never> => {
      calls += 1;
      await clock.sleep(1000);
      throw named('Flaky');
    };
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 99, BackoffRate: 1 }];
    const definition = machine({ Map: { ...distributedMap('failing'), Retry } });
    clock.setTimeout(() => controller.abort(), 5500);

    const result = await run(
      definition,
      { failing },
      { clock, input: { items: [1, 2] }, signal: controller.signal },
    );
    const callsAtEnd = calls;
    await wait(20);
    const quietAt = clock.now() - startsAt;
    await clock.sleep(60_000);
    process.off('unhandledRejection', note);

    expect(result.status).toBe('ABORTED');
    expect(calls).toBe(callsAtEnd);
    // Only the function's own second is left, and no timeout of a task that nobody waits for.
    expect(quietAt).toBeLessThan(10_000);
    expect(rejections).toEqual([]);
  });

  test('while a task waits for its retry does not call it again', async () => {
    const clock = new VirtualClock(startsAt);
    const controller = new AbortController();
    let calls = 0;
    const failing = (): never => {
      calls += 1;
      throw named('Flaky');
    };
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }];
    clock.setTimeout(() => controller.abort(), 30_000);

    const definition = machine({ Call: task('failing', { Retry, End: true }) });
    const result = await run(definition, { failing }, { clock, signal: controller.signal });
    await clock.sleep(600_000);

    expect(result.status).toBe('ABORTED');
    expect(calls).toBe(1);
  });

  test('leaves no timer of a task that never ends', async () => {
    const clock = new VirtualClock(startsAt);
    const controller = new AbortController();
    clock.setTimeout(() => controller.abort(), 1000);

    const never = () => new Promise(() => undefined);
    await run(machine({ Call: task('never') }), { never }, { clock, signal: controller.signal });
    await wait(20);

    expect(clock.now() - startsAt).toBe(1000);
  });
});
