import { VirtualClock } from '../../../local/clock.ts';
import { createAsynchronous } from '../../../local/lambda/asynchronous.ts';
import { serviceError } from '../../../local/lambda/function-error.ts';

const seconds = 1000;

function sender(attempt: (number: number) => Promise<unknown>, reservedConcurrency = 1) {
  const clock = new VirtualClock(0);
  const attempts: number[] = [];
  const send = createAsynchronous({
    clock,
    invoke: () => {
      attempts.push(clock.now() / seconds);
      return attempt(attempts.length);
    },
    reservedConcurrency,
    maximumRetryAttempts: 2,
    maximumEventAgeSeconds: 3600,
  });
  return { clock, attempts, send };
}

describe('an asynchronous invocation', () => {
  test('that fails is tried again after one and after two minutes, and is then dead', async () => {
    const { attempts, send } = sender(() => Promise.reject(new Error('no')));

    expect(await send({})).toBe('dead');
    expect(attempts).toEqual([0, 60, 180]);
  });

  test('that succeeds is done, at whatever attempt', async () => {
    const { attempts, send } = sender((number) =>
      number < 3 ? Promise.reject(new Error('no')) : Promise.resolve(),
    );

    expect(await send({})).toBe('done');
    expect(attempts).toHaveLength(3);
  });

  test('that is throttled is tried more and more rarely, until it is too old', async () => {
    const throttled = serviceError('Lambda.TooManyRequestsException', 'Rate Exceeded');
    const { attempts, clock, send } = sender(() => Promise.reject(throttled));

    expect(await send({})).toBe('dead');
    expect(attempts.slice(0, 4)).toEqual([0, 1, 3, 7]);
    expect(clock.now()).toBeGreaterThanOrEqual(3600 * seconds);
  });

  test('waits for another one where the function may run once at a time', async () => {
    const { attempts, clock, send } = sender(() => clock.sleep(5 * seconds));

    expect(await Promise.all([send({}), send({})])).toEqual(['done', 'done']);
    expect(attempts).toEqual([0, 7]);
  });
});
