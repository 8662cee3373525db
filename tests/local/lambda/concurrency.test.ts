import { bundle, configuration, lambdaOf } from './bundle.ts';

const slow = bundle(
  'export const handler = (event) => new Promise((resolve) => setTimeout(() => resolve(event), event.wait));',
);

describe('the environments of a function', () => {
  test('are as many as it has reserved; one more is TooManyRequests', async () => {
    const { lambda } = lambdaOf({ f: configuration(slow, { reservedConcurrency: 2 }) });

    const [first, second, third] = await Promise.allSettled(
      [1, 2, 3].map(() => lambda.invoke('f', { wait: 1000 })),
    );

    expect([first?.status, second?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(third).toMatchObject({
      reason: {
        name: 'Lambda.TooManyRequestsException',
        message: expect.stringContaining('f has 2 reserved'),
      },
    });
    expect(lambda.usage()['f']).toMatchObject({ invocations: 2, concurrencyMax: 2, refused: 1, errors: 0 });
  });

  test('are free again for the next once they have answered', async () => {
    const { lambda } = lambdaOf({ f: configuration(slow, { reservedConcurrency: 1 }) });
    await lambda.invoke('f', { wait: 10 });

    expect(await lambda.invoke('f', { wait: 20 })).toEqual({ wait: 20 });
    expect(lambda.usage()['f']).toMatchObject({ concurrencyMax: 1, refused: 0 });
  });

  test('are not limited by what other functions have reserved', async () => {
    const { lambda } = lambdaOf({
      f: configuration(slow, { reservedConcurrency: 1 }),
      g: configuration(slow),
    });

    const both = await Promise.all(['f', 'g'].map((name) => lambda.invoke(name, { wait: 10 })));

    expect(both).toHaveLength(2);
  });
});

describe('what a function has cost', () => {
  test('tells its longest invocation, and each payload before it is handled', async () => {
    const seen: string[] = [];
    const { lambda } = lambdaOf(
      { f: configuration(slow) },
      { onInvoke: (name, payload) => seen.push(`${name} ${payload}`) },
    );
    for (const wait of [30, 500, 10]) await lambda.invoke('f', { wait });

    expect(lambda.usage()['f']).toMatchObject({ longestMilliseconds: 500, billedMilliseconds: 540 });
    expect(seen).toEqual(['f {"wait":30}', 'f {"wait":500}', 'f {"wait":10}']);
  });
});
