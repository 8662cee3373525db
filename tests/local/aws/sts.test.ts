import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { closeFrontServers, type FrontServer, startFrontServer } from './front-server.ts';

const RoleArn = 'arn:aws:iam::444455556666:role/fleet-patcher-spoke';
const request = { RoleArn, RoleSessionName: 'fleet-patcher@run-1', ExternalId: 'fleet-patcher' };
const accounts: string[] = [];
let front: FrontServer;
let sts: STSClient;

beforeEach(async () => {
  accounts.length = 0;
  const ListCommands = (_input: unknown, { accountId }: { readonly accountId: string }) => {
    accounts.push(accountId);
    return { Commands: [] };
  };
  const roles = [
    { roleArn: RoleArn, externalId: 'fleet-patcher' },
    { roleArn: `${RoleArn}-long`, maxSessionSeconds: 43_200 },
  ];
  front = await startFrontServer({ operations: { ListCommands }, roles });
  sts = new STSClient(front.client);
});

afterEach(closeFrontServers);

async function assume(input: Partial<AssumeRoleCommandInput> = {}, client = sts) {
  const { Credentials } = await client.send(new AssumeRoleCommand({ ...request, ...input }));
  const {
    AccessKeyId: accessKeyId = '',
    SecretAccessKey: secretAccessKey = '',
    SessionToken: sessionToken = '',
  } = Credentials ?? {};
  return { ...front.client, credentials: { accessKeyId, secretAccessKey, sessionToken } };
}

describe('AssumeRole', () => {
  test("hands out credentials that act in the role's account", async () => {
    const session = await assume();

    const identity = await new STSClient(session).send(new GetCallerIdentityCommand({}));
    await new SSMClient(session).send(new ListCommandsCommand({}));
    await new SSMClient(front.client).send(new ListCommandsCommand({}));

    expect(identity).toMatchObject({
      Account: '444455556666',
      Arn: 'arn:aws:sts::444455556666:assumed-role/fleet-patcher-spoke/fleet-patcher@run-1',
    });
    expect(accounts).toEqual(['444455556666', '111122223333']);
  });

  test('hands out credentials that expire, in the words of every service', async () => {
    const session = await assume({ DurationSeconds: 900 });

    await front.clock.sleep(900_000);
    const calls = [
      new SSMClient(session).send(new ListCommandsCommand({})),
      new STSClient(session).send(new GetCallerIdentityCommand({})),
      new S3Client(session).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
      new EC2Client(session).send(new DescribeInstancesCommand({})),
    ];
    const errors = await Promise.all(calls.map((call) => call.catch((error: unknown) => error)));

    expect(errors.map((error) => (error instanceof Error ? error.name : 'no error'))).toEqual([
      'ExpiredTokenException',
      expect.stringMatching(/^ExpiredToken/),
      'ExpiredToken',
      'RequestExpired',
    ]);
    expect(accounts).toEqual([]);
  });

  test('refuses a session key without its token', async () => {
    const { credentials, ...rest } = await assume();

    const act = new SSMClient({ ...rest, credentials: { ...credentials, sessionToken: 'other' } }).send(
      new ListCommandsCommand({}),
    );

    await expect(act).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  test.each([
    ['a wrong external id', { ExternalId: 'other' }],
    ['no external id', { ExternalId: undefined }],
    ['an unknown role', { RoleArn: 'arn:aws:iam::444455556666:role/unknown' }],
  ])('refuses %s with AccessDenied', async (_what, input) => {
    await expect(assume(input)).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test.each([
    ['a session name with a blank', { RoleSessionName: 'run 1' }, 'roleSessionName'],
    ['a session name with a slash', { RoleSessionName: 'run/1' }, 'roleSessionName'],
    ['a session name of one character', { RoleSessionName: 'r' }, 'roleSessionName'],
    ['an external id of one character', { ExternalId: 'x' }, 'externalId'],
    ['an external id of 1,225 characters', { ExternalId: 'x'.repeat(1225) }, 'externalId'],
    ['a session of less than 15 minutes', { DurationSeconds: 899 }, 'durationSeconds'],
    ['a session of more than 12 hours', { DurationSeconds: 43_201 }, 'durationSeconds'],
    ['a session longer than the role allows', { DurationSeconds: 3601 }, 'MaxSessionDuration'],
  ])('refuses %s', async (_what, input, message) => {
    const act = assume(input);

    await expect(act).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
    });
  });

  test('ends a chained session at one hour, whatever the role allows', async () => {
    const long = { RoleArn: `${RoleArn}-long`, DurationSeconds: 7200 };

    await expect(assume(long)).resolves.toBeDefined();
    const chained = assume(long, new STSClient(await assume()));

    await expect(chained).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('chaining'),
    });
  });
});

test('an access key that nobody handed out belongs to the default account', async () => {
  const identity = await sts.send(new GetCallerIdentityCommand({}));

  expect(identity).toMatchObject({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/local' });
});
