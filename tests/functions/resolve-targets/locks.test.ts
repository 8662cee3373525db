import { run } from '../../../functions/resolve-targets/handler.ts';
import { keys } from '../../../shared/domain/keys.ts';
import { lockRegistrySchema, type Place } from '../../../shared/domain/run-lock.ts';
import { readPlan } from '../../../shared/lambda/run-store.ts';
import { node, nodeId, nodes, startsAt } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, type EmbeddedAccount, home } from '../../support/embedded-account.ts';
import { execution } from '../turns.ts';
import { accountWithPolicy, leftOut, plannedBatch, resolved } from './account.ts';

afterEach(closeAccounts);

const day = 24 * 3_600_000;
const away = { ...home, region: 'eu-west-1' };
const input = { execution, request: { policy: 'prd-web' } };

const registryOf = async ({ dependencies }: EmbeddedAccount, place: Place = home) =>
  lockRegistrySchema.parse(await dependencies.store.get(keys.locks(place)));

/** Another run that works on the nodes, as its own ResolveTargets has written it. */
function holds({ dependencies }: EmbeddedAccount, nodeIds: readonly string[], expiresAt = startsAt + day) {
  const runs = [{ runId: 'stg-run', policy: 'stg-web', expiresAt, nodeIds }];
  return dependencies.store.put(keys.locks(home), { version: 1, runs });
}

/** Its note at the start and at the end, and for the plan and the one batch: what lies there, and the note again. */
const readsOfPlanning = 2 + 2 * 2;

const s3Calls = ({ counted }: EmbeddedAccount) => counted.filter((call) => call.startsWith('s3:'));

describe('the nodes of a run', () => {
  test('are locked for it in each account and Region before it is planned', async () => {
    const roleArn = `arn:aws:iam::${away.accountId}:role/fleet-patcher-spoke`;
    const account = await accountWithPolicy(
      [...nodes(2), node(2, { region: away.region })],
      { scopes: [home, { ...away, roleArn, externalId: 'fleet-patcher' }] },
      { roles: [{ roleArn, externalId: 'fleet-patcher' }] },
    );

    await resolved(account);

    expect(await registryOf(account)).toMatchObject({
      runs: [{ runId: 'run-1', policy: 'prd-web', nodeIds: [nodeId(0), nodeId(1)] }],
    });
    expect(await registryOf(account, away)).toMatchObject({ runs: [{ nodeIds: [nodeId(2)] }] });
    expect(account.codes).toContain('FP_NODES_LOCKED');
  });

  test('are locked by as many calls, however many they are', async () => {
    const few = await accountWithPolicy(nodes(1));
    await resolved(few);
    const many = await accountWithPolicy(nodes(200));
    await resolved(many);

    expect(s3Calls(many).toSorted()).toEqual(s3Calls(few).toSorted());
    expect(s3Calls(few).filter((call) => call === 's3:GetObject')).toHaveLength(3 + 1 + readsOfPlanning);
  });

  test('that are not ready are not locked', async () => {
    const account = await accountWithPolicy([node(0), node(1, { fates: { agent: 'offline' } })]);

    await resolved(account);

    expect((await registryOf(account)).runs[0]?.nodeIds).toEqual([nodeId(0)]);
  });

  test('that another run holds are NotReached, with who holds them; the others are planned', async () => {
    const account = await accountWithPolicy(nodes(3));
    await holds(account, [nodeId(1)]);

    const { plan } = await resolved(account);

    expect(plan.leftOut).toMatchObject([
      { nodeId: nodeId(1), outcome: 'NotReached', reason: 'locked by run stg-run of policy stg-web' },
    ]);
    expect((await plannedBatch(account)).nodes.map((each) => each.nodeId).toSorted()).toEqual([
      nodeId(0),
      nodeId(2),
    ]);
    expect((await registryOf(account)).runs.map(({ runId }) => runId)).toEqual(['stg-run', 'run-1']);
  });

  test('that a run held whose time is over are taken', async () => {
    const account = await accountWithPolicy(nodes(1));
    await holds(account, [nodeId(0)], startsAt);

    const { plan } = await resolved(account);

    expect(plan.leftOut).toEqual([]);
    expect((await registryOf(account)).runs.map(({ runId }) => runId)).toEqual(['run-1']);
  });

  test('that are all held by others leave nothing to do, and that is said', async () => {
    const account = await accountWithPolicy(nodes(2));
    await holds(account, [nodeId(0), nodeId(1)]);

    const { turn, plan } = await resolved(account);

    expect(turn).toMatchObject({ next: 'finish', wave: { batches: [] } });
    expect(leftOut(plan)).toEqual({ [nodeId(0)]: 'NotReached', [nodeId(1)]: 'NotReached' });
    expect((await registryOf(account)).runs.map(({ runId }) => runId)).toEqual(['stg-run']);
  });

  test('are not kept from it by an attempt of its own that died', async () => {
    const account = await accountWithPolicy(nodes(2));
    const { store } = account.dependencies;
    const dying = {
      ...store,
      putIf: (...write: Parameters<typeof store.putIf>) =>
        write[0].includes('/batches/') ? Promise.reject(new Error('S3 is away')) : store.putIf(...write),
    };
    await expect(run(input, { ...account.dependencies, store: dying })).rejects.toThrow('S3 is away');
    expect((await registryOf(account)).runs).toHaveLength(1);

    const { plan } = await resolved(account);

    expect(plan.leftOut).toEqual([]);
    expect((await registryOf(account)).runs).toHaveLength(1);
  });
});

describe('a dry run', () => {
  test('locks nothing, and says who would be locked', async () => {
    const account = await accountWithPolicy(nodes(2));
    await holds(account, [nodeId(1)]);

    const { plan } = await resolved(account, { dryRun: true });

    expect(leftOut(plan)).toEqual({ [nodeId(1)]: 'NotReached' });
    expect((await registryOf(account)).runs.map(({ runId }) => runId)).toEqual(['stg-run']);
    expect(await account.dependencies.store.get(keys.lockNote('run-1'))).toBeUndefined();
  });
});

describe('a registry', () => {
  test('that others change at the same time is read again, until this run is in it', async () => {
    const account = await accountWithPolicy(nodes(2));
    const { store } = account.dependencies;
    let meddled = 0;
    const contended = {
      ...store,
      putIf: async (key: string, value: unknown, etag: string | null) => {
        if (key === keys.locks(home) && meddled < 3) {
          meddled += 1;
          await holds(account, [nodeId(1)], startsAt + day + meddled);
        }
        return store.putIf(key, value, etag);
      },
    };

    await run(input, { ...account.dependencies, store: contended });

    expect(meddled).toBe(3);
    expect((await registryOf(account)).runs).toMatchObject([
      { runId: 'stg-run', nodeIds: [nodeId(1)] },
      { runId: 'run-1', nodeIds: [nodeId(0)] },
    ]);
  });

  test('that never holds still fails the state by name, for a retry, and nothing is planned', async () => {
    const account = await accountWithPolicy(nodes(1));
    const { store } = account.dependencies;
    const contended = {
      ...store,
      putIf: async (key: string, value: unknown, etag: string | null) =>
        key === keys.locks(home) ? false : store.putIf(key, value, etag),
    };

    await expect(run(input, { ...account.dependencies, store: contended })).rejects.toMatchObject({
      name: 'ContendedError',
      message: expect.stringContaining('locks/111122223333-us-east-1.json'),
    });
    expect(await readPlan(store, 'run-1')).toBeUndefined();
  });

  test('that nobody can read fails the state by name: no node is taken for free', async () => {
    const account = await accountWithPolicy(nodes(1));
    await account.dependencies.store.put(keys.locks(home), { version: 2, runs: {} });

    await expect(run(input, account.dependencies)).rejects.toMatchObject({ name: 'InvalidPayloadError' });
    expect(await readPlan(account.dependencies.store, 'run-1')).toBeUndefined();
  });
});

describe('a run that is closed while it is being planned', () => {
  const closedNote = { version: 1, startedAt: startsAt, isReleased: true, places: [] };

  test('takes nothing, if that was before', async () => {
    const account = await accountWithPolicy(nodes(1));
    await account.dependencies.store.put(keys.lockNote('run-1'), closedNote);

    await expect(run(input, account.dependencies)).rejects.toMatchObject({ name: 'RunClosedError' });
    expect(await account.dependencies.store.get(keys.locks(home))).toBeUndefined();
  });

  test('gives back what it has taken, if that was meanwhile', async () => {
    const account = await accountWithPolicy(nodes(1));
    const { store } = account.dependencies;
    const closing = {
      ...store,
      putIf: async (key: string, value: unknown, etag: string | null) => {
        if (key === keys.locks(home)) await store.put(keys.lockNote('run-1'), closedNote);
        return store.putIf(key, value, etag);
      },
    };

    await expect(run(input, { ...account.dependencies, store: closing })).rejects.toMatchObject({
      name: 'RunClosedError',
    });
    expect((await registryOf(account)).runs).toEqual([]);
    expect(await readPlan(store, 'run-1')).toBeUndefined();
  });

  test('says what it cannot give back', async () => {
    const account = await accountWithPolicy(nodes(1));
    const { store } = account.dependencies;
    const refusing = {
      ...store,
      putIf: async (key: string, value: unknown, etag: string | null) => {
        if (key !== keys.locks(home)) return store.putIf(key, value, etag);
        await store.put(keys.lockNote('run-1'), closedNote);
        if (etag !== null) throw new Error('AccessDenied');
        return store.putIf(key, value, etag);
      },
    };

    await expect(run(input, { ...account.dependencies, store: refusing })).rejects.toMatchObject({
      name: 'RunClosedError',
    });
    expect(account.codes).toContain('FP_LOCKS_NOT_RELEASED');
  });

  test('is not mistaken for an older one of the same name', async () => {
    const account = await accountWithPolicy(nodes(1));
    const older = { ...closedNote, startedAt: startsAt - 91 * day };
    await account.dependencies.store.put(keys.lockNote('run-1'), older);

    await resolved(account);

    expect((await registryOf(account)).runs).toHaveLength(1);
  });
});
