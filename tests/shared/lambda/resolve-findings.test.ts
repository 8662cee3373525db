import type { Trouble } from '../../../shared/domain/findings/trouble.ts';
import { type CompliantNode, resolveFindings } from '../../../shared/lambda/resolve-findings.ts';
import { recordingLog } from '../../support/handler-dependencies.ts';
import { MemorySecurityHub, MemoryTroubles } from '../../support/memory-findings.ts';

const place = { accountId: '111122223333', region: 'us-east-1' };
const nodeId = 'i-0123456789abcdef0';
const trouble: Trouble = {
  nodeId,
  policy: 'prd-web',
  severity: 'HIGH',
  missing: 3,
  failed: 0,
  pendingReboot: 0,
  foundAt: 1_000,
  tellings: 1,
  toldAt: 1_100,
  toldFoundAt: 1_000,
  compliantSince: null,
  resolvedThrough: null,
};
const keyOf = (id: string) => ({
  id,
  productArn: 'arn:aws:securityhub:us-east-1::product/aws/ssm-patch-manager',
});

/** A node with trouble, and two findings about it from before 1,500 and one from after. */
async function start(different: Partial<Trouble> = {}) {
  const troubles = new MemoryTroubles();
  const hub = new MemorySecurityHub();
  const { codes, log } = recordingLog();
  const { compliantSince, resolvedThrough, ...seen } = { ...trouble, ...different };
  await troubles.remember(place, { ...seen, compliantSince: null, resolvedThrough: null });
  if (compliantSince !== null) await troubles.noteCompliant(place, nodeId, compliantSince);
  if (resolvedThrough !== null) await troubles.noteResolved(place, nodeId, resolvedThrough);
  hub.open = [
    { key: keyOf('first'), nodeId, foundAt: 900 },
    { key: keyOf('second'), nodeId, foundAt: 1_000 },
    { key: keyOf('later'), nodeId, foundAt: 1_600 },
  ];
  const resolve = (...nodes: readonly CompliantNode[]) =>
    resolveFindings(place, nodes, {
      troubles,
      securityHub: hub,
      log,
      now: () => Date.parse('2026-11-22T03:16:00Z'),
    });
  return {
    troubles,
    hub,
    codes,
    resolve,
    known: async () => (await troubles.byNode(place, [nodeId])).get(nodeId),
  };
}

describe('the findings of a node that is compliant again', () => {
  test('[F35] are resolved with a note, and one that is newer is not', async () => {
    const { hub, resolve, known } = await start();

    await resolve({ nodeId, compliantSince: 1_500 });

    expect([...hub.marks]).toEqual(
      ['first', 'second'].map((id) => [
        id,
        {
          status: 'RESOLVED',
          note: 'Resolved by fleet-patcher on 2026-11-22T03:16:00.000Z: a later scan showed the node compliant.',
        },
      ]),
    );
    expect(await known()).toMatchObject({ compliantSince: 1_500, resolvedThrough: 1_500 });
  });

  test.each<[string, Partial<Trouble>, CompliantNode]>([
    ['of which nothing was ever found', {}, { nodeId: 'i-0123456789abcdef1', compliantSince: 1_500 }],
    [
      'that is resolved',
      { compliantSince: 1_500, resolvedThrough: 1_500 },
      { nodeId, compliantSince: 1_500 },
    ],
    [
      'that is resolved, by a later scan',
      { compliantSince: 1_500, resolvedThrough: 1_500 },
      { nodeId, compliantSince: 3_000 },
    ],
    ['that has a newer finding', { foundAt: 2_000 }, { nodeId, compliantSince: 1_500 }],
  ])('need no call to Security Hub for a node %s', async (_what, different, node) => {
    const { hub, resolve } = await start(different);

    await resolve(node);

    expect([hub.calls, hub.marks.size]).toEqual([[], 0]);
  });

  test('are resolved again after an invocation that died, or was refused', async () => {
    const { hub, resolve, known } = await start();
    hub.refusing.set('second', { code: 'ConcurrentUpdateError', isPassing: true });
    const act = resolve({ nodeId, compliantSince: 1_500 });
    await expect(act).rejects.toMatchObject({ name: 'SecurityHubUnavailableError' });
    const between = await known();
    hub.refusing.clear();

    await resolve({ nodeId, compliantSince: 1_500 });

    expect(between).toMatchObject({ compliantSince: 1_500, resolvedThrough: null });
    expect([...hub.marks.keys()].toSorted()).toEqual(['first', 'second']);
    expect(await known()).toMatchObject({ resolvedThrough: 1_500 });
  });

  test('that Security Hub refuses for good are logged, and done with', async () => {
    const { hub, resolve, known, codes } = await start();
    hub.refusing.set('second', { code: 'FindingNotFound', isPassing: false });

    await resolve({ nodeId, compliantSince: 1_500 });

    expect(codes).toContain('FP_FINDINGS_NOT_MARKED');
    expect(await known()).toMatchObject({ resolvedThrough: 1_500 });
  });

  test('are asked for after the compliance is noted: what is found late meanwhile is known to be stale', async () => {
    const { troubles, hub, resolve, known } = await start();
    let noted: unknown;
    hub.openPatchFindings = async () => {
      noted = await known();
      throw new Error('Security Hub is away');
    };

    const act = resolve({ nodeId, compliantSince: 1_500 });

    await expect(act).rejects.toThrow('Security Hub is away');
    expect(noted).toMatchObject({ compliantSince: 1_500, resolvedThrough: null });
    expect(troubles.items.size).toBe(1);
  });
});
