import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { VirtualClock } from '../../../local/clock.ts';
import { bundle, configuration, lambdaOf, startsAt } from './bundle.ts';

const megabytes = 3 * 1024 * 1024;

const store = bundle(`
  import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
  const client = new S3Client({ forcePathStyle: true });
  export const handler = async (event: { bytes: number }) => {
    const Body = 'x'.repeat(event.bytes);
    await client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body }));
    return Date.now();
  };
`);

/** Also after a test that failed: what is left open keeps Jest from ending. */
const atEnd: (() => void)[] = [];
afterEach(() => {
  for (const close of atEnd.splice(0)) close();
});

/** A server that takes an object, answers after ten seconds of simulated time, and remembers what it was sent. */
async function startStore(clock: VirtualClock) {
  const requests: { bytes: number; expect: string | undefined; hold: unknown }[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    const hold = request.headers['x-local-hold'];
    requests.push({ bytes, expect: request.headers.expect, hold });
    await clock.sleepInHold(typeof hold === 'string' ? hold : undefined, 10_000);
    response.end();
  };
  const server = createServer((request, response) => void take(request, response));
  server.on('checkContinue', (request, response) => {
    response.writeContinue();
    void take(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  atEnd.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return { url: `http://127.0.0.1:${address.port}`, requests };
}

test.each([
  ['a small object', 100, undefined],
  ['an object of three megabytes, which is announced by Expect: 100-continue', megabytes, '100-continue'],
])('an embedded Lambda stores %s, and holds the clock until it is stored', async (_what, bytes, expected) => {
  const clock = new VirtualClock(startsAt);
  const server = await startStore(clock);
  const environment = { AWS_ENDPOINT_URL: server.url };
  const { lambda } = lambdaOf({ store: configuration(store, { environment }) }, { clock });
  atEnd.push(() => lambda.close());
  // Whoever waits for nothing but the time would see it run away while the object is on its way.
  const others = clock.sleep(5_000).then(() => server.requests.length);

  const storedAt = await lambda.invoke('store', { bytes });
  const seenByOthers = await others;

  expect(storedAt).toBe(startsAt + 10_000);
  expect(seenByOthers).toBe(1);
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({ expect: expected, hold: expect.stringMatching(/./) });
  expect(server.requests[0]?.bytes).toBeGreaterThanOrEqual(bytes);
});
