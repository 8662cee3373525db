import { fleetOf, type NodeChanges } from '../../chaos/nodes.ts';
import { policiesWith } from '../../chaos/play.ts';
import { readPolicyFile } from '../../shared/domain/policy-file.ts';
import { emptyRegistry } from '../../shared/domain/run-lock.ts';
import { playTogether, type SharedAccount } from '../support/shared-account.ts';

const policy = {
  baselines: [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] }],
  rollout: { maxConcurrency: '100%', maxErrors: '100%' },
};

/** Two policies that no build can see to claim the same nodes: each of them carries both spellings of the tag. */
const policies = readPolicyFile(
  { version: 1, policies: { web: { patchGroup: 'web', ...policy }, db: { patchGroup: 'db', ...policy } } },
  'fleet.yml',
);
const both: NodeChanges = { tags: { PatchGroup: 'web', 'Patch Group': 'db' } };

/** The runs that sent a node its Install, by the node. */
function patchedBy({ aws }: SharedAccount): ReadonlyMap<string, readonly string[]> {
  const runs = new Map<string, string[]>();
  for (const { comment, nodeIds } of aws.ssm.journal.commands) {
    const [runId = '', , step] = comment.split(' ');
    if (step !== 'patch') continue;
    for (const nodeId of nodeIds) runs.set(nodeId, [...(runs.get(nodeId) ?? []), runId]);
  }
  return runs;
}

/** Patch operations that met on a node. */
function collisions({ aws }: SharedAccount): string[] {
  const patches = aws.ssm.journal.executions.filter(({ document }) => document === 'AWS-RunPatchBaseline');
  return patches.flatMap((one, index) =>
    patches
      .slice(index + 1)
      .filter((other) => other.nodeId === one.nodeId)
      .filter((other) => other.startedAt < (one.endedAt ?? Number.POSITIVE_INFINITY))
      .filter((other) => one.startedAt < (other.endedAt ?? Number.POSITIVE_INFINITY))
      .map(({ nodeId }) => nodeId),
  );
}

const outcomesOf = (account: SharedAccount, name: string) => account.recordOf(name).outcomes;

describe('two runs at once', () => {
  test('[F17] of two policies that claim the same nodes: each node is patched by exactly one of them', async () => {
    const nodes = fleetOf(12, [], both);

    const account = await playTogether({
      nodes,
      policies,
      starts: [
        { name: 'web-run', request: { policy: 'web' } },
        { name: 'db-run', request: { policy: 'db' } },
      ],
    });

    const records = ['web-run', 'db-run'].map(account.recordOf);
    expect(patchedBy(account).size).toBe(12);
    expect([...patchedBy(account).values()].every((runs) => runs.length === 1)).toBe(true);
    expect(collisions(account)).toEqual([]);
    expect(records.map(({ nodesInScope }) => nodesInScope)).toEqual([12, 12]);
    const outcomes = records.flatMap((record) => record.nodes.map(({ outcome }) => outcome));
    expect(outcomes.toSorted()).toEqual([...Array(12).fill('NotReached'), ...Array(12).fill('Patched')]);
    expect(account.locks()).toEqual(emptyRegistry);
  });

  test('[F17] of the same policy, one started in the middle of the other: it leaves all alone, says why, and fails', async () => {
    const nodes = fleetOf(6);

    const account = await playTogether({
      nodes,
      policies: policiesWith(),
      starts: [
        { name: 'first', request: { policy: 'web' } },
        { name: 'second', request: { policy: 'web' }, atMinute: 3 },
      ],
    });

    expect(outcomesOf(account, 'first')).toEqual({ Patched: 6 });
    expect(outcomesOf(account, 'second')).toEqual({ NotReached: 6 });
    expect(account.recordOf('second')).toMatchObject({
      status: 'Failed',
      reason: 'no node of 6 ended well; the first: NotReached, locked by run first of policy web',
    });
    expect(account.executions['second']).toMatchObject({ status: 'FAILED', error: 'RunFailed' });
    expect(account.aws.published.map(({ message }) => message).join()).toContain('locked by run first');
    expect(collisions(account)).toEqual([]);
    expect(account.locks()).toEqual(emptyRegistry);
  });

  test('of which one has more nodes: it patches those that are its alone', async () => {
    const shared = fleetOf(4, [], both);
    const own = fleetOf(9)
      .slice(4)
      .map((node) => ({ ...node, tags: { PatchGroup: 'web' } }));
    const nodes = [...shared, ...own.filter(({ nodeId }) => shared.every((each) => each.nodeId !== nodeId))];

    const account = await playTogether({
      nodes,
      policies,
      starts: [
        { name: 'db-run', request: { policy: 'db' } },
        { name: 'web-run', request: { policy: 'web' }, atMinute: 2 },
      ],
    });

    expect(outcomesOf(account, 'db-run')).toEqual({ Patched: 4 });
    expect(outcomesOf(account, 'web-run')).toEqual({ Patched: nodes.length - 4, NotReached: 4 });
    expect(account.recordOf('web-run').status).toBe('Succeeded');
  });

  test('[F03] [F04] under throttling, lost replies and dying handlers: as if there were none', async () => {
    const account = await playTogether({
      nodes: fleetOf(10, [], both),
      policies,
      seed: 7,
      faults: { throttle: 0.1, 'lost-reply': 0.1, 'server-error': 0.05, 'killed-handler': 0.03 },
      starts: [
        { name: 'web-run', request: { policy: 'web' } },
        { name: 'db-run', request: { policy: 'db' } },
      ],
    });

    const owners = [...patchedBy(account).values()].map((runs) => new Set(runs).size);
    expect(account.strikes['killed-handler']).toBeGreaterThan(0);
    expect(owners).toEqual(Array(10).fill(1));
    expect(collisions(account)).toEqual([]);
    expect(account.locks()).toEqual(emptyRegistry);
  });
});

describe('a run that is aborted', () => {
  const slow: NodeChanges = { fate: { installSeconds: 1800 } };

  test('[F17] gives its nodes back through close-run; what SSM could not stop stays locked until it has ended', async () => {
    const account = await playTogether({
      nodes: fleetOf(10, [], slow),
      policies: policiesWith(),
      starts: [
        { name: 'first', request: { policy: 'web' }, abortAtMinute: 8 },
        { name: 'second', request: { policy: 'web' }, atMinute: 13 },
        { name: 'third', request: { policy: 'web' }, atMinute: 200 },
      ],
    });

    const locked = Object.values(account.accountsOf('second')).filter(({ reason }) => /^locked/.test(reason));
    expect(account.executions['first']?.status).toBe('ABORTED');
    expect(outcomesOf(account, 'first')).toEqual({ Unknown: 10 });
    expect(locked.length).toBeGreaterThan(0);
    expect(locked.length).toBeLessThan(10);
    expect(outcomesOf(account, 'second')).toEqual({ Patched: 10 - locked.length, NotReached: locked.length });
    expect(account.recordOf('third').nodes.filter(({ outcome }) => outcome === 'NotReached')).toEqual([]);
    expect(collisions(account)).toEqual([]);
    expect(account.locks()).toEqual(emptyRegistry);
  });
});
