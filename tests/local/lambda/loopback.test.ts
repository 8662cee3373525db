import { VirtualClock } from '../../../local/clock.ts';
import { type LoopbackCall, type LoopbackReply, offerLoopback } from '../../../local/loopback.ts';
import { bundle, configuration, lambdaOf, startsAt } from './bundle.ts';

/** Nobody listens there: a call that took a socket would be refused. */
const port = 1;
const url = `http://127.0.0.1:${port}/path?a=b`;

const atEnd: (() => void)[] = [];
afterEach(() => {
  for (const end of atEnd.splice(0)) end();
});

type Answer = (call: LoopbackCall) => Partial<LoopbackReply> | undefined;

/** A server without a socket that takes `latency` simulated milliseconds there and as many back. */
function serverOf(clock: VirtualClock, answer: Answer, latency = 100) {
  const calls: (LoopbackCall & { readonly at: number })[] = [];
  const stop = offerLoopback(port, async (call) => {
    await clock.sleepInHold(call.headers['x-local-hold'], latency);
    calls.push({ ...call, at: clock.now() - startsAt });
    const given = answer(call);
    await clock.sleepInHold(call.headers['x-local-hold'], latency);
    return given && { statusCode: 200, headers: {}, body: Buffer.alloc(0), ...given };
  });
  atEnd.push(stop);
  return calls;
}

/** Runs the body of an async function with `http`, `url` and `events`, what it saw. */
function handlerOf(body: string, answer: Answer = () => ({ body: Buffer.from('answer') })) {
  const clock = new VirtualClock(startsAt);
  const calls = serverOf(clock, answer);
  const file = bundle(`
    import http from 'node:http';
    import { Readable } from 'node:stream';
    import { setTimeout as later } from 'node:timers';
    export const handler = async ({ url }: { url: string }) => {
      const events: unknown[] = [];
      const watch = (target: any, ...names: string[]) => {
        for (const name of names) target.on(name, (value: any) => events.push(value?.code ? [name, value.code, value.message] : name));
      };
      const ended = (target: any, name: string) => new Promise<void>((resolve) => target.on(name, () => resolve()));
      ${body}
    };
  `);
  const lines: string[] = [];
  const onLog = (_name: string, line: string) => void lines.push(line);
  const { lambda } = lambdaOf({ f: configuration(file) }, { clock, onLog });
  atEnd.push(() => lambda.close());
  return { calls, clock, lambda, lines, run: () => lambda.invoke('f', { url }) };
}

test('a call to a server of this process arrives without a socket, whole and in simulated time', async () => {
  const { calls, run } = handlerOf(
    `
      const request = http.request(url, { method: 'post', headers: { 'X-One': '1', many: ['a', 'b'] } });
      watch(request, 'socket', 'finish', 'response', 'close');
      request.setHeader('X-Two', 2);
      request.write('first ');
      await new Promise((resolve) => setImmediate(resolve));
      const [response] = await Promise.all([
        new Promise<any>((resolve) => request.once('response', resolve)),
        request.end(Buffer.from('second')),
      ]);
      watch(response, 'end', 'close');
      let text = '';
      for await (const chunk of response) text += chunk;
      await new Promise((resolve) => setTimeout(resolve, 1));
      const { statusCode, statusMessage, headers, complete } = response;
      return { text, statusCode, statusMessage, headers, complete, events, now: Date.now() };`,
    () => ({ statusCode: 201, headers: { 'x-three': '3' }, body: Buffer.from('answer') }),
  );

  expect(await run()).toEqual({
    text: 'answer',
    statusCode: 201,
    statusMessage: 'Created',
    headers: { 'x-three': '3' },
    complete: true,
    events: ['socket', 'finish', 'response', 'end', 'close', 'close'],
    now: startsAt + 201,
  });
  expect(calls).toEqual([
    {
      method: 'POST',
      target: '/path?a=b',
      headers: expect.objectContaining({ host: '127.0.0.1:1', 'x-one': '1', 'x-two': '2', many: 'a, b' }),
      body: Buffer.from('first second'),
      at: 100,
    },
  ]);
});

test('a body that is piped and expected to be continued arrives whole, whatever its size', async () => {
  const { calls, run } = handlerOf(`
    const request = http.request({ host: '127.0.0.1', port: 1, path: '/', method: 'PUT', headers: { Expect: '100-continue' } });
    await ended(request, 'continue');
    Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(100_000, 'x'))).pipe(request);
    const response = await new Promise<any>((resolve) => request.on('response', resolve));
    response.resume();
    await ended(response, 'end');
    return response.statusCode;
  `);

  expect(await run()).toBe(200);
  expect(calls[0]?.body.equals(Buffer.alloc(10_000_000, 'x'))).toBe(true);
});

test('an answer without a body ends, and one that nobody listens for holds up nobody', async () => {
  const { calls, clock, run } = handlerOf(
    `
      http.request(url, { method: 'HEAD' }).end();
      const response = await new Promise<any>((resolve) => http.get(url, resolve));
      response.resume();
      await ended(response, 'end');
      return response.statusCode;`,
    () => ({ statusCode: 204 }),
  );

  expect(await run()).toBe(204);
  await clock.sleep(1000);
  expect(calls.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
});

test('a reset connection is ECONNRESET, after the effect', async () => {
  const { calls, run } = handlerOf(
    `
      const request = http.get(url);
      watch(request, 'response', 'error', 'close');
      await ended(request, 'close');
      return events;`,
    () => undefined,
  );

  expect(await run()).toEqual([['error', 'ECONNRESET', 'read ECONNRESET'], 'close']);
  expect(calls).toHaveLength(1);
});

test('a request that is given up fails, and takes effect only if it was whole', async () => {
  const { calls, clock, run } = handlerOf(`
    const half = http.request(url, { method: 'POST' });
    watch(half, 'response', 'error', 'close');
    half.write('half');
    await ended(half, 'socket');
    half.destroy();
    const whole = http.request(url, { method: 'PUT' });
    watch(whole, 'response', 'error', 'close');
    whole.end('whole');
    await ended(whole, 'socket');
    whole.destroy();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return events;
  `);

  const hungUp = [['error', 'ECONNRESET', 'socket hang up'], 'close'];
  expect(await run()).toEqual([...hungUp, ...hungUp]);
  await clock.sleep(1000);
  expect(calls.map(({ method }) => method)).toEqual(['PUT']);
});

test('an answer that is given up half read ends its request without an error', async () => {
  const { run } = handlerOf(`
    const request = http.get(url);
    watch(request, 'error', 'close');
    const response = await new Promise<any>((resolve) => request.on('response', resolve));
    response.destroy();
    await ended(request, 'close');
    return events;
  `);

  expect(await run()).toEqual(['close']);
});

test('an idle request times out in simulated time, and nothing is destroyed by that', async () => {
  const { run } = handlerOf(`
    const request = http.get(url);
    request.setTimeout(30, () => events.push(['timeout', Date.now()]));
    const response = await new Promise<any>((resolve) => request.on('response', resolve));
    response.resume();
    await ended(response, 'end');
    return [events, response.statusCode];
  `);

  expect(await run()).toEqual([[['timeout', startsAt + 30]], 200]);
});

test('an agent lets no more calls on their way than it has sockets, in their order', async () => {
  const { calls, run } = handlerOf(`
    const agent = new http.Agent({ maxSockets: 2 });
    await Promise.all(Array.from({ length: 5 }, (_, number) => new Promise<void>((resolve) => {
      http.get(url, { agent, headers: { number } }, (response) => response.resume().on('end', resolve));
    })));
  `);

  await run();

  expect(calls.map(({ at, headers }) => [headers['number'], at])).toEqual([
    ['0', 100],
    ['1', 100],
    ['2', 300],
    ['3', 300],
    ['4', 500],
  ]);
});

test('a handler that dies after a call had its effect and never sees the answer', async () => {
  const { calls, clock, lambda, lines } = handlerOf(`
    const call = () => new Promise<void>((resolve) => {
      http.get(url, (response) => { console.log('answered'); response.resume().on('end', resolve); });
    });
    await call();
    await Promise.all([call(), call()]);
  `);

  const dead = lambda.invoke('f', { url }, { killAfterCall: 2 });
  await expect(dead).rejects.toMatchObject({ name: 'Lambda.Unknown' });
  await clock.sleep(60_000);

  expect(calls.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET']);
  expect(lines).toEqual(['answered']);
});

test('a server that no longer listens is called over the network, where nobody answers', async () => {
  const { run } = handlerOf(`
    const request = http.get(url);
    watch(request, 'response', 'error');
    await ended(request, 'close');
    return events;
  `);
  for (const end of atEnd.splice(0, 1)) end();

  expect(await run()).toEqual([['error', 'ECONNREFUSED', expect.any(String)]]);
});
