import type { FaultName } from '../../../local/faults.ts';
import { Weather } from '../../../local/weather.ts';
import { bundle, configuration, lambdaOf, startsAt } from './bundle.ts';

/** Tells a global of the host what it does, since its answer may be lost; each call takes a second. */
const handler = bundle(`
  export const handler = async (event: { name: string }) => {
    console.log('begins ' + event.name + ' at ' + Date.now());
    await new Promise((resolve) => setTimeout(resolve, 1000));
    console.log('ends ' + event.name);
    return 'done';
  };
`);

async function invoked(fault: FaultName | undefined) {
  const weather = new Weather({ rates: fault ? { [fault]: 1 } : {} });
  const lines: string[] = [];
  const { clock, lambda } = lambdaOf(
    { f: configuration(handler, { timeoutSeconds: 20 }) },
    { weather, onLog: (_name, line) => lines.push(line) },
  );
  const error = await lambda.invoke('f', { name: 'one' }).then(
    () => 'none',
    (thrown: unknown) => (thrown instanceof Error ? thrown.name : String(thrown)),
  );
  const toldAt = clock.now() - startsAt;
  const linesThen = lines.length;
  await lambda.settled();
  lambda.close();
  return { error, toldAt, linesThen, lines: lines.length, doneAt: clock.now() - startsAt, weather };
}

describe('a fault of an invocation', () => {
  test.each([
    ['refused-invocation', { error: 'Lambda.TooManyRequestsException', lines: 0, toldAt: 0 }],
    ['killed-at-start', { error: 'Lambda.Unknown', lines: 0, toldAt: 0 }],
    ['lost-answer', { error: 'Lambda.SdkClientException', lines: 2, toldAt: 1000 }],
    ['hung-handler', { error: 'Sandbox.Timedout', lines: 2, toldAt: 20_000 }],
    [undefined, { error: 'none', lines: 2, toldAt: 1000 }],
  ] as const)('%s: what is done, and what the caller hears of it, and when', async (fault, expected) => {
    const { weather, ...seen } = await invoked(fault);

    expect(seen).toMatchObject(expected);
    expect(weather.strikes.all).toEqual(fault ? { [fault]: 1 } : {});
  });

  test('zombie-handler: the caller hears of an error at once, and the work is done later', async () => {
    const seen = await invoked('zombie-handler');

    expect(seen).toMatchObject({ error: 'Lambda.SdkClientException', toldAt: 0, linesThen: 0, lines: 2 });
    expect(seen.doneAt).toBeGreaterThan(1000);
    expect(seen.doneAt).toBeLessThanOrEqual(20_000);
  });
});

test('a redeployed function is invoked in a fresh environment, and one at work ends its work', async () => {
  const counting = bundle(`
    let count = 0;
    export const handler = async () => {
      count += 1;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return [process.env.VERSION, count];
    };
  `);
  const version = (VERSION: string) => ({ f: configuration(counting, { environment: { VERSION } }) });
  const { clock, lambda } = lambdaOf(version('1'));
  await lambda.invoke('f', {});

  const atWork = lambda.invoke('f', {});
  await clock.sleep(500);
  lambda.redeploy(version('2'));

  expect(await atWork).toEqual(['1', 2]);
  expect(await lambda.invoke('f', {})).toEqual(['2', 1]);
  lambda.close();
});
