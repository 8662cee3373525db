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

  test('counts the objects of a prefix over all pages', async () => {
    const { aws, dependencies } = await startAccount({ nodes: [] });
    for (let index = 0; index < 1003; index += 1) {
      await dependencies.store.put(`runs/run-1/errors/w1/w1-b1/${index}`, {});
    }
    aws.usage.reset();

    const found = await dependencies.store.count('runs/run-1/errors/w1/', 5000);

    expect(found).toBe(1003);
    expect(aws.usage.snapshot().calls).toEqual({ 's3:ListObjectsV2': 2 });
  });

  test('stops counting where no more needs to be known', async () => {
    const { dependencies } = await startAccount({ nodes: [] });
    for (const name of ['a', 'b', 'c']) await dependencies.store.put(`errors/w1/${name}`, {});
    await dependencies.store.put('errors/w10/d', {});

    expect(await dependencies.store.count('errors/w1/', 2)).toBe(2);
    expect(await dependencies.store.count('errors/w1/', 9)).toBe(3);
  });
});
