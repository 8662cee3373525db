import {
  aNode,
  findingIdOf,
  importedEvent,
  inspectorFinding,
  patchFinding,
  scannedAt,
  withMember,
} from '../../support/finding-events.ts';
import { World } from './world.ts';

const other = 'i-0123456789abcdef1';
const stray = 'i-0123456789abcdef9';
const found = (finding: Parameters<typeof patchFinding>[0] = {}) => importedEvent(patchFinding(finding));
const home = { accountId: '111122223333', region: 'us-east-1' };

/** News of two policies, a node of none, something stale, something malformed, and something of Inspector's. */
async function eventfulWorld(): Promise<World> {
  const world = new World({ 'prd-web': { alerts: { inspector: true } }, 'stg-web': { scopes: [home] } });
  world.knows('prd-web', [aNode, 'i-0123456789abcdef2']);
  world.knows('stg-web', [other]);
  world.send(found({ nodeId: 'i-0123456789abcdef2', foundAt: scannedAt - 10_000, commandId: 'before' }));
  await world.deliver();
  await world.troubles.noteCompliant(home, 'i-0123456789abcdef2', scannedAt - 5_000);
  world.messages.length = 0;
  world.send(
    found(),
    found({ nodeId: other }),
    found({ nodeId: stray, accountId: '444455556666' }),
    found({ nodeId: 'i-0123456789abcdef2', foundAt: scannedAt - 6_000, commandId: 'stale' }),
    importedEvent(inspectorFinding()),
    importedEvent(withMember(patchFinding({ nodeId: 'i-0123456789abcdef3' }), 'Severity', {})),
  );
  return world;
}

/** What has to be true in the end, whatever happened on the way. `messages`: how often each policy was told. */
function outcomeOf(world: World) {
  return {
    queue: world.queue.length,
    told: [aNode, other, stray, 'CVE-2026-0001'].map((text) => world.toldOf(text) > 0),
    marks: [findingIdOf({}), findingIdOf({ nodeId: other })].map((id) => world.hub.marks.get(id)?.status),
    stale: world.hub.marks.get(findingIdOf({ nodeId: 'i-0123456789abcdef2', commandId: 'stale' }))?.status,
    known: [...world.troubles.items.values()]
      .map(({ nodeId, tellings, missing }) => [nodeId, tellings, missing])
      .toSorted(),
    isBuried: world.buried.length > 0,
  };
}

describe('an invocation that dies', () => {
  test('after any of its calls leaves nothing lost; only after a publishing is anything told twice', async () => {
    const undisturbed = await eventfulWorld();
    undisturbed.calls.length = 0;
    await undisturbed.deliver();
    const calls = [...undisturbed.calls];
    const expected = outcomeOf(undisturbed);

    const twice: string[] = [];
    for (let after = 0; after <= calls.length; after += 1) {
      const world = await eventfulWorld();
      await world.deliverAndDie(after);
      await world.deliver();
      await world.deliver();
      expect(outcomeOf(world)).toEqual(expected);
      if (world.messages.length > undisturbed.messages.length) twice.push(calls[after - 1] ?? '');
    }

    expect(expected).toMatchObject({
      queue: 0,
      told: [true, true, true, true],
      stale: 'RESOLVED',
      isBuried: true,
    });
    expect(undisturbed.messages).toHaveLength(3);
    // Between a publishing and its note nobody can know. With the note, half done, fewer nodes are told twice.
    expect(twice.filter((call) => call !== 'publish' && call !== 'finish')).toEqual([]);
    expect(twice).toContain('publish');
  });

  test('after it has told, and before it has remembered, is made up for by its claims', async () => {
    const world = new World();
    world.knows('prd-web', [aNode]);
    world.send(found());
    await world.deliverAndDie(6);
    expect(world.calls).toEqual(['byNode', 'nodesById', 'claim', 'take', 'publish', 'finish', 'remember']);
    expect(world.troubles.items.size).toBe(0);
    world.send(found({ foundAt: scannedAt + 1, missing: 50 }));

    await world.deliver();

    expect([world.toldOf('3 missing'), world.toldOf('50 missing'), world.messages.length]).toEqual([1, 1, 2]);
    expect(world.messages[1]?.text).toMatch(/0 new, 1 worse/);
  });
});

describe('two invocations at once', () => {
  test.each([
    ['the same event', {}],
    ['another event about the same trouble', { foundAt: scannedAt + 60_000 }],
  ])('with %s tell it once', async (_what, second) => {
    const world = new World();
    world.knows('prd-web', [aNode]);
    const twin = new World();
    twin.knows('prd-web', [aNode]);
    Object.assign(twin, {
      claims: world.claims,
      troubles: world.troubles,
      hub: world.hub,
      messages: world.messages,
    });
    world.send(found());
    twin.send(found(second));

    world.beforePublish = async () => void (await twin.deliver());
    await world.deliver();
    const late = twin.queue.length;
    await twin.deliver();

    expect(world.messages).toHaveLength(1);
    expect([late, world.queue.length, twin.queue.length]).toEqual([1, 0, 0]);
    expect(world.hub.marks.size).toBe('foundAt' in second ? 2 : 1);
  });
});

describe('what fails', () => {
  test('while a claim of somebody else stands: the events come again, and are not told twice', async () => {
    const world = new World();
    world.knows('prd-web', [aNode, other]);
    await world.claims.claim(`111122223333/us-east-1/${aNode}#1`);
    const [busy] = world.send(found(), found({ nodeId: other }));

    const again = await world.deliver();
    const meanwhile = [world.toldOf(aNode), world.toldOf(other)];
    await world.deliver();

    expect([again, meanwhile]).toEqual([[busy], [0, 1]]);
    expect([world.toldOf(aNode), world.toldOf(other)]).toEqual([1, 1]);
  });

  test('publishing: nothing is claimed, noted or marked, the events come again, and then it is told', async () => {
    const world = await eventfulWorld();
    const marks = world.hub.marks.size;
    world.failing.add('publish');

    const again = await world.deliver();
    const between = [world.claims.records.size, world.hub.marks.size - marks, world.messages.length];
    world.failing.clear();
    await world.deliver();

    expect(again).toHaveLength(4);
    expect(between).toEqual([1, 1, 0]);
    expect(world.codes()).toContain('FP_FINDINGS_NOT_TOLD');
    expect([world.queue.length, world.messages.length]).toEqual([0, 3]);
  });

  test.each(['finish', 'remember'])('%s alone: nothing is told twice', async (operation) => {
    const world = new World();
    world.knows('prd-web', [aNode]);
    world.send(found());
    world.failing.add(operation);
    await world.deliver();
    world.failing.clear();
    world.send(found());

    await world.deliver();

    expect([world.messages.length, world.queue.length, world.hub.marks.size]).toEqual([1, 0, 1]);
    expect([...world.troubles.items.values()]).toMatchObject([{ tellings: 1 }]);
  });

  test('claiming: the events come again, and nobody else waits', async () => {
    const world = new World();
    world.knows('prd-web', [aNode]);
    world.send(found(), 'malformed');
    world.failing.add('claim');

    const again = await world.deliver();

    expect([again, world.buried.length]).toEqual([['message-1'], 1]);
    expect(world.codes()).toContain('FP_FINDINGS_BUSY');
  });

  test.each(['byNode', 'nodesById'])(
    '%s: the invocation fails before anything is done',
    async (operation) => {
      const world = await eventfulWorld();
      world.failing.add(operation);

      await expect(world.deliver()).rejects.toThrow(`${operation} fails`);
      expect([world.messages, world.buried]).toEqual([[], []]);
    },
  );

  test('[F36] marking, for a reason that passes: the events come again, and are told once', async () => {
    const world = new World();
    world.knows('prd-web', [aNode, other]);
    const [refused] = world.send(found(), found({ nodeId: other }));
    world.hub.refusing.set(findingIdOf({}), { code: 'ConcurrentUpdateError', isPassing: true });

    const again = await world.deliver();
    world.hub.refusing.clear();
    const later = await world.deliver();

    expect([again, later]).toEqual([[refused], []]);
    expect([world.messages.length, world.hub.marks.size]).toEqual([1, 2]);
  });

  test('[F36] marking, for good: it is logged, and the event does not come again', async () => {
    const world = new World();
    world.knows('prd-web', [aNode]);
    world.send(found());
    world.hub.refusing.set(findingIdOf({}), { code: 'FindingNotFound', isPassing: false });

    expect(await world.deliver()).toEqual([]);
    expect(world.logged).toContainEqual([
      'FP_FINDINGS_NOT_MARKED',
      expect.objectContaining({ code: 'FindingNotFound', finding: findingIdOf({}) }),
    ]);
  });

  test('Security Hub as a whole: people are told once, and the events come again to be marked', async () => {
    const world = new World();
    world.knows('prd-web', [aNode]);
    const sent = world.send(found());
    world.failing.add('updateWorkflow');

    const again = [await world.deliver(), await world.deliver()];

    expect(again).toEqual([sent, sent]);
    expect(world.messages).toHaveLength(1);
    expect(world.codes()).toContain('FP_FINDINGS_NOT_MARKED');
  });
});
