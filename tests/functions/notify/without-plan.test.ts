import { run } from '../../../functions/notify/handler.ts';
import { runRecordSchema } from '../../../shared/domain/account.ts';
import { nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, startAccount } from '../../support/embedded-account.ts';
import {
  config,
  handMadeDependencies,
  MemoryStore,
  recordingPublish,
} from '../../support/handler-dependencies.ts';
import { writeBatch } from '../../support/written-run.ts';
import { execution, plannedRun, writeRun } from '../turns.ts';

afterEach(closeAccounts);

const error = {
  Error: 'InvalidRequestError',
  Cause: JSON.stringify({ errorMessage: 'the request is refused' }),
};
const refused = (request: unknown) => ({
  kind: 'run-ended' as const,
  execution,
  state: { request, error },
});

async function recordIn(store: MemoryStore) {
  return runRecordSchema.parse(await store.get('runs/run-1/run.json'));
}

describe('a run whose request was refused', () => {
  test.each<[string, unknown, string]>([
    ['is a text', 'prd-web', 'unknown'],
    ['is a list', [{ policy: 'prd-web' }], 'unknown'],
    ['is a number', 7, 'unknown'],
    ['is null', null, 'unknown'],
    ['is missing', undefined, 'unknown'],
    ['has a policy that is no text', { policy: { name: 'prd-web' } }, 'unknown'],
    ['has an empty policy', { policy: '' }, 'unknown'],
    ['has a policy of control characters', { policy: '\u0000\n' }, 'unknown'],
    ['has an unknown policy', { policy: 'prd-wbe' }, 'prd-wbe'],
    ['has a policy of two lines', { policy: 'prd\nweb' }, 'prd web'],
    [
      "has the keys of the state machine's own payload",
      { policy: 'prd-web', wave: 'x', usage: 1, error: [], reason: {} },
      'prd-web',
    ],
  ])('and %s ends with a record and an alert', async (_what, request, policy) => {
    const store = new MemoryStore();
    const { publish, messages } = recordingPublish();

    const notified = await run(refused(request), { ...handMadeDependencies(startsAt, store), publish });

    const reason = 'InvalidRequestError: the request is refused';
    expect(notified).toMatchObject({ status: 'Failed', reason });
    expect(await recordIn(store)).toMatchObject({ policy, reason, nodesInScope: 0 });
    expect(messages).toMatchObject([
      { topicArn: config.alertsTopicArn, attributes: { policy, severity: 'critical' } },
    ]);
  });

  test.each([
    { policy: '' },
    { policy: '\u001b' },
    { policy: '本番ウェブ' },
    { policy: 'x'.repeat(4000) },
    'x',
  ])('gets its alert through SNS: %j', async (request) => {
    const account = await startAccount({ nodes: [] });

    await run(refused(request), account.dependencies);

    expect(account.aws.published).toHaveLength(1);
  });

  test('has nothing to do with an older run of the same name', async () => {
    const store = new MemoryStore();
    const { publish } = recordingPublish();
    const older = plannedRun(
      nodes(3).map((each) => each.nodeId),
      { settings: { snapshotId: '99999999-0b0a-5908-8706-050403020100' } },
    );
    await writeRun(store, older);
    for (const batch of older.batches) await writeBatch(store, { ...batch, turn: 9, status: 'done' });

    await run(refused({ policy: 'x' }), { ...handMadeDependencies(startsAt, store), publish });

    expect(await recordIn(store)).toMatchObject({ status: 'Failed', policy: 'x', nodesInScope: 0 });
  });
});
