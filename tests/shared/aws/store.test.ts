import { AwsError } from '../../../local/aws/service.ts';
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

  test('writes an object that is not there yet once, and another time only over what was read', async () => {
    const { dependencies } = await startAccount({ nodes: [] });
    const { store } = dependencies;
    const key = 'locks/111122223333-us-east-1.json';

    const first = [await store.putIf(key, { by: 'one' }, null), await store.putIf(key, { by: 'two' }, null)];
    const found = await store.getTagged(key);
    const etag = found?.etag ?? '';
    const next = [
      await store.putIf(key, { by: 'three' }, etag),
      await store.putIf(key, { by: 'four' }, etag),
    ];

    expect([first, next]).toEqual([
      [true, false],
      [true, false],
    ]);
    expect(found?.value).toEqual({ by: 'one' });
    expect(await store.get(key)).toEqual({ by: 'three' });
    expect(await store.getTagged('locks/none.json')).toBeUndefined();
    expect(await store.putIf('locks/none.json', {}, etag)).toBe(false);
  });

  test.each([
    ['ConditionalRequestConflict', 409, false],
    ['PreconditionFailed', 412, false],
    ['AccessDenied', 403, 'AccessDenied'],
  ])('takes %s for what it is', async (code, statusCode, expected) => {
    const { aws, dependencies } = await startAccount({ nodes: [] });
    const { endpoint } = aws.s3;
    jest.spyOn(endpoint, 'perform').mockImplementation(() => {
      throw new AwsError(code, 'so it is', statusCode);
    });

    const written = await dependencies.store
      .putIf('locks/a.json', {}, '"1"')
      .catch((error: unknown) => (error instanceof Error ? error.name : error));

    expect(written).toBe(expected);
    expect(aws.usage.snapshot().calls).toEqual({ 's3:PutObject': 1 });
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
