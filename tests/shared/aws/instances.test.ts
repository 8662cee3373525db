import { instancesByTags, terminatedOf } from '../../../shared/aws/instances.ts';
import { node, nodeId, nodes } from '../../local/aws/ssm/account-under-test.ts';
import { closeAccounts, home, startAccount } from '../../support/embedded-account.ts';

afterEach(closeAccounts);

const group = { key: 'PatchGroup', values: ['prd-web'] };

describe('instancesByTags', () => {
  test('finds what exists, running or not, and nothing that is terminated', async () => {
    const states = ['running', 'stopped', 'stopping', 'pending', 'terminated', 'shutting-down'] as const;
    const account = await startAccount({
      nodes: states.map((instanceState, index) => node(index, { instanceState })),
    });

    const found = await instancesByTags(account.dependencies.ec2For(home), [group]);

    expect(found.map((instance) => instance.state).toSorted()).toEqual([
      'pending',
      'running',
      'stopped',
      'stopping',
    ]);
  });

  test('asks for all the tags at once, and tells the keys that an instance carries', async () => {
    const account = await startAccount({
      nodes: [node(0, { tags: { PatchGroup: 'prd-web', Environment: 'prd' } }), node(1)],
    });

    const found = await instancesByTags(account.dependencies.ec2For(home), [
      group,
      { key: 'Environment', values: ['prd', 'dr'] },
    ]);

    expect(found).toEqual([{ nodeId: nodeId(0), state: 'running', tagKeys: ['PatchGroup', 'Environment'] }]);
  });

  test('[F23] never sees a hybrid node', async () => {
    const account = await startAccount({
      nodes: [node(0, { nodeId: 'mi-0123456789abcdef0', resourceType: 'ManagedInstance' })],
    });

    expect(await instancesByTags(account.dependencies.ec2For(home), [group])).toEqual([]);
  });

  test('tells which of the instances that it is asked for are terminated, or have been forgotten', async () => {
    const account = await startAccount({ nodes: nodes(210) });
    account.aws.terminate(nodeId(209));
    const forgotten = 'i-0fedcba9876543210';
    const asked = [...nodes(210).map((each) => each.nodeId), forgotten];

    const terminated = await terminatedOf(account.dependencies.ec2For(home), asked);

    expect([...terminated].toSorted()).toEqual([nodeId(209), forgotten].toSorted());
    expect(account.counted).toEqual(['ec2:DescribeInstances', 'ec2:DescribeInstances']);
  });

  test('pages through a thousand at a time', async () => {
    const account = await startAccount({ nodes: nodes(1001) });

    const found = await instancesByTags(account.dependencies.ec2For(home), [group]);

    expect(found).toHaveLength(1001);
    expect(account.counted).toEqual(['ec2:DescribeInstances', 'ec2:DescribeInstances']);
  });
});
