import type { Fate, Release } from '../../../../local/fleet/node.ts';
import { AccountUnderTest, node, nodeId, rows, startsAt } from './account-under-test.ts';

const hour = 3_600_000;

/** By state, the KB ids of the node's patches. */
function listing(account: AccountUnderTest): ReadonlyMap<string, readonly string[]> {
  const input = { InstanceId: nodeId(0), MaxResults: 100 };
  const patches = rows(account.call('DescribeInstancePatches', input), 'Patches');
  const byState = Map.groupBy(patches, ({ State }) => String(State));
  return new Map([...byState].map(([state, those]) => [state, those.map(({ KBId }) => String(KBId))]));
}

/** By KB id, when the installed ones say that they were installed. */
function installedTimes(account: AccountUnderTest): ReadonlyMap<unknown, unknown> {
  const Filters = [{ Key: 'State', Values: ['Installed'] }];
  const input = { InstanceId: nodeId(0), Filters, MaxResults: 100 };
  const patches = rows(account.call('DescribeInstancePatches', input), 'Patches');
  return new Map(patches.map(({ KBId, InstalledTime }) => [KBId, InstalledTime]));
}

function oneNode(fates: Partial<Fate>): AccountUnderTest {
  return new AccountUnderTest([node(0, { fates })]);
}

async function scanned(account: AccountUnderTest): Promise<ReadonlyMap<string, readonly string[]>> {
  account.scan([nodeId(0)]);
  await account.wait(60);
  return listing(account);
}

async function installed(account: AccountUnderTest): Promise<ReadonlyMap<string, readonly string[]>> {
  account.install([nodeId(0)]);
  await account.wait(500);
  return listing(account);
}

describe('a patch keeps its state', () => {
  test('the stubborn ones are the same after every Install and Scan', async () => {
    const account = oneNode({ stubbornPatches: 2 });
    const before = listing(account).get('Missing') ?? [];

    const first = await installed(account);
    const second = await scanned(account);
    await installed(account);
    const last = await scanned(account);

    const stubborn = second.get('Missing');
    expect(stubborn).toEqual(before.slice(3));
    expect(last.get('Missing')).toEqual(stubborn);
    expect(first.get('Installed')).toEqual(expect.arrayContaining(before.slice(0, 3)));
    expect(last.get('Installed')).toEqual(first.get('Installed'));
  });

  test.each([5, 0])(
    'an Install that fails does so at the same patch, %d missing at first',
    async (missingPatches) => {
      const releases = [1, 2].map((hours) => ({ at: startsAt + hours * hour, patches: 2 }));
      const account = oneNode({ missingPatches, install: 'fails', releases });
      await account.wait(3600);

      const first = await installed(account);
      await account.wait(3600);
      const second = await installed(account);

      expect(first.get('Failed')).toHaveLength(1);
      expect(second.get('Failed')).toEqual(first.get('Failed'));
    },
  );

  test('when it was installed is told the same by every later operation', async () => {
    const account = oneNode({});
    await installed(account);
    const before = installedTimes(account);

    await account.wait(86_400);
    await scanned(account);

    expect(installedTimes(account)).toEqual(before);
    expect(new Set(before.values()).size).toBeGreaterThan(1);
  });
});

describe('a release', () => {
  const release = (hours: number, patches: number): Release => ({ at: startsAt + hours * hour, patches });

  test('is asked for by the first operation that starts after it, with patches that are new', async () => {
    const account = oneNode({ releases: [release(1, 2), release(5, 1)] });
    const old = [...(await scanned(account)).values()].flat();

    await account.wait(3600);
    const unseen = listing(account);
    const seen = await scanned(account);

    const added = (seen.get('Missing') ?? []).filter((id) => !old.includes(id));
    expect(unseen.get('Missing')).toHaveLength(5);
    expect(seen.get('Missing')).toHaveLength(7);
    expect(added).toHaveLength(2);
  });

  test('is installed like the others, and a node that was current reboots for it', async () => {
    const account = oneNode({ missingPatches: 0, releases: [release(1, 3)] });
    await account.wait(3700);

    const commandId = account.install([nodeId(0)]);
    await account.wait(330);
    const during = account.details(commandId);
    await account.wait(120);

    expect([during, account.details(commandId)]).toEqual([['InProgress'], ['Success']]);
    expect(account.patchState(nodeId(0))).toMatchObject({ InstalledCount: 43, MissingCount: 0 });
  });

  test('leaves the stubborn ones what they are', async () => {
    const account = oneNode({ stubbornPatches: 1, releases: [release(1, 3)] });
    await installed(account);
    const before = await scanned(account);
    await account.wait(3600);

    const released = await scanned(account);
    await installed(account);
    const after = await scanned(account);

    expect(released.get('Missing')).toHaveLength(4);
    expect(after.get('Missing')).toEqual(before.get('Missing'));
  });
});
