import { createHmac } from 'node:crypto';
import { VirtualClock } from '../../../local/clock.ts';
import { bundle, configuration, lambdaOf, lambdaWith, startServer, startsAt } from './bundle.ts';

describe('an execution environment', () => {
  test('is warm for the next invocation, and another is started for one at the same time', async () => {
    const { lambda } = lambdaWith(`
      let count = 0;
      export const handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return ++count;
      };
    `);

    const together = await Promise.all([lambda.invoke('f', {}), lambda.invoke('f', {})]);
    const after = await lambda.invoke('f', {});

    expect([...together, after]).toEqual([1, 1, 2]);
    expect(lambda.usage()['f']).toMatchObject({ invocations: 3, coldStarts: 2, billedMilliseconds: 300 });
  });

  test("shows Lambda's variables and context, and nothing of the host", async () => {
    const { lambda } = lambdaWith(`
      export const handler = async (event: unknown, context: any) => ({
        home: process.env.HOME, name: process.env.AWS_LAMBDA_FUNCTION_NAME, profile: process.env.AWS_PROFILE,
        left: context.getRemainingTimeInMillis(), arn: context.invokedFunctionArn, memory: context.memoryLimitInMB,
        id: /^[0-9a-f]{8}-[0-9a-f]{4}-4/.test(context.awsRequestId), event,
      });
    `);

    const answer = await lambda.invoke('f', { at: new Date(0), gone: undefined });

    expect(answer).toEqual({
      name: 'f',
      left: 30_000,
      arn: 'arn:aws:lambda:us-east-1:111122223333:function:f',
      memory: '256',
      id: true,
      event: { at: '1970-01-01T00:00:00.000Z' },
    });
  });

  test('has chance and time of the seed and the clock, and gives its log away', async () => {
    const lines: string[] = [];
    const source = `
      import { randomUUID } from 'node:crypto';
      export const handler = async () => {
        console.log('now', new Date().toISOString());
        process.stdout.write('half ');
        process.stdout.write('line\\n');
        return [Math.random(), randomUUID(), crypto.randomUUID()];
      };
    `;
    const onLog = (name: string, line: string) => lines.push(`${name}: ${line}`);
    const { lambda } = lambdaWith(source, { onLog });
    const again = lambdaWith(source).lambda;
    const other = lambdaWith(source, { seed: 2 }).lambda;

    const answers = await Promise.all([lambda, again, other].map((one) => one.invoke('f', {})));

    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).not.toEqual(answers[0]);
    expect(lines).toEqual(['f: now 2030-01-01T00:00:00.000Z', 'f: half line']);
  });

  test('reads a file without simulated time passing', async () => {
    const { clock, lambda } = lambdaWith(`
      import { readFile } from 'node:fs/promises';
      import { promises, readFile as old } from 'node:fs';
      export const handler = async (event: { file: string }) => {
        const one = await readFile(event.file, 'utf8');
        const two = await promises.readFile(event.file, 'utf8');
        const three = await new Promise((resolve) => old(event.file, 'utf8', (_error, text) => resolve(text)));
        return [Date.now(), one === two, one === three];
      };
    `);
    clock.setTimeout(() => undefined, 10);

    const answer = await lambda.invoke('f', { file: import.meta.filename });

    expect(answer).toEqual([startsAt, true, true]);
  });

  test('refuses a file that is not there as Node.js does', async () => {
    const { lambda } = lambdaWith(`
      import { readFile } from 'node:fs/promises';
      export const handler = (event: { file: string }) =>
        readFile(event.file, { encoding: 'utf8' }).catch(({ code, message }) => [code, message]);
    `);

    expect(await lambda.invoke('f', { file: '/no/such/file' })).toEqual([
      'ENOENT',
      "ENOENT: no such file or directory, open '/no/such/file'",
    ]);
  });

  test('signs as Node.js does, whatever the key is made of', async () => {
    const { lambda } = lambdaWith(`
      import { createHmac, createSecretKey } from 'node:crypto';
      const bytes = Buffer.from('secret');
      const keys = ['secret', 'other', '', bytes, new Uint8Array(bytes), createSecretKey(bytes), 'secret'];
      export const handler = async () => keys.map((key) => createHmac('sha256', key).update('text').digest('hex'));
    `);
    const hmac = (key: string) => createHmac('sha256', key).update('text').digest('hex');

    const secret = hmac('secret');
    expect(await lambda.invoke('f', {})).toEqual([
      secret,
      hmac('other'),
      hmac(''),
      secret,
      secret,
      secret,
      secret,
    ]);
  });

  test('drops the timers that a handler leaves', async () => {
    const lines: string[] = [];
    const source = `
      export const handler = async () => { setInterval(() => console.log('late'), 1000); return 1; };
    `;
    const { clock, lambda } = lambdaWith(source, { onLog: (_name, line) => lines.push(line) });

    await lambda.invoke('f', {});
    await clock.sleep(10_000);

    expect(lines).toEqual([]);
  });

  test('lets time go on though a handler never read an answer', async () => {
    const clock = new VirtualClock(startsAt);
    const server = await startServer(clock, 0);
    const file = bundle(`
      import http from 'node:http';
      export const handler = (event: { url: string }) =>
        new Promise((resolve) => http.get(event.url, (response) => resolve(response.statusCode)));
    `);
    const { lambda } = lambdaOf({ f: configuration(file) }, { clock });

    const answer = await lambda.invoke('f', { url: server.url });
    await clock.sleep(1000);
    lambda.close();
    server.close();

    expect(answer).toBe(200);
  });
});
