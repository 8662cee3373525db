import { fleetOf } from '../../chaos/nodes.ts';
import { type Played, play, policiesWith } from '../../chaos/play.ts';
import { brokenPromises, promiseNames } from '../../chaos/promises/promises.ts';
import { defaultScope } from '../../local/fleet/generate.ts';
import { keys } from '../../shared/domain/keys.ts';

let well: Played;
beforeAll(async () => {
  well = await play({ nodes: fleetOf(2), secondAfterMinutes: 300, tellsOfEnd: true });
});

/** The same run, with its record told otherwise. */
function retold(
  change: (record: NonNullable<Played['record']>) => Partial<NonNullable<Played['record']>>,
): Played {
  const { record } = well;
  return record ? { ...well, record: { ...record, ...change(record) } } : well;
}

describe('the promises', () => {
  test('are kept by two runs one after the other', () => {
    expect(brokenPromises(well)).toEqual([]);
    expect(well.others).toMatchObject([{ name: 'web-run-2', record: { status: 'Succeeded' } }]);
    expect(new Set(promiseNames).size).toBe(promiseNames.length);
  });

  test('are broken by a node that is missing in the account', () => {
    const broken = brokenPromises(retold(({ nodes }) => ({ nodes: nodes.slice(1) })));

    expect(broken).toContainEqual(expect.stringMatching(/was dropped from the account/));
  });

  test('are broken by more at once, more errors, or larger waves than the policy allows, whatever the plan said', () => {
    const under = (rollout: object) => brokenPromises({ ...well, policies: policiesWith({ rollout }) });

    expect(under({ maxConcurrency: '1' })).toContain('wave 1 had 2 nodes in flight, 1 allowed');
    expect(under({ waves: ['1', '100%'] })).toContain('the waves reach 2 of 2 nodes, and 1,2 by the policy');
    expect(under({ maxConcurrency: '2' })).toEqual([]);
    const failed = retold(({ nodes }) => ({
      nodes: nodes.map((node) => ({ ...node, outcome: 'PatchFailed' })),
    }));
    const judged = (maxErrors: string) =>
      brokenPromises({ ...failed, policies: policiesWith({ rollout: { maxErrors } }) });
    expect(judged('50%')).toContain('wave 1 overspent, and the run succeeded');
    expect(judged('2')).not.toContain('wave 1 overspent, and the run succeeded');
  });

  test('are broken by a run that failed and of which nobody was told', () => {
    const broken = brokenPromises(retold(() => ({ status: 'Failed' })));

    expect(broken).toContainEqual('nobody was told that the run Failed');
    expect(broken).toContainEqual('the execution SUCCEEDED of a run that Failed');
  });

  test('are broken by a run that left no record though it succeeded, and not where nobody could close it', () => {
    const { execution } = well;
    const without = { ...well, record: undefined };
    const failed = { ...without, execution: { ...execution, status: 'FAILED' as const } };

    expect(brokenPromises(without)).toEqual(['the run left no record']);
    const toldBy = (delivered: number, dead: number, ...failures: readonly string[]) =>
      brokenPromises({ ...failed, strikes: { 'hung-handler': 1 }, told: { delivered, dead, failures } });
    expect(toldBy(2, 1, 'Sandbox.Timedout')).toEqual(['the run left no record']);
    expect(toldBy(1, 1, 'Sandbox.Timedout')).toEqual([]);
    expect(toldBy(1, 1, 'Sandbox.Timedout', 'TypeError')).toContain('the run left no record');
    expect(toldBy(1, 1, 'AccessDenied')).toContain('the run left no record');
    expect(toldBy(0, 0)).toEqual(['the run left no record']);
    const byItself = { ...failed, told: { delivered: 1, dead: 1, failures: ['Sandbox.Timedout'] } };
    expect(brokenPromises(byItself)).toContain('the run left no record');
    const silenced = {
      ...failed,
      strikes: { 'delivered-never': 1 },
      told: { delivered: 0, dead: 0, failures: [] },
    };
    expect(brokenPromises(silenced)).toEqual([]);
  });

  test('are broken by a node that is in two runs at once', () => {
    const { journal } = well.aws.ssm;
    const executions = journal.executions.map((each) => ({
      ...each,
      endedAt: (each.endedAt ?? 0) + 86_400_000,
    }));
    const ssm = { ...well.aws.ssm, journal: { ...journal, executions } };

    const broken = brokenPromises({ ...well, aws: { ...well.aws, ssm } });

    expect(broken).toContainEqual(expect.stringMatching(/was in web-run and in web-run-2 at once/));
  });

  test('are broken by a node that is reported as patched, and lacks something in truth', () => {
    const truthOf = () => ({ missing: 1, pendingReboot: 0, isThere: true });
    const ssm = { ...well.aws.ssm, truthOf };

    const broken = brokenPromises({ ...well, aws: { ...well.aws, ssm } });

    expect(broken).toContainEqual(expect.stringMatching(/is Patched, and is not/));
  });

  test('are broken by a node that is owed its post-hook, and that no alert names', () => {
    const unknown = retold(({ nodes }) => ({
      nodes: nodes.map((node) => ({ ...node, outcome: 'Unknown', batch: 'w1-b1' })),
    }));
    const { journal } = well.aws.ssm;
    const commands = journal.commands.filter(({ comment }) => !comment.includes('postHook'));
    const ssm = { ...well.aws.ssm, journal: { ...journal, commands } };

    const broken = brokenPromises({ ...unknown, aws: { ...well.aws, ssm } });

    expect(broken).toContainEqual(expect.stringMatching(/nobody was told that .* is owed its post-hook/));
  });

  test('are broken by a node that stays locked, but where an alarm said so', () => {
    const runId = well.record?.runId ?? '';
    const expiresAt = Math.ceil(well.overAt) + 1;
    const registry = {
      version: 1,
      runs: [{ runId, policy: 'web', expiresAt, nodeIds: ['i-1'] }],
    };
    const object = (bucket: string, key: string): Buffer =>
      key === keys.locks(defaultScope)
        ? Buffer.from(JSON.stringify(registry))
        : well.aws.s3.object(bucket, key);
    const locked = { ...well, aws: { ...well.aws, s3: { ...well.aws.s3, object } } };

    expect(brokenPromises(locked)).toEqual(['the run is over, and i-1 stayed locked']);
    expect(brokenPromises({ ...locked, overAt: expiresAt })).toEqual([]);
    const alarmed = { ...locked, unreleased: new Map([[runId, ['AccessDenied: Access Denied']]]) };
    expect(brokenPromises(alarmed)).toContain('the run is over, and i-1 stayed locked');
    expect(brokenPromises({ ...alarmed, strikes: { 's3-denied': 1 } })).toEqual([]);
    expect(brokenPromises({ ...alarmed, strikes: { throttle: 1 } })).toContain(
      'the run is over, and i-1 stayed locked',
    );
  });

  test('are broken by what fails though no fault made it', () => {
    const [first] = well.events;
    const failing = { ...Object(first), type: 'StateFailed', stateName: 'NotifyRunEnded' };
    const events = [...well.events, failing];
    const told = { delivered: 2, dead: 0, failures: ['Error'] };
    const unreleased = new Map([['web-run', ['TypeError: x']]]);

    expect(brokenPromises({ ...well, events })).toEqual(['NotifyRunEnded failed, and no fault made it']);
    expect(brokenPromises({ ...well, events, strikes: { 'killed-handler': 1 } })).toEqual([]);
    const mistaken = { ...well, told, unreleased, strikes: { throttle: 9, 'killed-handler': 9 } };
    expect(brokenPromises(mistaken)).toEqual([
      'close-run failed with Error, and no fault made it',
      'locks stayed for TypeError: x, and no fault made it',
    ]);
  });

  test('are broken by a request that AWS refuses, for its form or without a fault', () => {
    const denied = { ...well.calls, refusals: { 's3:PutObject AccessDenied': 1 } };
    expect(brokenPromises({ ...well, calls: denied })).toEqual(['AWS refused s3:PutObject AccessDenied']);
    expect(brokenPromises({ ...well, calls: denied, strikes: { 's3-denied': 1 } })).toEqual([]);

    const calls = { ...well.calls, refusals: { 'ssm:SendCommand ValidationException': 1 } };

    expect(brokenPromises({ ...well, calls })).toEqual(['AWS refused ssm:SendCommand ValidationException']);
  });
});
