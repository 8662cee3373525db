import { VirtualClock } from '../../../local/clock.ts';
import { WarmEnvironments } from '../../../local/lambda/warm-environments.ts';
import { Weather } from '../../../local/weather.ts';
import { bundle, configuration, lambdaOf, startServer, startsAt } from './bundle.ts';

const counting = bundle(`
  import { request } from 'node:http';
  let invocations = 0;
  export const handler = async ({ fails, url }: { fails?: boolean; url?: string }) => {
    invocations += 1;
    console.log('invocation ' + invocations);
    if (url) await new Promise((resolve, reject) => {
      request(url, (response) => response.resume().on('end', resolve)).on('error', reject).end();
    });
    if (fails) throw new Error('no');
    const answer = [invocations, Date.now(), performance.now(), Math.random()];
    await new Promise((resolve) => setTimeout(resolve, 5));
    return answer;
  };
`);

/** One service after the other, each on a clock of its own that starts at the same time, with the same environments. */
function servicesOf(file: string) {
  const warm = new WarmEnvironments();
  return (
    changes: Parameters<typeof lambdaOf>[1] & { readonly environment?: Record<string, string> } = {},
  ) => {
    const { environment = {}, ...others } = changes;
    return lambdaOf({ f: configuration(file, { environment }) }, { warm, ...others });
  };
}

/** How often the environment that is invoked now was invoked. */
async function invocationsOf({ lambda }: ReturnType<typeof lambdaOf>): Promise<unknown> {
  const [invocations] = Object(await lambda.invoke('f', {}));
  return invocations;
}

describe('kept environments', () => {
  test('go on in the next service with its time, its chance and its log', async () => {
    const serviceOf = servicesOf(counting);
    const first = serviceOf();
    await first.clock.sleep(60_000);
    await first.lambda.invoke('f', {});
    const before = await first.lambda.invoke('f', {});
    first.lambda.close();
    const lines: string[] = [];
    const second = serviceOf({ seed: 2, onLog: (_name, line) => lines.push(line) });
    const after = await second.lambda.invoke('f', {});
    const fresh = await lambdaOf({ f: configuration(counting) }, { seed: 2 }).lambda.invoke('f', {});

    expect([before, after, fresh]).toEqual([
      [2, startsAt + 60_005, expect.any(Number), expect.any(Number)],
      [3, startsAt, expect.any(Number), expect.any(Number)],
      [1, startsAt, 0, expect.any(Number)],
    ]);
    const column = (index: number) => [before, after, fresh].map((each) => Object(each)[index]);
    expect(column(2)[1]).toBeGreaterThan(column(2)[0]);
    expect(column(3)[1]).toBe(column(3)[2]);
    expect(lines).toEqual(['invocation 3']);
    expect(second.lambda.usage()['f']?.coldStarts).toBe(1);
  });

  test('serve the same configuration only', async () => {
    const serviceOf = servicesOf(counting);
    const first = serviceOf({ environment: { NAME: 'one' } });
    await first.lambda.invoke('f', {});
    first.lambda.close();

    expect(await invocationsOf(serviceOf({ environment: { NAME: 'two' } }))).toBe(1);
    expect(await invocationsOf(serviceOf({ environment: { NAME: 'one' } }))).toBe(2);
  });

  test('are those of every deployment of the service', async () => {
    const serviceOf = servicesOf(counting);
    const first = serviceOf();
    await first.lambda.invoke('f', {});
    first.lambda.redeploy({});
    expect(await invocationsOf(first)).toBe(1);
    first.lambda.close();
    const second = serviceOf();

    expect(await Promise.all([invocationsOf(second), invocationsOf(second)])).toEqual([2, 2]);
  });

  test('are none that a handler has failed in, that died, or that had an error for an answer', async () => {
    const server = await startServer(new VirtualClock(startsAt), 0);
    const refusing = await startServer(new VirtualClock(startsAt), 0, { statusCode: 500 });
    const missing = await startServer(new VirtualClock(startsAt), 0, { statusCode: 404 });
    const counts: unknown[] = [];
    const spoils = [
      { fails: true },
      { url: 'http://127.0.0.1:1/' },
      { url: refusing.url },
      { url: server.url },
      { url: missing.url },
    ];
    for (const spoil of spoils) {
      const serviceOf = servicesOf(counting);
      const first = serviceOf();
      await first.lambda.invoke('f', spoil).catch(() => undefined);
      first.lambda.close();
      counts.push(await invocationsOf(serviceOf()));
    }
    const serviceOf = servicesOf(counting);
    const killed = serviceOf();
    await killed.lambda.invoke('f', { url: server.url }, { killAfterCall: 1 }).catch(() => undefined);
    killed.lambda.close();
    counts.push(await invocationsOf(serviceOf()));
    for (const each of [server, refusing, missing]) each.close();

    expect(counts).toEqual([1, 1, 1, 2, 2, 1]);
  });

  test('are none that hang while their service closes', async () => {
    const serviceOf = servicesOf(counting);
    const weather = new Weather({ rates: { 'hung-handler': 1 } });
    const first = serviceOf({ weather });
    const hanging = first.lambda.invoke('f', {}).catch((error: unknown) => error);
    await first.clock.sleep(1000);
    first.lambda.close();
    const second = serviceOf();
    await hanging;

    expect(await invocationsOf(second)).toBe(1);
  });
});
