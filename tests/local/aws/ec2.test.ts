import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeTagsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { generateFleet } from '../../../local/fleet/generate.ts';
import type { FleetNode } from '../../../local/fleet/node.ts';
import { closeFrontServers, type FrontServer, startFrontServer } from './front-server.ts';

const [template] = generateFleet({ seed: 1, nodes: 1, target: { PatchGroup: 'prd-web' } });

function node(overrides: Partial<FleetNode>): FleetNode {
  if (!template) throw new Error('the fleet is empty');
  const linux = {
    platformType: 'Linux',
    instanceState: 'running',
    resourceType: 'EC2Instance',
    isManaged: true,
  } as const;
  return { ...template, ...linux, tags: {}, accountId: '111122223333', region: 'us-east-1', ...overrides };
}

const nodes = [
  node({ nodeId: 'i-00000000000000001', tags: { PatchGroup: 'prd-web', Name: 'a & <b>' } }),
  node({ nodeId: 'i-00000000000000002', tags: { 'Patch Group': 'prd-web' }, platformType: 'Windows' }),
  node({ nodeId: 'i-00000000000000003', tags: { PatchGroup: 'stg-web' }, instanceState: 'stopped' }),
  node({ nodeId: 'i-00000000000000004', tags: { PatchGroup: 'prd-web' }, isManaged: false }),
  node({ nodeId: 'i-00000000000000005', tags: { PatchGroup: 'prd-web' }, accountId: '444455556666' }),
  node({ nodeId: 'i-00000000000000006', tags: { PatchGroup: 'prd-web' }, region: 'eu-west-1' }),
  node({ nodeId: 'mi-00000000000000007', tags: { PatchGroup: 'prd-web' }, resourceType: 'ManagedInstance' }),
];
let front: FrontServer;
let ec2: EC2Client;

beforeEach(async () => {
  front = await startFrontServer({ nodes });
  ec2 = new EC2Client(front.client);
});

afterEach(closeFrontServers);

async function describeInstances(input: DescribeInstancesCommandInput) {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand(input));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

async function idsOf(...filters: readonly (readonly [string, ...string[]])[]) {
  const instances = await describeInstances({
    Filters: filters.map(([Name, ...Values]) => ({ Name, Values })),
  });
  return instances.map(({ InstanceId }) => Number(InstanceId?.slice(2)));
}

describe('DescribeInstances', () => {
  test('[F23] shows the instances of the account and region, managed or not, and never a hybrid node', async () => {
    expect(await idsOf()).toEqual([1, 2, 3, 4]);
  });

  test('shows state, platform and tags', async () => {
    const [first, second, third] = await describeInstances({});

    expect(first).toMatchObject({ State: { Code: 16, Name: 'running' }, PlatformDetails: 'Linux/UNIX' });
    expect(first?.Tags).toContainEqual({ Key: 'Name', Value: 'a & <b>' });
    expect([first?.Platform, second?.Platform]).toEqual([undefined, 'windows']);
    expect(third?.State).toEqual({ Code: 80, Name: 'stopped' });
  });

  test('[F21] takes the two keys of a patch group for two tags', async () => {
    expect(await idsOf(['tag:PatchGroup', 'prd-web'])).toEqual([1, 4]);
    expect(await idsOf(['tag:Patch Group', 'prd-web'])).toEqual([2]);
  });

  test('ANDs filters, ORs values and knows wildcards', async () => {
    expect(await idsOf(['tag-key', 'PatchGroup'], ['instance-state-name', 'running', 'pending'])).toEqual([
      1, 4,
    ]);
    expect(await idsOf(['tag:PatchGroup', '*-web'])).toEqual([1, 3, 4]);
    expect(await idsOf(['tag:PatchGroup', 'PRD-web'])).toEqual([]);
    expect(await idsOf(['instance-id', 'i-00000000000000003'])).toEqual([3]);
  });

  test('pages', async () => {
    const many = Array.from({ length: 12 }, (_, n) => node({ nodeId: `i-${String(n).padStart(17, '0')}` }));
    const { client } = await startFrontServer({ nodes: many });
    const paged = new EC2Client(client);

    const first = await paged.send(new DescribeInstancesCommand({ MaxResults: 8 }));
    const second = await paged.send(
      new DescribeInstancesCommand({ MaxResults: 8, NextToken: first.NextToken }),
    );

    expect([first.Reservations?.length, second.Reservations?.length, second.NextToken]).toEqual([
      8,
      4,
      undefined,
    ]);
  });

  test.each([
    ['MaxResults below 5', { MaxResults: 4 }, 'InvalidParameterValue'],
    ['MaxResults above 1,000', { MaxResults: 1001 }, 'InvalidParameterValue'],
    [
      'MaxResults with ids',
      { MaxResults: 5, InstanceIds: ['i-00000000000000001'] },
      'InvalidParameterCombination',
    ],
    ['an unknown token', { NextToken: 'x' }, 'InvalidParameterValue'],
    ['an unknown filter', { Filters: [{ Name: 'colour', Values: ['red'] }] }, 'InvalidParameterValue'],
    ['an unknown id', { InstanceIds: ['i-00000000000000009'] }, 'InvalidInstanceID.NotFound'],
    ["another account's id", { InstanceIds: ['i-00000000000000005'] }, 'InvalidInstanceID.NotFound'],
    ['a hybrid id', { InstanceIds: ['mi-00000000000000007'] }, 'InvalidInstanceID.Malformed'],
  ])('refuses %s', async (_what, input, name) => {
    await expect(describeInstances(input)).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('keeps showing a terminated instance', async () => {
    front.ec2.terminate('i-00000000000000001');

    const [instance] = await describeInstances({ InstanceIds: ['i-00000000000000001'] });

    expect(instance?.State).toEqual({ Code: 48, Name: 'terminated' });
  });
});

test('[F23] DescribeTags has the tags of instances and none of a hybrid node', async () => {
  const Filters = [{ Name: 'key', Values: ['PatchGroup', 'Patch Group'] }];

  const { Tags = [] } = await ec2.send(new DescribeTagsCommand({ Filters }));

  expect(Tags.map(({ ResourceId, Key, Value }) => `${ResourceId?.slice(-1)} ${Key} ${Value}`)).toEqual([
    '1 PatchGroup prd-web',
    '2 Patch Group prd-web',
    '3 PatchGroup stg-web',
    '4 PatchGroup prd-web',
  ]);
});
