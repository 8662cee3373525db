import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { defaultCallRates, Throttle } from '../../../local/aws/throttle.ts';
import { closeFrontServers, startFrontServer } from './front-server.ts';

afterEach(closeFrontServers);

const caller = { accountId: '111122223333', region: 'us-east-1', now: 0 };

function admitted(throttle: Throttle, now: number, count: number): number {
  return Array.from({ length: count }, () => throttle.admits('ssm:SendCommand', { ...caller, now })).filter(
    Boolean,
  ).length;
}

describe('Throttle', () => {
  test('[F04] admits a burst, then as many as are refilled in simulated time', () => {
    const throttle = new Throttle(defaultCallRates);

    const counts = [admitted(throttle, 0, 30), admitted(throttle, 500, 30), admitted(throttle, 60_000, 30)];

    expect(counts).toEqual([20, 5, 20]);
  });

  test('[F04] keeps a bucket for each account, region and operation', () => {
    const throttle = new Throttle({ 'ssm:*': { refillPerSecond: 1, burst: 1 } });
    throttle.admits('ssm:SendCommand', caller);

    const same = throttle.admits('ssm:SendCommand', caller);
    const others = [
      throttle.admits('ssm:SendCommand', { ...caller, accountId: '444455556666' }),
      throttle.admits('ssm:SendCommand', { ...caller, region: 'eu-west-1' }),
      throttle.admits('ssm:ListCommands', caller),
    ];

    expect(same).toBe(false);
    expect(others).toEqual([true, true, true]);
  });

  test('refuses a rate that would never admit a call', () => {
    const act = () => new Throttle({ 'ssm:*': { refillPerSecond: 0, burst: 5 } });

    expect(act).toThrow('call rate ssm:* has refillPerSecond 0, burst 5; allowed');
  });
});

describe('a throttled call', () => {
  const once = { refillPerSecond: 0.001, burst: 1 };

  test('[F04] is an error of each service that its SDK client takes for throttling', async () => {
    const callRates = { 'ssm:*': once, 'ec2:*': once, 'sns:*': once, 's3:*': once };
    const operations = { ListCommands: () => ({ Commands: [] }) };
    const { client, usage, s3, clock } = await startFrontServer({ callRates, operations });
    s3.createBucket('bucket', { ...caller, now: clock.now() });
    const calls = [
      () => new SSMClient(client).send(new ListCommandsCommand({})),
      () => new EC2Client(client).send(new DescribeInstancesCommand({})),
      () => new SNSClient(client).send(new ListTopicsCommand({})),
      () => new S3Client(client).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'none' })),
    ];

    const errors: unknown[] = [];
    for (const call of calls) {
      await call().catch(() => undefined);
      errors.push(await call().catch((error: unknown) => error));
    }

    expect(errors).toEqual([
      expect.objectContaining({
        name: 'ThrottlingException',
        message: 'Rate exceeded',
        $metadata: expect.objectContaining({ httpStatusCode: 400 }),
      }),
      expect.objectContaining({
        name: 'RequestLimitExceeded',
        $metadata: expect.objectContaining({ httpStatusCode: 503 }),
      }),
      expect.objectContaining({
        name: expect.stringMatching(/^Thrott/),
        $metadata: expect.objectContaining({ httpStatusCode: 400 }),
      }),
      expect.objectContaining({
        name: 'SlowDown',
        $metadata: expect.objectContaining({ httpStatusCode: 503 }),
      }),
    ]);
    expect(usage.snapshot()).toEqual({
      calls: { 'ec2:DescribeInstances': 2, 's3:GetObject': 2, 'sns:ListTopics': 2, 'ssm:ListCommands': 2 },
      throttled: {
        'ec2:DescribeInstances': 1,
        's3:GetObject': 1,
        'sns:ListTopics': 1,
        'ssm:ListCommands': 1,
      },
      faults: {},
      refusals: {
        'ec2:DescribeInstances RequestLimitExceeded': 1,
        's3:GetObject NoSuchKey': 1,
        's3:GetObject SlowDown': 1,
        'sns:ListTopics Throttling': 1,
        'ssm:ListCommands ThrottlingException': 1,
      },
    });
  });

  test('[F04] goes through when the SDK client tries again', async () => {
    const callRates = { 'ssm:*': { refillPerSecond: 100, burst: 1 } };
    const { client, usage } = await startFrontServer({
      callRates,
      operations: { ListCommands: () => ({ Commands: [] }) },
    });
    const ssm = new SSMClient({ ...client, maxAttempts: 5 });

    const answers = await Promise.all([1, 2, 3].map(() => ssm.send(new ListCommandsCommand({}))));
    const before = usage.snapshot();
    usage.reset();
    const after = usage.snapshot();

    const throttled = before.throttled['ssm:ListCommands'] ?? 0;
    expect(answers).toHaveLength(3);
    expect(throttled).toBeGreaterThan(0);
    expect(before.calls['ssm:ListCommands']).toBe(3 + throttled);
    expect(after).toEqual({ calls: {}, throttled: {}, faults: {}, refusals: {} });
  });
});
