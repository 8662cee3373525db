import {
  aNode,
  findingIdOf,
  importedEvent,
  inspectorFinding,
  iso,
  patchFinding,
  scannedAt,
  withMember,
} from '../../support/finding-events.ts';
import { config } from '../../support/handler-dependencies.ts';
import { World } from './world.ts';

const hour = 3_600_000;
const other = 'i-0123456789abcdef1';
const found = (finding: Parameters<typeof patchFinding>[0] = {}) => importedEvent(patchFinding(finding));

/** A world whose nodes belong to `prd-web`. */
function worldWith(policies?: ConstructorParameters<typeof World>[0]): World {
  const world = new World(policies);
  world.knows('prd-web', [aNode, other]);
  return world;
}

describe('a finding', () => {
  test('is told, noted, and marked with a note of when and in which message', async () => {
    const world = worldWith();
    world.send(found());

    const again = await world.deliver();

    expect(again).toEqual([]);
    expect(world.messages).toMatchObject([
      { topicArn: config.alertsTopicArn, attributes: { policy: 'prd-web', kind: 'findings' } },
    ]);
    expect(world.toldOf(aNode)).toBe(1);
    expect([...world.troubles.items.values()]).toMatchObject([
      { nodeId: aNode, policy: 'prd-web', severity: 'HIGH', missing: 3, foundAt: scannedAt, tellings: 1 },
    ]);
    const id = world.messages[0]?.attributes['id'];
    expect(world.hub.marks.get(findingIdOf({}))).toMatchObject({
      status: 'NOTIFIED',
      note: expect.stringMatching(
        new RegExp(`^Told by fleet-patcher on 2026-11-22T03:16:00.000Z in message ${id}`),
      ),
    });
  });

  test('[F35] of the same trouble, by a later scan, is not told again, and is marked', async () => {
    const world = worldWith();
    world.send(found());
    await world.deliver();
    world.now += 9 * hour;
    world.send(found({ foundAt: scannedAt + 8 * hour }));

    await world.deliver();

    expect(world.messages).toHaveLength(1);
    expect(world.hub.marks.get(findingIdOf({ foundAt: scannedAt + 8 * hour }))?.note).toMatch(
      /told .* before/,
    );
  });

  test('of worse trouble is told again', async () => {
    const world = worldWith();
    world.send(found());
    await world.deliver();
    world.now += 9 * hour;
    world.send(found({ foundAt: scannedAt + 8 * hour, missing: 9 }));

    await world.deliver();

    expect(world.messages).toHaveLength(2);
  });

  test('of an older scan is not told, and does not lower what is known', async () => {
    const world = worldWith();
    world.send(found({ missing: 9 }));
    await world.deliver();
    world.send(found({ foundAt: scannedAt - 8 * hour, missing: 1 }));

    await world.deliver();

    expect(world.messages).toHaveLength(1);
    expect([...world.troubles.items.values()]).toMatchObject([{ missing: 9, foundAt: scannedAt }]);
    expect(world.hub.marks.size).toBe(2);
  });

  test('from before a compliant scan is resolved at once, and not told', async () => {
    const world = worldWith();
    world.send(found());
    await world.deliver();
    await world.troubles.noteCompliant(
      { accountId: '111122223333', region: 'us-east-1' },
      aNode,
      scannedAt + hour,
    );
    world.send(found({ commandId: 'late', foundAt: scannedAt + hour / 2, missing: 50 }));

    await world.deliver();

    expect(world.messages).toHaveLength(1);
    expect(world.hub.marks.get(findingIdOf({ commandId: 'late' }))).toMatchObject({ status: 'RESOLVED' });
  });

  test('from before a compliant scan that only the clock knows of is resolved at once too', async () => {
    const world = new World();
    const counts = { missing: 0, failed: 0, pendingReboot: 0, rejected: 0 };
    const operation = {
      kind: 'Scan',
      baselineId: 'pb-0',
      snapshotId: null,
      endedAt: scannedAt + 1,
      ...counts,
    } as const;
    world.knows('prd-web', [aNode], operation);
    world.knows('prd-web', [other], { ...operation, kind: 'Install' });
    world.send(found(), found({ nodeId: other }));

    await world.deliver();

    expect([world.toldOf(aNode), world.toldOf(other)]).toEqual([0, 1]);
    expect(world.hub.marks.get(findingIdOf({}))).toMatchObject({ status: 'RESOLVED' });
  });

  test('of trouble that went and came back is told again', async () => {
    const world = worldWith();
    world.send(found());
    await world.deliver();
    await world.troubles.noteCompliant(
      { accountId: '111122223333', region: 'us-east-1' },
      aNode,
      scannedAt + hour,
    );
    world.now += 3 * hour;
    world.send(found({ foundAt: scannedAt + 2 * hour, missing: 1, failed: 0 }));

    await world.deliver();

    expect(world.messages).toHaveLength(2);
  });

  test("below the policy's minimum is left NEW, and remembered", async () => {
    const world = worldWith({ 'prd-web': { alerts: { minimumSeverity: 'HIGH' } } });
    world.send(found({ severity: 'MEDIUM' }));

    const again = await world.deliver();

    expect([again, world.messages, world.hub.marks.size]).toEqual([[], [], 0]);
    expect([...world.troubles.items.values()]).toMatchObject([
      { severity: 'MEDIUM', tellings: 0, toldAt: null },
    ]);
  });

  test('[F34] that comes back because we marked it does nothing', async () => {
    const world = worldWith();
    world.send(importedEvent(withMember(patchFinding(), 'Workflow.Status', 'NOTIFIED')));

    await world.deliver();

    expect(world.calls).toEqual([]);
  });
});

describe('a digest', () => {
  test('is one a policy, in its language and to its chat', async () => {
    const world = new World({ 'prd-web': { alerts: { language: 'ja', chat: true } }, 'stg-web': {} });
    world.knows('prd-web', [aNode]);
    world.knows('stg-web', [other, 'i-0123456789abcdef2']);
    world.send(found(), found({ nodeId: other }), found({ nodeId: 'i-0123456789abcdef2' }));

    await world.deliver();

    const told = world.messages.map(({ topicArn, attributes }) => [topicArn, attributes['policy']]);
    expect(told).toEqual([
      [config.alertsTopicArn, 'prd-web'],
      [config.chatTopicArn, 'prd-web'],
      [config.alertsTopicArn, 'stg-web'],
    ]);
    expect(world.messages[0]?.text).toMatch(/\p{Script=Hiragana}/u);
    expect(world.messages[2]?.text).not.toMatch(/\p{Script=Hiragana}/u);
  });

  test('takes the newest of several findings of a node, and marks all of them', async () => {
    const world = worldWith();
    const times = [2, 0, 1].map((hours) => scannedAt - hours * hour);
    world.send(...times.map((foundAt) => found({ foundAt, missing: foundAt === scannedAt ? 41 : 77 })));

    await world.deliver();

    expect(world.messages).toHaveLength(1);
    expect([world.toldOf('41'), world.toldOf('77')]).toEqual([1, 0]);
    expect(world.hub.marks.size).toBe(3);
  });

  test('has the same id when the same is told again', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const world = worldWith();
        world.send(found(), found({ nodeId: other }));
        await world.deliver();
        return world.messages[0]?.attributes['id'];
      }),
    );

    expect(ids[0]).toMatch(/^findings-2026-11-22-[0-9a-f]{12}$/);
    expect(ids[1]).toBe(ids[0]);
  });
});

describe("Inspector's finding", () => {
  test.each([
    [true, 1],
    [false, 0],
  ])('is told if the policy says inspector: %s, once', async (inspector, count) => {
    const world = worldWith({ 'prd-web': { alerts: { inspector } } });
    world.send(importedEvent(inspectorFinding()), importedEvent(inspectorFinding()));
    await world.deliver();
    world.send(importedEvent(inspectorFinding()));

    const again = await world.deliver();

    expect(again).toEqual([]);
    expect(world.toldOf('CVE-2026-0001')).toBe(count);
    expect(world.messages).toHaveLength(count);
    expect(world.hub.marks.size).toBe(count);
  });

  test('is told again when it has changed, and never below the minimum', async () => {
    const world = worldWith({ 'prd-web': { alerts: { inspector: true, minimumSeverity: 'HIGH' } } });
    world.send(importedEvent(inspectorFinding()));
    await world.deliver();
    world.send(
      importedEvent(inspectorFinding({ UpdatedAt: iso(scannedAt + hour) })),
      importedEvent(inspectorFinding({ Id: 'low', Severity: { Label: 'LOW' } })),
    );

    await world.deliver();

    expect(world.messages).toHaveLength(2);
    expect(world.hub.marks.has('low')).toBe(false);
  });

  test("shares the node's line with Patch Manager's", async () => {
    const world = worldWith({ 'prd-web': { alerts: { inspector: true } } });
    world.send(found({ severity: 'LOW' }), importedEvent(inspectorFinding()));

    await world.deliver();

    expect(world.messages).toHaveLength(1);
    expect(world.messages[0]?.text).toContain('CRITICAL');
    expect(world.hub.marks.size).toBe(2);
  });
});

describe('what cannot be understood', () => {
  test('goes to the dead letters as it came, with its reason, and costs its neighbours nothing', async () => {
    const world = worldWith();
    const [first, second] = world.send(
      '{"not":',
      found(),
      importedEvent(withMember(patchFinding(), 'Severity', {})),
    );

    const again = await world.deliver();

    expect([again, world.messages.length]).toEqual([[], 1]);
    expect(world.buried).toMatchObject([
      { id: first, body: '{"not":', attributes: { reason: 'the body is not JSON', messageId: first } },
      { attributes: { reason: expect.stringMatching(/^detail\.findings\[0\]\.Severity/) } },
    ]);
    expect(second).not.toBe(world.buried[1]?.id);
  });

  test('in an event with something good: that is told, and the event is buried', async () => {
    const world = worldWith();
    world.send(importedEvent(withMember(patchFinding({ nodeId: other }), 'Resources', []), patchFinding()));

    await world.deliver();

    expect([world.toldOf(aNode), world.buried.length]).toEqual([1, 1]);
  });

  test('has a reason in ASCII, and no longer than anybody reads', async () => {
    const world = worldWith();
    world.send({ ...importedEvent(), source: 'とても長い'.repeat(100) });

    await world.deliver();

    expect(world.buried[0]?.attributes['reason']).toMatch(/^source: "\?.{1,240}$/);
    expect(world.buried[0]?.attributes['reason']).toMatch(/^[\x20-\x7e]+$/);
  });

  test('is left to the queue if the dead letters do not take it', async () => {
    const world = worldWith();
    world.failing.add('sendMessages');
    const [bad] = world.send('no', found());

    expect(await world.deliver()).toEqual([bad]);
    expect(world.messages).toHaveLength(1);
  });

  test('is buried once, after its good neighbours in the same event are done', async () => {
    const world = worldWith();
    world.send(importedEvent(withMember(patchFinding(), 'Severity', {}), patchFinding()));
    world.failing.add('publish');
    await world.deliver();
    const early = world.buried.length;
    world.failing.clear();

    await world.deliver();

    expect([early, world.buried.length, world.messages.length]).toEqual([0, 1, 1]);
  });
});
