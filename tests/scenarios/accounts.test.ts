import { fleetOf, type NodeChanges, nodeOf } from '../../chaos/nodes.ts';
import { type Play, type Played, play } from '../../chaos/play.ts';
import { brokenPromises } from '../../chaos/promises/promises.ts';
import { accountOf, messagesOf, outcomesOf, recordOf, sentTo } from './look.ts';
import { type Call, type RefusingProxy, refusingProxy } from './refusing-proxy.ts';

const spokeAccount: NodeChanges = { accountId: '444455556666', region: 'eu-west-1' };

/** Our own account, and a spoke whose role asks for an external id. */
const scopes = [
  { accountId: '111122223333', region: 'us-east-1' },
  {
    accountId: '444455556666',
    region: 'eu-west-1',
    roleArn: 'arn:aws:iam::444455556666:role/fleet-patcher-spoke',
    externalId: 'fleet-patcher',
  },
];

const spokes = (count: number, ...situations: Parameters<typeof nodeOf>[1][]) =>
  Array.from({ length: count }, (_, index) => nodeOf(100 + index, situations[index], spokeAccount));

/** A run behind a proxy that refuses what the test says. */
async function playRefusing(options: Play, isRefused: (call: Call) => boolean): Promise<Played> {
  const proxies: RefusingProxy[] = [];
  const begin: Play['begin'] = async (_aws, endpoint) => {
    const proxy = await refusingProxy(endpoint, isRefused);
    proxies.push(proxy);
    return proxy.url;
  };
  try {
    return await play({ ...options, begin });
  } finally {
    for (const proxy of proxies) proxy.close();
  }
}

describe('a policy with several accounts', () => {
  test('is one run, one budget of concurrency, one account of all nodes', async () => {
    const nodes = [...fleetOf(5), ...spokes(4)];

    const played = await play({ nodes, policy: { scopes, rollout: { maxConcurrency: '3' } } });

    const record = recordOf(played);
    expect(brokenPromises(played)).toEqual([]);
    expect(record).toMatchObject({ status: 'Succeeded', outcomes: { Patched: 9 } });
    expect(record.waves).toEqual([{ wave: 1, nodes: 9, batches: ['w1-b1', 'w1-b2'] }]);
    expect(accountOf(played, nodes[8]?.nodeId).scope).toEqual({
      accountId: '444455556666',
      region: 'eu-west-1',
    });
    expect(played.calls.calls['sts:AssumeRole']).toBeGreaterThan(0);
    expect(new Set(played.aws.ssm.journal.commands.map(({ accountId }) => accountId))).toEqual(
      new Set(['111122223333', '444455556666']),
    );
  });

  test('works them off one after another where there are fewer places than accounts', async () => {
    const nodes = [...fleetOf(2), ...spokes(2)];

    const played = await play({ nodes, policy: { scopes, rollout: { maxConcurrency: '1' } } });

    expect(brokenPromises(played)).toEqual([]);
    expect(recordOf(played).outcomes).toEqual({ Patched: 4 });
  });

  test('shares the error budget: what fails in one account stops the other', async () => {
    const nodes = [...fleetOf(3, ['preHookFails', 'preHookFails', 'preHookFails']), ...spokes(12)];

    const played = await play({
      nodes,
      policy: { scopes, rollout: { maxConcurrency: '4', maxErrors: '2' } },
    });

    const spokeOutcomes = outcomesOf(played).slice(3);
    expect(brokenPromises(played)).toEqual([]);
    expect(recordOf(played).status).toBe('Halted');
    expect(recordOf(played).outcomes['PreHookFailed']).toBe(3);
    expect(spokeOutcomes).toContain('NotReached');
    expect(new Set(spokeOutcomes)).toEqual(new Set(['Patched', 'NotReached']));
  });
});

describe('a batch that dies', () => {
  const policy = { scopes };
  const nodes = [...fleetOf(3), ...spokes(3)];
  const writes = ({ method, path }: Call, batch: string) => method === 'PUT' && path.includes(`/${batch}/`);

  test('its nodes are Unknown and told of, the other batches finish, the run has failed', async () => {
    const played = await playRefusing(
      { nodes, policy },
      (call) => writes(call, 'w1-b2') && call.path.includes('odd'),
    );

    const [digest] = messagesOf(played, 'run-ended');
    expect(brokenPromises(played)).toEqual([]);
    expect(outcomesOf(played)).toEqual([...Array(3).fill('Patched'), ...Array(3).fill('Unknown')]);
    expect(recordOf(played)).toMatchObject({ status: 'Failed', reason: 'batches died: w1-b2' });
    expect(played.execution).toMatchObject({ status: 'FAILED', error: 'RunFailed' });
    for (const { nodeId } of nodes.slice(3)) expect(digest?.message).toContain(nodeId);
  });

  test('in the middle of its work: each node is told of with the step that it was in', async () => {
    const played = await playRefusing(
      { nodes, policy },
      (call) => writes(call, 'w1-b2') && call.body.includes('"step":"postHook"'),
    );

    expect(outcomesOf(played)).toEqual([...Array(3).fill('Patched'), ...Array(3).fill('Unknown')]);
    expect(accountOf(played, nodes[4]?.nodeId).reason).toBe('its batch died during patch');
    expect(sentTo(played, nodes[4]?.nodeId)).toEqual(['preHook', 'patch']);
    expect(messagesOf(played, 'run-ended')[0]?.message).toContain('its batch died during patch');
  });

  test('no later wave begins', async () => {
    const waves = { scopes, rollout: { waves: ['5', '100%'] } };

    const played = await playRefusing(
      { nodes, policy: waves },
      (call) => writes(call, 'w1-b2') && call.path.includes('odd'),
    );

    const last = recordOf(played).nodes.filter(({ wave }) => wave === 2);
    expect(last.map(({ outcome }) => outcome)).toEqual(['NotReached']);
  });
});

describe('an account that refuses', () => {
  const policy = { scopes };
  const nodes = [...fleetOf(3), ...spokes(3)];
  const refuses = ({ operation, accessKeyId }: Call) =>
    operation === 'SendCommand' && accessKeyId.startsWith('ASIA');

  test('every command: its nodes end Unreachable with the reason, the others are patched', async () => {
    const played = await playRefusing({ nodes, policy }, refuses);

    expect(brokenPromises(played)).toEqual([]);
    expect(outcomesOf(played)).toEqual([...Array(3).fill('Patched'), ...Array(3).fill('Unreachable')]);
    expect(accountOf(played, nodes[4]?.nodeId).reason).toContain('AccessDenied');
    expect(messagesOf(played, 'run-ended')[0]?.message).toContain('AccessDenied');
  });

  test('in the middle of the work: the post-hooks are owed, and somebody is told at once', async () => {
    const played = await playRefusing(
      { nodes, policy },
      (call) => refuses(call) && call.body.includes(' postHook '),
    );

    expect(sentTo(played, nodes[4]?.nodeId)).toEqual(['preHook', 'patch']);
    expect(accountOf(played, nodes[4]?.nodeId).reason).toContain('its post-hook is owed');
    for (const { nodeId } of nodes.slice(3)) {
      expect(messagesOf(played, 'urgent').some(({ message }) => message.includes(nodeId))).toBe(true);
    }
  });

  test('even its role fails the run before any node is touched', async () => {
    const played = await playRefusing({ nodes, policy }, ({ service }) => service === 'sts');

    expect(recordOf(played)).toMatchObject({ status: 'Failed', nodesInScope: 0 });
    expect(messagesOf(played, 'run-ended')).toHaveLength(1);
    expect(played.aws.ssm.journal.commands).toEqual([]);
  });
});

describe('messages that cannot be published', () => {
  test('an urgent one: the batch goes on, and the digest says it again', async () => {
    const nodes = fleetOf(3, ['postHookFails']);

    const played = await playRefusing(
      { nodes },
      ({ service, body }) => service === 'sns' && body.includes('URGENT'),
    );

    expect(outcomesOf(played)).toEqual(['PostHookFailed', 'Patched', 'Patched']);
    expect(messagesOf(played, 'urgent')).toEqual([]);
    expect(messagesOf(played, 'run-ended')[0]?.message).toContain(nodes[0]?.nodeId);
  });

  test('the digest: the record is there, and the execution fails for the alarms to see', async () => {
    const played = await playRefusing({ nodes: fleetOf(2) }, ({ service }) => service === 'sns');

    expect(recordOf(played)).toMatchObject({ status: 'Succeeded', outcomes: { Patched: 2 } });
    expect(played.execution).toMatchObject({ status: 'FAILED', error: 'RunFailed' });
    expect(played.published).toEqual([]);
  });
});
