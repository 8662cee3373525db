import { ListCommandsCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsError } from '../../../local/aws/service.ts';
import { closeFrontServers, signedHeaders, startFrontServer, startsAt } from './front-server.ts';

afterEach(closeFrontServers);

const listCommands = {
  'x-amz-target': 'AmazonSSM.ListCommands',
  'content-type': 'application/x-amz-json-1.1',
};
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the embedded front', () => {
  test('gives an operation its input, its caller and the simulated time', async () => {
    const seen: unknown[] = [];
    const ListCommands = (input: unknown, caller: unknown) => {
      seen.push(input, caller);
      return { Commands: [] };
    };
    const { client, clock } = await startFrontServer({ operations: { ListCommands } });

    const answer = await new SSMClient({ ...client, region: 'eu-west-1' }).send(
      new ListCommandsCommand({ MaxResults: 7 }),
    );

    expect(answer.Commands).toEqual([]);
    expect(seen[0]).toEqual({ MaxResults: 7 });
    expect(seen[1]).toMatchObject({ accountId: '111122223333', region: 'eu-west-1' });
    expect(clock.now() - startsAt).toBeGreaterThanOrEqual(20);
    expect(clock.now() - startsAt).toBeLessThanOrEqual(80);
  });

  test('words an error of SSM so that the SDK names it', async () => {
    const SendCommand = () => {
      throw new AwsError('InvalidInstanceId', 'Instances not in a valid state for account');
    };
    const { client } = await startFrontServer({ operations: { SendCommand } });

    const act = new SSMClient(client).send(new SendCommandCommand({ DocumentName: 'AWS-RunPatchBaseline' }));

    await expect(act).rejects.toMatchObject({
      name: 'InvalidInstanceId',
      message: 'Instances not in a valid state for account',
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  test.each([
    ['ssm', { 'x-amz-target': 'AmazonSSM.StartSession' }, '', 'UnknownOperationException'],
    ['ssm', {}, '', 'UnknownOperationException'],
    ['sqs', { 'x-amz-target': 'AmazonSQS.SendMessage' }, '', 'UnknownOperationException'],
    ['sns', form, 'Action=Subscribe&Version=2010-03-31', '<Code>InvalidAction</Code>'],
    ['sts', form, 'Action=GetCallerIdentity&Version=1999-01-01', '<Code>InvalidAction</Code>'],
    [
      'ec2',
      form,
      'Action=RunInstances&Version=2016-11-15',
      '<Response><Errors><Error><Code>InvalidAction</Code>',
    ],
    ['cloudformation', form, 'Action=CreateStack', '<Code>InvalidAction</Code>'],
  ])('refuses an unknown operation of %s with HTTP 400 (%j)', async (service, headers, body, expected) => {
    const { url } = await startFrontServer();

    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...signedHeaders(service), ...headers },
      body,
    });

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(expected);
  });

  test('refuses a request without a signature, in the words of its protocol', async () => {
    const { url } = await startFrontServer({ operations: { ListCommands: () => ({}) } });

    const json = await fetch(url, { method: 'POST', headers: listCommands, body: '{}' });
    const query = await fetch(url, {
      method: 'POST',
      headers: form,
      body: 'Action=ListTopics&Version=2010-03-31',
    });
    const rest = await fetch(`${url}/bucket/key`);

    expect([json.status, await json.json()]).toEqual([
      403,
      { __type: 'MissingAuthenticationToken', message: 'Missing Authentication Token' },
    ]);
    expect([query.status, await query.text()]).toEqual([
      403,
      expect.stringContaining('MissingAuthenticationToken'),
    ]);
    expect([rest.status, await rest.text()]).toEqual([
      403,
      expect.stringContaining('<Error><Code>AccessDenied</Code>'),
    ]);
  });

  test('dates every answer in simulated time, and carries a request id and the pace', async () => {
    const { url } = await startFrontServer({ operations: { ListCommands: () => ({}) } });

    const { headers } = await fetch(url, {
      method: 'POST',
      headers: { ...listCommands, ...signedHeaders('ssm') },
      body: '{}',
    });

    expect(headers.get('date')).toBe('Sun, 22 Nov 2026 02:00:00 GMT');
    expect(headers.get('x-amzn-requestid')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(headers.get('x-embedded-speed')).toBe('60');
  });

  test.each(['not json', '[]', '"text"'])(
    'refuses the JSON body %s as a SerializationException',
    async (body) => {
      const { url } = await startFrontServer({ operations: { ListCommands: () => ({}) } });

      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...listCommands, ...signedHeaders('ssm') },
        body,
      });

      expect([answer.status, await answer.json()]).toEqual([
        400,
        expect.objectContaining({ __type: 'SerializationException' }),
      ]);
    },
  );

  test('answers a defect of its own with its reason, and tells it again on close', async () => {
    const ListCommands = () => {
      throw new TypeError('a slip of the embedded AWS');
    };
    const { url, server } = await startFrontServer({ operations: { ListCommands } });

    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...listCommands, ...signedHeaders('ssm') },
      body: '{}',
    });

    expect([answer.status, await answer.text()]).toEqual([
      500,
      expect.stringContaining('a slip of the embedded AWS'),
    ]);
    await expect(server.close()).rejects.toThrow('defect of the embedded AWS');
  });

  test('lets time pass for a request under a hold, and only for that one', async () => {
    const { url, clock } = await startFrontServer({ operations: { ListCommands: () => ({}) } });
    const hold = clock.hold();
    const headers = { ...listCommands, ...signedHeaders('ssm') };

    const held = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'x-local-hold': hold.id },
      body: '{}',
    });
    const after = clock.now();
    const stranger = fetch(url, { method: 'POST', headers, body: '{}' });
    const first = await Promise.race([
      stranger,
      new Promise((resolve) => setImmediate(() => setTimeout(resolve, 50, 'still waiting'))),
    ]);
    const whileHeld = clock.now();
    hold.release();
    await stranger;

    expect(held.status).toBe(200);
    expect(after).toBeGreaterThan(startsAt);
    expect(first).toBe('still waiting');
    expect(whileHeld).toBe(after);
  });
});
