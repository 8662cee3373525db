import { closeAccounts, startAccount } from '../../support/embedded-account.ts';

afterEach(closeAccounts);

describe('the store', () => {
  test('reads what was put, and overwrites it', async () => {
    const { dependencies } = await startAccount({ nodes: [] });

    await dependencies.store.put('runs/run-1/plan.json', { 言葉: 'first' });
    await dependencies.store.put('runs/run-1/plan.json', { 言葉: 'second' });

    expect(await dependencies.store.get('runs/run-1/plan.json')).toEqual({ 言葉: 'second' });
  });

  test('answers with nothing for an object that is not there', async () => {
    const { dependencies } = await startAccount({ nodes: [] });

    expect(await dependencies.store.get('runs/run-1/plan.json')).toBeUndefined();
  });

  test('tells the sizes of the objects of a prefix, over all pages', async () => {
    const { aws, dependencies } = await startAccount({ nodes: [] });
    for (let index = 0; index < 1003; index += 1) {
      await dependencies.store.putText(`errors/w1/${index}`, 'x'.repeat(1 + (index % 3)), 'text/plain');
    }
    await dependencies.store.putText('errors/w10/1', 'x', 'text/plain');
    aws.usage.reset();

    const sizes = await dependencies.store.sizes('errors/w1/');

    expect(sizes.size).toBe(1003);
    expect([sizes.get('errors/w1/0'), sizes.get('errors/w1/1002')]).toEqual([1, 1]);
    expect(sizes.get('errors/w1/1001')).toBe(3);
    expect(aws.usage.snapshot().calls).toEqual({ 's3:ListObjectsV2': 2 });
  });

  test('writes a text that is given as bytes', async () => {
    const { dependencies } = await startAccount({ nodes: [] });

    await dependencies.store.putText('runs/run-1/run.json', Buffer.from('{"言葉":1}'), 'application/json');

    expect(await dependencies.store.get('runs/run-1/run.json')).toEqual({ 言葉: 1 });
  });
});
