import { CreateTopicCommand, ListTopicsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { closeFrontServers, type FrontServer, startFrontServer, startsAt } from './front-server.ts';

let front: FrontServer;
let sns: SNSClient;
let TopicArn: string;

beforeEach(async () => {
  front = await startFrontServer();
  sns = new SNSClient(front.client);
  TopicArn = (await sns.send(new CreateTopicCommand({ Name: 'fleet-patcher-alerts' }))).TopicArn ?? '';
});

afterEach(closeFrontServers);

describe('Publish', () => {
  test('keeps the message, its subject and its attributes', async () => {
    const MessageAttributes = { severity: { DataType: 'String', StringValue: 'high <1>' } };

    const answer = await sns.send(
      new PublishCommand({ TopicArn, Subject: 'Run halted', Message: 'Zwölf & mehr\n', MessageAttributes }),
    );

    expect(answer.MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(front.sns.published).toEqual([
      {
        messageId: answer.MessageId,
        topicArn: 'arn:aws:sns:us-east-1:111122223333:fleet-patcher-alerts',
        subject: 'Run halted',
        message: 'Zwölf & mehr\n',
        attributes: { severity: { dataType: 'String', value: 'high <1>' } },
        at: expect.any(Number),
      },
    ]);
    expect(front.sns.published[0]?.at).toBeGreaterThan(startsAt);
  });

  test('[F37] takes 262,144 bytes of UTF-8, attributes among them, and no more', async () => {
    const full = 'ü'.repeat(131_072);
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } };

    await sns.send(new PublishCommand({ TopicArn, Message: full }));
    const longer = sns.send(new PublishCommand({ TopicArn, Message: `${full}x` }));
    const withAttribute = sns.send(new PublishCommand({ TopicArn, Message: full, MessageAttributes }));

    await expect(longer).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('Message too long'),
    });
    await expect(withAttribute).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(front.sns.published).toHaveLength(1);
  });

  test.each([
    ['of 100 characters', 'x'.repeat(100)],
    ['with a line break', 'Run\nhalted'],
    ['with a control character', 'Run\u0007halted'],
    ['beyond ASCII', 'Lauf angehalten: März'],
    ['starting with a blank', ' Run halted'],
    ['that is empty', ''],
  ])('[F37] refuses a subject %s', async (_what, Subject) => {
    const act = sns.send(new PublishCommand({ TopicArn, Subject, Message: 'm' }));

    await expect(act).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('Subject'),
    });
  });

  test('[F37] takes a subject of 99 ASCII characters', async () => {
    await sns.send(new PublishCommand({ TopicArn, Subject: 'x'.repeat(99), Message: 'm' }));

    expect(front.sns.published).toHaveLength(1);
  });

  test.each([
    ['an empty message', { Message: '' }, 'Empty message'],
    ['a JSON structure that is not JSON', { Message: '{', MessageStructure: 'json' }, 'failed to parse'],
    [
      'a JSON structure without default',
      { Message: '{"email":"m"}', MessageStructure: 'json' },
      'No default entry',
    ],
    [
      'a default that is no string',
      { Message: '{"default":1}', MessageStructure: 'json' },
      'No default entry',
    ],
  ])('[F37] refuses %s', async (_what, input, message) => {
    const act = sns.send(new PublishCommand({ TopicArn, ...input }));

    await expect(act).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    ['an empty value', 'kind', { DataType: 'String', StringValue: '' }],
    ['an unknown type', 'kind', { DataType: 'Boolean', StringValue: 'true' }],
    ['a number that is none', 'kind', { DataType: 'Number', StringValue: 'three' }],
    ['an array that is none', 'kind', { DataType: 'String.Array', StringValue: '{}' }],
    ['a reserved name', 'AWS.kind', { DataType: 'String', StringValue: 'x' }],
  ])('refuses a message attribute with %s', async (_what, name, attribute) => {
    const act = sns.send(
      new PublishCommand({ TopicArn, Message: 'm', MessageAttributes: { [name]: attribute } }),
    );

    await expect(act).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  test('refuses a topic that does not exist, is not named, or is in another region', async () => {
    const unknown = sns.send(new PublishCommand({ TopicArn: `${TopicArn}-2`, Message: 'm' }));
    const unnamed = sns.send(new PublishCommand({ Message: 'm' }));
    const elsewhere = sns.send(
      new PublishCommand({ TopicArn: TopicArn.replace('us-east-1', 'eu-west-1'), Message: 'm' }),
    );

    await expect(unknown).rejects.toMatchObject({
      name: 'NotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(unnamed).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(elsewhere).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('topics', () => {
  test('are made once a name, and listed a hundred a page in their own region', async () => {
    for (let n = 0; n < 104; n += 1)
      front.sns.createTopic(`topic-${n}`, { accountId: '111122223333', region: 'us-east-1', now: 0 });
    await sns.send(new CreateTopicCommand({ Name: 'fleet-patcher-alerts' }));

    const first = await sns.send(new ListTopicsCommand({}));
    const second = await sns.send(new ListTopicsCommand({ NextToken: first.NextToken }));
    const elsewhere = await new SNSClient({ ...front.client, region: 'eu-west-1' }).send(
      new ListTopicsCommand({}),
    );

    expect([first.Topics?.length, second.Topics?.length, second.NextToken]).toEqual([100, 5, undefined]);
    expect(elsewhere.Topics ?? []).toEqual([]);
  });

  test('have names of letters, digits, hyphens and underscores', async () => {
    const act = sns.send(new CreateTopicCommand({ Name: 'alerts.fifo' }));

    await expect(act).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
