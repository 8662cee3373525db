import { makeDynamoClient } from '../../../shared/aws/dynamo-client.ts';
import { makeClaims } from '../../../shared/lambda/idempotency.ts';
import { closeServices, startServices } from '../../local/aws/services-under-test.ts';
import { leadTo } from '../aws/aws-endpoint.ts';

afterEach(async () => {
  jest.restoreAllMocks();
  await closeServices();
});

const table = 'fleet-patcher-idempotency';

async function startClaims() {
  const { aws, url, clock } = await startServices({ tables: [{ name: table, partitionKey: 'id' }] });
  leadTo(url);
  // A client whose clock is not the server's takes every refusal for a clock skew.
  jest.spyOn(Date, 'now').mockImplementation(() => clock.now());
  const claims = makeClaims(
    table,
    makeDynamoClient(() => undefined),
    300_000,
  );
  return { aws, clock, claims };
}

describe('a claim', () => {
  test('is for one, and busy for everybody else', async () => {
    const { claims } = await startClaims();

    const outcomes = [await claims.claim('a'), await claims.claim('a'), await claims.claim('b')];

    expect(outcomes).toEqual([{ outcome: 'claimed' }, { outcome: 'busy' }, { outcome: 'claimed' }]);
  });

  test('that is finished stays so, and tells with what', async () => {
    const { claims, clock } = await startClaims();
    await claims.claim('a');
    await claims.finish('a', { severity: 'HIGH', missing: 3 });
    await clock.sleep(15 * 86_400_000);

    expect(await claims.claim('a')).toEqual({ outcome: 'done', result: { severity: 'HIGH', missing: 3 } });
  });

  test('that is released is for the next one', async () => {
    const { claims } = await startClaims();
    await claims.claim('a');
    await claims.release('a');

    expect(await claims.claim('a')).toEqual({ outcome: 'claimed' });
  });

  test('of the dead is for the next one after the time that a function may live, and not before', async () => {
    const { claims, clock } = await startClaims();
    await claims.claim('a');
    await clock.sleep(299_000);
    const early = await claims.claim('a');
    await clock.sleep(2_000);

    expect([early.outcome, (await claims.claim('a')).outcome]).toEqual(['busy', 'claimed']);
  });

  test('can be made by one of many at once', async () => {
    const { claims } = await startClaims();

    const outcomes = await Promise.all(Array.from({ length: 10 }, () => claims.claim('a')));

    expect(outcomes.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
  });

  test('lies in the table as Powertools has it, with the time of its end', async () => {
    const { aws, claims } = await startClaims();
    await claims.claim('a');
    await claims.finish('a', {});

    expect(await aws.dynamodb.items(table)).toMatchObject([
      { id: expect.stringMatching(/^findings#/), status: 'COMPLETED', expiration: expect.any(Number) },
    ]);
  });
});
