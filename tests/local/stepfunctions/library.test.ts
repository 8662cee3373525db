import { machine, named, run, task } from './machine.ts';

const noop = { Type: 'Pass', End: true };

describe('the context object', () => {
  test('tells the execution, the state and the state machine, in inline maps too', async () => {
    const look = {
      'name.$': '$$.Execution.Name',
      'input.$': '$$.Execution.Input',
      'state.$': '$$.State.Name',
    };
    const inner = { StartAt: 'Inner', States: { Inner: { ...noop, Parameters: look } } };
    const definition = machine({
      Look: {
        Type: 'Pass',
        Parameters: { ...look, 'id.$': '$$.StateMachine.Id', 'at.$': '$$.State.EnteredTime' },
        ResultPath: '$.outer',
        Next: 'Each',
      },
      Each: { Type: 'Map', ItemsPath: '$.list', ItemProcessor: inner, End: true, ResultPath: '$.inner' },
    });
    const input = { list: [1] };

    const result = await run(definition, {}, { input });

    const seen = { name: 'run-1', input };
    const id = 'arn:aws:states:us-east-1:111122223333:stateMachine:patch-fleet';
    expect(result.output).toEqual({
      list: [1],
      outer: { ...seen, state: 'Look', id, at: '2030-01-01T00:00:00.000Z' },
      inner: [{ ...seen, state: 'Inner' }],
    });
  });

  test('counts the retries of a state', async () => {
    const seen: unknown[] = [];
    const flaky = (payload: unknown): void => {
      seen.push(payload);
      if (seen.length < 3) throw named('Flaky');
    };
    const Parameters = { FunctionName: 'flaky', 'Payload.$': '$$.State.RetryCount' };
    const Retry = [{ ErrorEquals: ['Flaky'] }];

    await run(machine({ Call: task('flaky', { Parameters, Retry, End: true }) }), { flaky });

    expect(seen).toEqual([0, 1, 2]);
  });
});

describe('a choice', () => {
  test.each([
    ['a number in a string is no number', { Variable: '$.text', NumericGreaterThan: 5 }, 'no'],
    ['a number is one', { Variable: '$.number', NumericGreaterThan: 5 }, 'yes'],
    ['IsPresent false matches what is absent', { Variable: '$.absent', IsPresent: false }, 'yes'],
    ['IsPresent false does not match what is there', { Variable: '$.text', IsPresent: false }, 'no'],
    ['IsNull false matches what is not null', { Not: { Variable: '$.text', IsNull: false } }, 'no'],
  ])('follows AWS: %s', async (_what, rule, expected) => {
    const end = (Result: string) => ({ ...noop, Result });
    const Choices = [{ ...rule, Next: 'Yes' }];
    const definition = machine({
      Ask: { Type: 'Choice', Choices, Default: 'No' },
      Yes: end('yes'),
      No: end('no'),
    });

    const result = await run(definition, {}, { input: { text: '10', number: 10 } });

    expect(result.output).toBe(expected);
  });
});
