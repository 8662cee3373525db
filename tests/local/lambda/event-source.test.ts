import { EmbeddedQueue } from '../../../local/aws/sqs/queue.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { failedItems } from '../../../local/lambda/batch-response.ts';
import { type EventSourceOptions, startEventSource } from '../../../local/lambda/event-source.ts';

type Batch = { readonly at: number; readonly records: readonly Record_[] };
type Record_ = { readonly messageId: string; readonly body: string };
type Answer = (batch: Batch, number: number) => Promise<unknown> | unknown;

const startsAt = Date.UTC(2026, 10, 22, 2, 0, 0);

function recordsOf(payload: unknown): readonly Record_[] {
  const { Records } = JSON.parse(JSON.stringify(payload));
  return Records;
}

function start(answer: Answer, options: Partial<EventSourceOptions> = {}) {
  const clock = new VirtualClock(startsAt);
  const make = (name: string, deadLetters?: EmbeddedQueue) =>
    new EmbeddedQueue({
      options: {
        name,
        visibilityTimeoutSeconds: 600,
        ...(deadLetters ? { redrive: { deadLetterQueue: deadLetters.name, maxReceiveCount: 2 } } : {}),
      },
      arn: `arn:aws:sqs:us-east-1:111122223333:${name}`,
      clock,
      seed: 1,
      twiceRate: 0,
      deadLetters,
    });
  const deadLetters = make('dead-letters');
  const queue = make('findings', deadLetters);
  const batches: Batch[] = [];
  const payloads: unknown[] = [];
  const source = startEventSource({
    clock,
    seed: 1,
    queue,
    functionName: 'notify-finding',
    functionTimeoutSeconds: 60,
    invoke: async (_name, payload) => {
      const batch = { at: (clock.now() - startsAt) / 1000, records: recordsOf(payload) };
      batches.push(batch);
      payloads.push(payload);
      return answer(batch, batches.length);
    },
    batchSize: 1_000,
    batchingWindowSeconds: 300,
    maximumConcurrency: 2,
    reportsBatchItemFailures: true,
    ...options,
  });
  const send = (...bodies: readonly string[]) => bodies.map((body) => queue.send({ body, attributes: {} }));
  const wait = (seconds: number) => clock.sleep(seconds * 1000);
  return { clock, queue, deadLetters, batches, payloads, source, send, wait };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const done = () => ({ batchItemFailures: [] });

describe('the embedded event source mapping', () => {
  test('gathers from the first message on until the window is over, and deletes what was done', async () => {
    const { queue, batches, payloads, send, wait } = start(done, { batchSize: 10_000 });

    await wait(50);
    send('first');
    await wait(200);
    send('second');
    await wait(99);
    const before = batches.length;
    await wait(202);

    expect(before).toBe(0);
    expect(batches.flatMap(({ records }) => records.map(({ body }) => body)).sort()).toEqual([
      'first',
      'second',
    ]);
    expect(batches[0]?.at).toBe(350);
    expect(queue.messages()).toEqual([]);
    expect(payloads[0]).toMatchObject({
      Records: [
        {
          messageId: expect.any(String),
          receiptHandle: expect.any(String),
          attributes: { ApproximateReceiveCount: '1', SentTimestamp: `${startsAt + 50_000}` },
          messageAttributes: {},
          md5OfBody: '8b04d5e3775d298e78455efc5ca404d5',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:findings',
          awsRegion: 'us-east-1',
        },
      ],
    });
  });

  test('invokes with a full batch at once, and loses nothing of five thousand', async () => {
    const { queue, batches, send, wait } = start(done);
    const bodies = numbered(5_000);

    send(...bodies);
    await wait(299);
    const sizes = batches.map(({ records }) => records.length);
    await wait(10);

    expect(sizes.filter((size) => size === 1_000).length).toBeGreaterThanOrEqual(2);
    expect(batches.flatMap(({ records }) => records.map(({ body }) => body)).toSorted()).toEqual(
      bodies.toSorted(),
    );
    expect(queue.messages()).toEqual([]);
  });

  test('closes a batch before its payload is above 6 MB', async () => {
    const { batches, payloads, send, wait } = start(done);

    send(...numbered(60).map((body) => body.padEnd(250_000, 'x')));
    await wait(700);

    const sizes = payloads.map((payload) => Buffer.byteLength(JSON.stringify(payload)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6_291_456);
    expect(Math.max(...sizes)).toBeGreaterThan(6_000_000);
    expect(batches.reduce((sum, { records }) => sum + records.length, 0)).toBe(60);
  });

  test('runs no more invocations at once than its maximum concurrency', async () => {
    let running = 0;
    let most = 0;
    const { clock, batches, send, wait } = start(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await clock.sleep(30_000);
        running -= 1;
        return done();
      },
      { batchSize: 10, batchingWindowSeconds: 1 },
    );

    send(...numbered(100));
    await wait(400);

    expect([most, batches.length]).toEqual([2, 10]);
  });

  test('brings back only what failed, after its visibility timeout, and then to the dead letters', async () => {
    const { queue, deadLetters, batches, source, send, wait } = start(({ records }) => ({
      batchItemFailures: records
        .filter(({ body }) => body === 'bad')
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    }));

    send('good', 'bad', 'fine');
    await wait(310);
    const left = queue.messages().map(({ body }) => body);
    await wait(3_000);

    expect(left).toEqual(['bad']);
    expect(batches.flatMap(({ records }) => records.filter(({ body }) => body === 'bad'))).toHaveLength(2);
    expect(deadLetters.messages().map(({ body }) => body)).toEqual(['bad']);
    expect(queue.messages()).toEqual([]);
    expect(source.usage()).toMatchObject({ failedInvocations: 0, failedItems: 2 });
  });

  test('brings everything back when the function throws', async () => {
    const { queue, source, send, wait } = start((_batch, number) => {
      if (number <= 2) throw new Error('boom');
      return done();
    });

    send(...numbered(20));
    await wait(310);
    const left = queue.messages().length;
    await wait(1_000);

    expect([left, queue.messages()]).toEqual([20, []]);
    expect(source.usage().failedItems).toBe(20);
  });

  test('receives nothing once it is stopped', async () => {
    const { batches, source, send, wait } = start(done);

    send('x');
    await wait(1);
    await source.stop();
    send('y');
    await wait(1_000);

    expect(batches).toEqual([]);
  });

  test.each([
    ['a batch above ten without a window', { batchingWindowSeconds: 0 }],
    ['a batch above 10,000', { batchSize: 10_001 }],
    ['a window above 300 s', { batchingWindowSeconds: 301 }],
    ['a concurrency below two', { maximumConcurrency: 1 }],
    ['a function that may run longer than its messages are hidden', { functionTimeoutSeconds: 601 }],
  ])('refuses %s', (_what, options) => {
    expect(() => start(done, options)).toThrow(RangeError);
  });
});

describe('failedItems', () => {
  test.each([
    ['nothing', undefined, []],
    ['null', null, []],
    ['an empty answer', {}, []],
    ['no list', { batchItemFailures: null }, []],
    ['an empty list', { batchItemFailures: [] }, []],
    ['one item', { batchItemFailures: [{ itemIdentifier: 'a' }] }, ['a']],
    ['text', 'done', ['a', 'b']],
    ['another form', { failures: [] }, ['a', 'b']],
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, ['a', 'b']],
    ['an id that is null', { batchItemFailures: [{ itemIdentifier: null }] }, ['a', 'b']],
    ['a key that is spelt wrongly', { batchItemFailures: [{ itemId: 'a' }] }, ['a', 'b']],
    ['the id of another batch', { batchItemFailures: [{ itemIdentifier: 'c' }] }, ['a', 'b']],
  ])('an answer of %s', (_what, answer, expected) => {
    expect([...failedItems(answer, ['a', 'b'])]).toEqual(expected);
  });
});
