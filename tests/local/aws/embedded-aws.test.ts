import { connect } from 'node:net';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ListCommandsCommand,
  ListTagsForResourceCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { createEmbeddedAws, type EmbeddedAws } from '../../../local/aws/embedded-aws.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { parseFaults } from '../../../local/faults.ts';
import { generateFleet } from '../../../local/fleet/generate.ts';
import { loopbackAt } from '../../../local/loopback.ts';
import { clientConfiguration, startsAt } from './front-server.ts';

const nodes = generateFleet({ seed: 1, nodes: 60, target: { PatchGroup: 'prd-web' } });
const open: EmbeddedAws[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((aws) => aws.close()));
});

function make(faults: readonly string[] = []): EmbeddedAws {
  const aws = createEmbeddedAws({
    clock: new VirtualClock(startsAt),
    seed: 1,
    nodes,
    documents: [],
    faults: parseFaults(faults),
    buckets: ['fleet-patcher-local'],
    topics: ['fleet-patcher-alerts'],
  });
  open.push(aws);
  return aws;
}

async function start(faults: readonly string[] = []) {
  const aws = make(faults);
  return { aws, client: clientConfiguration(await aws.listen()) };
}

function online(count: number): string[] {
  const usable = nodes.filter(
    ({ nodeId, isManaged, instanceState }) =>
      nodeId.startsWith('i-') && isManaged && instanceState === 'running',
  );
  return usable.slice(0, count).map(({ nodeId }) => nodeId);
}

function scan(InstanceIds: string[]): SendCommandCommand {
  return new SendCommandCommand({
    DocumentName: 'AWS-RunPatchBaseline',
    InstanceIds,
    Parameters: { Operation: ['Scan'] },
  });
}

describe('the embedded AWS', () => {
  test('is offered to this process alone, at one address, one at a time', async () => {
    const first = make();
    const url = first.offer();

    const { hostname, port } = new URL(url);
    const connected = new Promise((resolve, reject) => {
      connect(Number(port), hostname).once('connect', resolve).once('error', reject);
    });
    expect(loopbackAt(hostname, Number(port))).toBeDefined();
    await expect(connected).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(() => make().offer()).toThrow('another embedded AWS is offered already');
    await first.close();
    expect(make().offer()).toBe(url);
  });

  test('has its bucket, its topic and its fleet from the start', async () => {
    const { aws, client } = await start();

    const { KeyCount } = await new S3Client(client).send(
      new ListObjectsV2Command({ Bucket: 'fleet-patcher-local' }),
    );
    const TopicArn = 'arn:aws:sns:us-east-1:111122223333:fleet-patcher-alerts';
    await new SNSClient(client).send(new PublishCommand({ TopicArn, Message: 'hello' }));
    const { Command } = await new SSMClient(client).send(scan(online(3)));

    expect(KeyCount).toBe(0);
    expect(aws.published.map(({ message }) => message)).toEqual(['hello']);
    expect(Command?.InstanceIds).toEqual(online(3));
    expect(aws.usage.snapshot().calls).toEqual({
      's3:ListObjectsV2': 1,
      'sns:Publish': 1,
      'ssm:SendCommand': 1,
    });
  });

  test("[F23] tells a hybrid node's tags through Systems Manager", async () => {
    const { client } = await start();
    const hybrid = nodes.find(({ nodeId }) => nodeId.startsWith('mi-'));

    const request = { ResourceType: 'ManagedInstance', ResourceId: hybrid?.nodeId } as const;
    const { TagList } = await new SSMClient(client).send(new ListTagsForResourceCommand(request));

    expect(Object.fromEntries((TagList ?? []).map(({ Key, Value }) => [Key, Value]))).toEqual(hybrid?.tags);
  });

  test('terminates a refused node before the first command that names it, and a retry without it goes through', async () => {
    const { client } = await start(['refused-node=0.3']);
    const ids = online(20);
    const ssm = new SSMClient(client);

    const first = await ssm.send(scan(ids)).catch((error: unknown) => error);
    const { Reservations = [] } = await new EC2Client(client).send(
      new DescribeInstancesCommand({ InstanceIds: ids }),
    );
    const left = Reservations.flatMap(({ Instances = [] }) => Instances)
      .filter(({ State }) => State?.Name === 'running')
      .map(({ InstanceId = '' }) => InstanceId);
    const second = await ssm.send(scan(left));

    expect(first).toMatchObject({ name: 'InvalidInstanceId' });
    expect(left.length).toBeGreaterThan(5);
    expect(left.length).toBeLessThan(20);
    expect(second.Command?.InstanceIds).toEqual(left);
  });

  test('leaves an id that never was to Systems Manager', async () => {
    const { client } = await start(['refused-node=1']);

    const act = new SSMClient(client).send(scan(['i-0123456789abcdef0']));

    await expect(act).rejects.toMatchObject({ name: 'InvalidInstanceId' });
  });

  test('answers the same to the same seed, simulated time included', async () => {
    const play = async () => {
      const { aws, client } = await start(['throttle=0.2', 'lost-reply=0.2']);
      const ssm = new SSMClient({ ...client, maxAttempts: 1 });
      const answers: unknown[] = [];
      for (let n = 0; n < 15; n += 1) {
        const call =
          n % 5 === 0 ? ssm.send(scan(online(2))) : ssm.send(new ListCommandsCommand({ MaxResults: 5 + n }));
        const name = (error: unknown) => (error instanceof Error ? error.name : error);
        answers.push(await call.then(({ $metadata }) => $metadata.requestId, name));
      }
      return { answers, usage: aws.usage.snapshot() };
    };

    const first = await play();

    expect(await play()).toEqual(first);
    expect(first.usage.throttled['ssm:ListCommands']).toBeGreaterThan(0);
  });

  test('cannot listen on a port that is taken, and says which', async () => {
    const { client } = await start();
    const port = Number(new URL(client.endpoint).port);
    const second = createEmbeddedAws({
      clock: new VirtualClock(0),
      seed: 1,
      nodes,
      documents: [],
      buckets: [],
      topics: [],
    });

    await expect(second.listen(port)).rejects.toThrow(`the embedded AWS cannot listen on 127.0.0.1:${port}`);
  });
});
