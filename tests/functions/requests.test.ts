import { VirtualClock } from '../../local/clock.ts';
import type { FaultRates } from '../../local/faults.ts';
import type { FleetNode } from '../../local/fleet/node.ts';
import { rehearse } from '../../local/rehearsal.ts';
import { readPolicyFile } from '../../shared/domain/policy-file.ts';
import { node, nodeId, startsAt } from '../local/aws/ssm/account-under-test.ts';
import { home } from '../support/embedded-account.ts';
import { brokenLimits, operationLimits } from '../support/service-limits.ts';
import { recordRequests } from './requests.ts';

const spoke = {
  accountId: '444455556666',
  region: 'eu-west-1',
  roleArn: 'arn:aws:iam::444455556666:role/fleet-patcher-spoke',
  externalId: 'fleet-patcher',
};
const policies = readPolicyFile(
  {
    version: 1,
    policies: {
      'prd-web': {
        patchGroup: 'prd-web',
        scopes: [home, spoke],
        baselines: [{ operatingSystem: 'AMAZON_LINUX_2023', rules: [{ approveAfterDays: 7 }] }],
        install: { schedule: 'rate(7 days)', timeZone: 'Asia/Tokyo', durationHours: 6, cutoffHours: 1 },
        rollout: { waves: ['2', '100%'], maxConcurrency: '50%', maxErrors: '100%' },
        alerts: { language: 'ja' },
      },
    },
  },
  'fleet.yml',
);
const away = { accountId: spoke.accountId, region: spoke.region };
const hybrid = { resourceType: 'ManagedInstance' } as const;

/** Twelve nodes of every kind, some of them with bad luck. */
const fleet: readonly FleetNode[] = [
  node(0),
  node(1, { platformType: 'Windows' }),
  node(2, { ...hybrid, nodeId: nodeId(2, 'mi'), tags: { 'Patch Group': 'prd-web' } }),
  node(3, { fates: { returnsFromReboot: false } }),
  node(4, { fates: { preHook: { kind: 'fails', seconds: 5 } } }),
  node(5, { fates: { postHook: { kind: 'fails', seconds: 5 } } }),
  node(6, { fates: { agent: 'offline' } }),
  node(7, { ...away }),
  node(8, { ...away, fates: { install: 'fails' } }),
  node(9, { ...away, fates: { agent: 'dropsOut' } }),
  node(10, { ...away, fates: { stubbornPatches: 1 } }),
  node(11, { ...away, ...hybrid, nodeId: nodeId(11, 'mi') }),
];

async function play(faults: FaultRates) {
  const requests = recordRequests();
  const rehearsal = await rehearse({
    clock: new VirtualClock(startsAt),
    seed: 7,
    nodes: fleet,
    policies,
    name: 'a-rehearsal-with-a-name-that-is-as-long-as-step-functions-takes-them-80-charactr',
    request: { policy: 'prd-web' },
    inWindow: true,
    faults,
  });
  return { requests, rehearsal };
}

describe('every request of a whole run', () => {
  let calm: Awaited<ReturnType<typeof play>>;
  let rough: Awaited<ReturnType<typeof play>>;
  beforeAll(async () => {
    calm = await play({});
    jest.restoreAllMocks();
    rough = await play({ throttle: 0.03, 'server-error': 0.02, 'stale-page': 0.05, 'killed-handler': 0.02 });
    jest.restoreAllMocks();
  });

  test('[F01] [F19] [F22] [F37] keeps the limits of its operation, faults or not', () => {
    const broken = [...calm.requests, ...rough.requests].flatMap(({ operation, input }) =>
      brokenLimits(operation, input),
    );

    expect(broken).toEqual([]);
    expect([calm.rehearsal.record?.nodesInScope, rough.rehearsal.record?.nodesInScope]).toEqual([12, 12]);
  });

  test('is one of every operation in the table', () => {
    const called = [...new Set(calm.requests.map(({ operation }) => operation))].toSorted();

    expect(called).toEqual(Object.keys(operationLimits).toSorted());
  });

  test('is seen by the Lambda that makes it, so that its time is simulated and its faults can be', () => {
    const counted = Object.values(calm.rehearsal.lambda).reduce((sum, each) => sum + each.awsCalls, 0);

    expect(counted).toBe(calm.requests.length);
  });

  test.each(['calm', 'rough'])('[F17] starts no patch operation on a node at one of ours (%s)', (name) => {
    const { rehearsal } = name === 'calm' ? calm : rough;

    const patches = rehearsal.aws.ssm.journal.executions.filter(
      (each) => each.document === 'AWS-RunPatchBaseline',
    );
    const overlaps = [...Map.groupBy(patches, (each) => each.nodeId).values()].flatMap((executions) =>
      executions
        .toSorted((a, b) => a.startedAt - b.startedAt)
        .filter((each, index, all) => index > 0 && each.startedAt < (all[index - 1]?.endedAt ?? 0)),
    );
    expect(patches.length).toBeGreaterThan(10);
    expect(overlaps).toEqual([]);
  });
});

describe('the table of limits', () => {
  const good = { CommandId: '01234567-89ab-4cde-8f01-23456789abcd', InstanceIds: [nodeId(0)] };

  test.each([
    [
      'a list that is too long',
      { ...good, InstanceIds: Array.from({ length: 51 }, (_, index) => nodeId(index)) },
    ],
    ['a repeated id', { ...good, InstanceIds: [nodeId(0), nodeId(0)] }],
    ['an id of another form', { ...good, InstanceIds: ['web-1'] }],
    ['a missing member', { InstanceIds: [nodeId(0)] }],
    ['a member that there is not', { ...good, Comment: 'x' }],
  ])('refuses %s', (_what, input) => {
    expect(brokenLimits('ssm:CancelCommand', good)).toEqual([]);
    expect(brokenLimits('ssm:CancelCommand', input)).toHaveLength(1);
  });
});
