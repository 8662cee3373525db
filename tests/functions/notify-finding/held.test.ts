import {
  aNode,
  findingIdOf,
  importedEvent,
  inspectorFinding,
  patchFinding,
  scannedAt,
} from '../../support/finding-events.ts';
import { World } from './world.ts';

const minute = 60_000;
const first = 'i-0123456789abcdef8';
const other = 'i-0123456789abcdef1';
const home = { accountId: '111122223333', region: 'us-east-1' };
const found = (finding: Parameters<typeof patchFinding>[0] = {}) => importedEvent(patchFinding(finding));

/** A world whose people have been told of a first node five minutes ago. */
async function toldWorld(policies?: ConstructorParameters<typeof World>[0]): Promise<World> {
  const world = new World(policies);
  world.knows('prd-web', [first, aNode, other]);
  world.waitMinutes = 5;
  world.send(found({ nodeId: first }));
  await world.deliver();
  expect(world.messages).toHaveLength(1);
  return world;
}

describe('news that comes soon after a message', () => {
  test('is held, its finding left NEW and its event acknowledged; the report tells it, and marks it', async () => {
    const world = await toldWorld();
    world.send(found(), found({ nodeId: other, commandId: 'one', severity: 'CRITICAL' }));

    const again = await world.deliver();
    const between = [world.messages.length, world.hub.marks.size, world.held.items.size];
    const nodesTold = await world.report();

    expect([again, between, nodesTold]).toEqual([[], [1, 1, 2], 2]);
    expect(world.messages).toHaveLength(2);
    expect(world.messages[1]?.subject).toMatch(/prd-web: 2 servers lack patches, worst CRITICAL/);
    expect(world.messages[1]?.text).toMatch(/2 new, 0 worse than told before, from 2 findings/);
    expect(world.hub.marks.get(findingIdOf({}))).toMatchObject({
      status: 'NOTIFIED',
      note: expect.stringContaining(`in message ${world.messages[1]?.attributes['id']}`),
    });
    expect([world.held.items.size, world.hub.marks.size, await world.report()]).toEqual([0, 3, 0]);
    expect(world.messages).toHaveLength(2);
  });

  test('is told as it would have been told at once', async () => {
    const events = [found({ severity: 'LOW' }), found({ nodeId: other }), importedEvent(inspectorFinding())];
    const alerts = { alerts: { inspector: true } };
    const atOnce = new World({ 'prd-web': alerts });
    atOnce.knows('prd-web', [aNode, other]);
    atOnce.now += 10 * minute;
    atOnce.send(...events);
    await atOnce.deliver();
    const held = await toldWorld({ 'prd-web': alerts });
    for (const event of events) {
      held.send(event, event);
      await held.deliver();
    }
    held.now = atOnce.now - 70 * minute;

    await held.report();

    expect(held.messages[1]).toEqual(atOnce.messages[0]);
    for (const [id, { status }] of atOnce.hub.marks) expect(held.hub.marks.get(id)?.status).toBe(status);
  });

  test('of worse trouble is told as worse, by the newest of what was held', async () => {
    const world = await toldWorld();
    for (const missing of [7, 9, 8]) {
      const foundAt = scannedAt + missing * 1_000;
      world.send(found({ nodeId: first, missing, foundAt }));
      await world.deliver();
    }

    await world.report();

    expect(world.messages).toHaveLength(2);
    expect(world.messages[1]?.text).toMatch(/0 new, 1 worse than told before, from 3 findings/);
    expect(world.toldOf('9 missing')).toBe(1);
    expect(world.hub.marks.size).toBe(4);
  });

  test('of another policy, or of no policy, is told at once', async () => {
    const world = await toldWorld({ 'prd-web': {}, 'stg-web': {} });
    world.knows('stg-web', [other]);
    world.send(found({ nodeId: other }), found({ nodeId: 'i-0123456789abcdef9', accountId: '444455556666' }));

    await world.deliver();

    const policies = world.messages.map(({ attributes }) => attributes['policy']);
    expect(policies).toEqual(['prd-web', 'stg-web', 'none']);
    expect(world.held.items.size).toBe(0);
  });

  test('of no policy is held too, wherever the node is', async () => {
    const world = await toldWorld();
    for (const nodeId of ['i-0123456789abcdef9', 'i-0123456789abcdefa']) {
      world.send(found({ nodeId, accountId: '444455556666', region: 'eu-west-1' }));
      await world.deliver();
    }
    const held = world.held.items.size;

    await world.report();

    expect([held, world.messages.map(({ attributes }) => attributes['policy'])]).toEqual([
      1,
      ['prd-web', 'none', 'none'],
    ]);
    expect(world.messages[2]?.text).toContain('#findings-without-policy');
  });

  test('is told at once again after a quiet hour', async () => {
    const world = await toldWorld();
    world.now += 61 * minute;
    world.send(found());

    await world.deliver();

    expect([world.messages.length, world.held.items.size]).toEqual([2, 0]);
  });

  test('is held after a report too', async () => {
    const world = await toldWorld();
    world.send(found());
    await world.deliver();
    world.now += 50 * minute;
    await world.report();
    world.now += 50 * minute;
    world.send(found({ nodeId: other }));

    await world.deliver();

    expect([world.messages.length, world.held.items.size]).toEqual([2, 1]);
  });
});

describe('a node that is held', () => {
  const operation = {
    kind: 'Scan',
    baselineId: 'pb-0',
    snapshotId: null,
    endedAt: scannedAt + 1,
    missing: 0,
    failed: 0,
    pendingReboot: 0,
    rejected: 0,
  } as const;

  test('and compliant by now is not told, and its finding is resolved', async () => {
    const world = await toldWorld();
    world.send(found());
    await world.deliver();
    world.knows('prd-web', [aNode], operation);

    expect(await world.report()).toBe(0);
    expect([world.messages.length, world.held.items.size]).toEqual([1, 0]);
    expect(world.hub.marks.get(findingIdOf({}))?.status).toBe('RESOLVED');
  });

  test('and told by others meanwhile is not told again, and its finding is marked', async () => {
    const world = await toldWorld();
    world.send(found());
    await world.deliver();
    world.now += 61 * minute;
    world.send(found({ foundAt: scannedAt + minute }));
    await world.deliver();

    expect(await world.report()).toBe(0);
    expect([world.messages.length, world.toldOf(aNode), world.held.items.size]).toEqual([2, 1, 0]);
    expect(world.hub.marks.get(findingIdOf({}))?.status).toBe('NOTIFIED');
  });

  test('and of a policy that is gone by now is told as of none', async () => {
    const world = await toldWorld();
    await world.held.hold(heldAs('gone', world));

    await world.report();

    expect(world.messages[1]?.attributes['policy']).toBe('none');
  });

  test('and that no look has found yet is told to the policy that was found when it came', async () => {
    const world = await toldWorld();
    await world.held.hold(heldAs('prd-web', world));

    await world.report();

    expect(world.messages[1]?.attributes['policy']).toBe('prd-web');
  });

  /** A finding of a node that the clock does not know. */
  function heldAs(policy: string, { held }: World): Parameters<typeof held.hold>[0] {
    const nodeId = 'i-0123456789abcdef7';
    const key = { id: findingIdOf({ nodeId }), productArn: 'arn' };
    const level = { severity: 'HIGH', missing: 1, failed: 0, pendingReboot: 0, foundAt: scannedAt } as const;
    return [{ finding: { kind: 'patch', key, nodeId, ...home, ...level }, policy }];
  }
});

describe('what fails', () => {
  test('holding: the event comes again, and nothing is lost', async () => {
    const world = await toldWorld();
    const [sent] = world.send(found());
    world.failing.add('hold');

    const again = await world.deliver();
    world.failing.clear();
    await world.deliver();

    expect([again, world.held.items.size, world.claims.records.size]).toEqual([[sent], 1, 1]);
  });

  test('publishing the first: the turn is given back, and the next one tells at once', async () => {
    const world = new World();
    world.waitMinutes = 5;
    world.knows('prd-web', [aNode]);
    world.send(found());
    world.failing.add('publish');
    await world.deliver();
    world.failing.clear();

    await world.deliver();

    expect([world.messages.length, world.held.items.size]).toEqual([1, 0]);
  });

  test('publishing in a report: it fails, keeps what is held, and tells it when it is run again', async () => {
    const world = await toldWorld();
    world.send(found());
    await world.deliver();
    world.failing.add('publish');
    await expect(world.report()).rejects.toThrow('held findings of 1 nodes could not be told');
    world.failing.clear();

    expect([world.held.items.size, await world.report(), world.held.items.size]).toEqual([1, 1, 0]);
    expect(world.messages).toHaveLength(2);
  });

  test('[F36] marking in a report: the finding stays held until it is marked, and is told once', async () => {
    const world = await toldWorld();
    world.send(found());
    await world.deliver();
    world.hub.refusing.set(findingIdOf({}), { code: 'ConcurrentUpdateError', isPassing: true });
    await world.report();
    const held = world.held.items.size;
    world.hub.refusing.clear();

    await world.report();

    expect([held, world.held.items.size, world.messages.length]).toEqual([1, 0, 2]);
    expect(world.hub.marks.get(findingIdOf({}))?.status).toBe('NOTIFIED');
  });
});
