import { existsSync } from 'node:fs';
import { VirtualClock } from '../../../local/clock.ts';
import type { EmbeddedLambdaOptions } from '../../../local/lambda/service-options.ts';
import { Weather } from '../../../local/weather.ts';
import { bundle, configuration, lambdaOf, lambdaWith, startServer, startsAt } from './bundle.ts';

const sdkHandler = bundle(`
  import { ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
  const client = new SSMClient({ requestHandler: { connectionTimeout: 1000, requestTimeout: 20000 } });
  export const handler = async (event: { calls: number }) => {
    const times = [];
    for (let call = 0; call < event.calls; call += 1) {
      const answer = await client.send(new ListCommandsCommand({}));
      const requested = answer.Commands?.[0]?.RequestedDateTime;
      times.push([requested instanceof Date, requested?.getTime(), Date.now()]);
    }
    console.log('answered');
    return { times, region: process.env.AWS_REGION };
  };
`);

/** A lambda whose function `sdk` calls a server of the given latency. */
async function lambdaWithServer(latencyMilliseconds: number, changes: Partial<EmbeddedLambdaOptions> = {}) {
  const clock = new VirtualClock(startsAt);
  const server = await startServer(clock, latencyMilliseconds);
  const functions = { sdk: configuration(sdkHandler, { environment: { AWS_ENDPOINT_URL: server.url } }) };
  const { lambda } = lambdaOf(functions, { clock, ...changes });
  const close = (): void => {
    lambda.close();
    server.close();
  };
  return { clock, lambda, server, close };
}

describe('an SDK client in an embedded Lambda', () => {
  test('waits for the latency of its server in simulated time', async () => {
    const { lambda, close } = await lambdaWithServer(4000);

    const answer = await lambda.invoke('sdk', { calls: 2 });
    close();

    expect(answer).toEqual({
      region: 'us-east-1',
      times: [
        [true, startsAt + 4000, startsAt + 4000],
        [true, startsAt + 8000, startsAt + 8000],
      ],
    });
    expect(lambda.usage()).toEqual({
      sdk: {
        invocations: 1,
        billedMilliseconds: 8000,
        longestMilliseconds: 8000,
        concurrencyMax: 1,
        refused: 0,
        coldStarts: 1,
        awsCalls: 2,
        errors: 0,
      },
    });
  });

  test('makes the same run again from the same seed, with many handlers at once', async () => {
    const play = async (): Promise<unknown> => {
      const { clock, lambda, server, close } = await lambdaWithServer(700, {
        weather: new Weather({ rates: { 'killed-handler': 0.1 } }),
      });
      const calls = Array.from({ length: 20 }, (_, index) =>
        lambda.invoke('sdk', { calls: 1 + (index % 4) }),
      );
      const ends = (await Promise.allSettled(calls)).map(({ status }) => status);
      close();
      return { ends, usage: lambda.usage(), requests: server.requests, now: clock.now() };
    };

    const first = await play();
    const second = await play();

    expect(second).toEqual(first);
    expect(JSON.stringify(first)).toMatch(/rejected/);
  });
});

test('virtual time stands still while a server really works', async () => {
  const clock = new VirtualClock(startsAt);
  const server = await startServer(clock, 100, { workMilliseconds: 30 });
  const functions = { sdk: configuration(sdkHandler, { environment: { AWS_ENDPOINT_URL: server.url } }) };
  const { lambda } = lambdaOf(functions, { clock });

  await lambda.invoke('sdk', { calls: 2 });
  lambda.close();
  server.close();

  expect(clock.now() - startsAt).toBe(200);
});

describe('a handler that dies after a call', () => {
  test('does not see its answer', async () => {
    const clock = new VirtualClock(startsAt);
    const server = await startServer(clock, 10);
    const file = bundle(`
      import http from 'node:http';
      import { writeFileSync } from 'node:fs';
      export const handler = (event: { url: string; file: string }) =>
        new Promise(() => {
          setTimeout(() => writeFileSync(event.file, 'timer'), 500);
          http.get(event.url, () => writeFileSync(event.file, 'answer'));
        });
    `);
    const { lambda } = lambdaOf({ f: configuration(file) }, { clock });

    const dead = lambda.invoke('f', { url: server.url, file: `${file}.trace` }, { killAfterCall: 1 });
    await expect(dead).rejects.toMatchObject({ name: 'Lambda.Unknown' });
    await clock.sleep(60_000);
    lambda.close();
    server.close();

    expect(existsSync(`${file}.trace`)).toBe(false);
    expect(server.requests).toHaveLength(1);
  });

  test('has had its effect, is never answered and runs no further', async () => {
    const lines: string[] = [];
    const onLog = (_name: string, line: string) => lines.push(line);
    const { clock, lambda, server, close } = await lambdaWithServer(1000, { onLog });

    const dead = lambda.invoke('sdk', { calls: 3 }, { killAfterCall: 2 });
    await expect(dead).rejects.toMatchObject({ name: 'Lambda.Unknown' });
    await clock.sleep(60_000);
    close();

    expect(server.requests.map(({ at }) => at - startsAt)).toEqual([0, 1000]);
    expect(lines).toEqual([]);
  });

  test('is followed by a new environment', async () => {
    const { lambda, close } = await lambdaWithServer(10);

    await expect(lambda.invoke('sdk', { calls: 1 }, { killAfterCall: 1 })).rejects.toThrow('Process exited');
    await lambda.invoke('sdk', { calls: 1 });
    await lambda.invoke('sdk', { calls: 1 });
    close();

    expect(lambda.usage()['sdk']).toMatchObject({ invocations: 3, coldStarts: 2, errors: 1 });
  });
});

describe('an error of a function', () => {
  test('[F39] keeps the literal name that the bundle gave it', async () => {
    const { lambda } = lambdaWith(`
      class E extends Error { override readonly name = 'TargetsNotFound'; }
      export const handler = async () => { throw new E('no node has tag x'); };
    `);

    const failed = lambda.invoke('f', {});

    await expect(failed).rejects.toMatchObject({ name: 'TargetsNotFound' });
    const error: unknown = await failed.catch((caught: unknown) => caught);
    const body: unknown = JSON.parse(error instanceof Error ? error.message : '');
    expect(body).toMatchObject({ errorType: 'TargetsNotFound', errorMessage: 'no node has tag x' });
    expect(JSON.stringify(body)).toContain('/var/task/index.js');
  });

  test('is a timeout after its seconds of simulated time, and its timers never fire', async () => {
    const file = bundle(`
      import { writeFileSync } from 'node:fs';
      export const handler = (event: { file: string }) =>
        new Promise(() => setTimeout(() => writeFileSync(event.file, 'late'), 60_000));
    `);
    const { clock, lambda } = lambdaOf({ f: configuration(file, { timeoutSeconds: 3 }) });

    const failed = lambda.invoke('f', { file: `${file}.trace` });

    await expect(failed).rejects.toMatchObject({
      name: 'Sandbox.Timedout',
      message: expect.stringContaining('Task timed out after 3.00 seconds'),
    });
    expect(clock.now() - startsAt).toBe(3000);
    await clock.sleep(100_000);
    expect(existsSync(`${file}.trace`)).toBe(false);
  });

  test('is ResourceNotFound for a function that is not there', async () => {
    const { lambda } = lambdaWith('export const handler = async () => 1;');

    const failed = lambda.invoke('arn:aws:lambda:us-east-1:111122223333:function:g:live', {});

    await expect(failed).rejects.toMatchObject({ name: 'Lambda.ResourceNotFoundException' });
    await expect(failed).rejects.toThrow('Function not found: g. Functions that exist: f');
  });

  test('tells that a payload or an answer is beyond six megabytes', async () => {
    const { lambda } = lambdaWith(
      'export const handler = async (e: { size: number }) => "x".repeat(e.size);',
    );

    await expect(lambda.invoke('f', 'x'.repeat(6_291_556))).rejects.toThrow(
      '6291558 bytes, allowed are 6291556',
    );
    await expect(lambda.invoke('f', { size: 6_291_556 })).rejects.toMatchObject({
      name: 'Function.ResponseSizeTooLarge',
    });
  });

  test.each([
    [
      '[F40] a callback-style handler',
      'export const handler = (e, c, callback) => callback(null, 1);',
      'Runtime.CallbackHandlerDeprecated',
    ],
    ['a missing handler', 'export const main = async () => 1;', 'Runtime.HandlerNotFound'],
    [
      'a module that was not bundled',
      'const name = "zod"; require(name); export const handler = async () => 1;',
      'Runtime.ImportModuleError',
    ],
    [
      'an end of the process',
      'export const handler = async () => { process.exit(1); };',
      'Runtime.ExitError',
    ],
    [
      'a throw in a timer',
      'export const handler = () => new Promise(() => setTimeout(() => { throw new RangeError("x"); }, 5));',
      'RangeError',
    ],
    [
      'a call that leaves the laptop',
      'import https from "node:https"; export const handler = async () => https.get("https://example.com");',
      'Error',
    ],
  ])('names %s', async (_what, source, name) => {
    const { lambda } = lambdaWith(source);

    await expect(lambda.invoke('f', {})).rejects.toMatchObject({ name });
  });
});
