import { AwsCallError } from '../../../bench/simulation/aws-request.ts';
import type { Handler } from '../../../bench/simulation/lambda.ts';
import { nodeId } from '../../local/aws/ssm/account-under-test.ts';
import { playMachine, taskMachine } from './machine.ts';

/** Fails so many times before it answers. */
function failing(times: number): Handler {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new AwsCallError('Busy', `call ${calls}`, 400);
    return { calls };
  };
}

const retry = { Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 10, BackoffRate: 2, MaxAttempts: 2 }] };

describe('a state machine of the benchmark', () => {
  test('counts transitions, history events and payload bytes as Step Functions does', async () => {
    const definition = {
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: 15, Next: 'Ready?' },
        'Ready?': {
          Type: 'Choice',
          Choices: [{ Variable: '$.no', IsPresent: true, Next: 'Wait' }],
          Default: 'Done',
        },
        Done: { Type: 'Succeed' },
      },
    };

    const { outcome, usage, seconds } = await playMachine(definition, { input: { some: 'input' } });

    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { some: 'input' } });
    expect(usage).toEqual({ stateTransitions: 3, historyEventsMax: 8, payloadBytesMax: 16 });
    expect(seconds).toBeCloseTo(15, 0);
  });

  test('retries with backoff, each retry a transition and three events', async () => {
    const { outcome, usage, seconds } = await playMachine(taskMachine(retry), {
      handlers: { work: failing(2) },
    });

    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { Payload: { calls: 3 } } });
    expect(usage).toMatchObject({ stateTransitions: 3, historyEventsMax: 2 + 2 + 3 * 3 });
    expect(seconds).toBeCloseTo(30, 0);
  });

  test('fails with the error of the last attempt, or goes where a catcher says', async () => {
    const caught = {
      ...retry,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Done' }],
    };

    const failed = await playMachine(taskMachine(retry), { handlers: { work: failing(3) } });
    const led = await playMachine(taskMachine(caught), { handlers: { work: failing(3) } });

    expect(failed.outcome).toMatchObject({ status: 'FAILED', error: 'Busy' });
    expect(led.outcome).toMatchObject({ status: 'SUCCEEDED', output: { error: { Error: 'Busy' } } });
  });

  test('[F29] fails beyond 262,144 bytes, which States.ALL does not catch', async () => {
    const work: Handler = async () => 'x'.repeat(262_144);
    const catchAll = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }] };

    const { outcome } = await playMachine(taskMachine(catchAll), { handlers: { work } });

    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('[F29] ends at 25,000 history events', async () => {
    const wait = { Type: 'Wait', Seconds: 1, Next: 'Again' };

    const { outcome, usage } = await playMachine({
      StartAt: 'Wait',
      States: { Wait: wait, Again: { Type: 'Pass', Next: 'Wait' } },
    });

    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(usage.historyEventsMax).toBe(25_000);
  });

  test('gives errors of SDK integrations the names of Step Functions', async () => {
    const send = (different: object) => ({
      StartAt: 'Send',
      States: {
        Send: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:ssm:sendCommand',
          Parameters: {
            DocumentName: 'AWS-RunPatchBaseline',
            InstanceIds: [nodeId(0)],
            Parameters: { Operation: ['Scan'] },
            ...different,
          },
          End: true,
        },
      },
    });

    const modelled = await playMachine(send({ InstanceIds: [nodeId(9)] }));
    const throttled = await playMachine(send({}), { faults: { throttle: 1 } });
    const lost = await playMachine(send({}), { faults: { 'lost-reply': 1 } });

    expect(modelled.outcome).toMatchObject({ error: 'Ssm.InvalidInstanceIdException' });
    expect(throttled.outcome).toMatchObject({ error: 'Ssm.SsmException' });
    expect(lost.outcome).toMatchObject({ error: 'Ssm.SdkClientException' });
  });

  test('refuses to play a field that it would pass over', async () => {
    const definition = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', SecondsPath: '$.s', End: true } } };

    await expect(playMachine(definition)).rejects.toThrow('Wait: SecondsPath of a Wait is not played here');
  });
});
