import { createHash } from 'node:crypto';
import { makeSendMessages, type QueueMessage } from '../../../shared/aws/queue.ts';
import { brokenLimits } from '../../support/service-limits.ts';
import { type Answer, closeEndpoints, startEndpoint } from './aws-endpoint.ts';

afterEach(closeEndpoints);

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/111122223333/dead-letters';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

/** What the SDK compares: SQS says what it has understood. */
function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function entriesOf(input: Readonly<Record<string, unknown>>): Entry[] {
  const entries = input['Entries'];
  return Array.isArray(entries) ? entries : [];
}

/** SQS that takes everything but these bodies; what is beyond its limits is refused as a whole. */
async function queueThatRefuses(...bodies: readonly string[]) {
  const answer: Answer = ({ input }) => {
    const broken = brokenLimits('sqs:SendMessageBatch', input);
    if (broken.length > 0)
      return { status: 400, error: 'com.amazonaws.sqs#InvalidBatchEntry', body: { message: broken.join() } };
    const [bad, good] = [true, false].map((is) =>
      entriesOf(input).filter(({ MessageBody }) => bodies.includes(MessageBody) === is),
    );
    return {
      body: {
        Successful: good?.map(({ Id, MessageBody }) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: md5(MessageBody),
        })),
        Failed: bad?.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })),
      },
    };
  };
  const endpoint = await startEndpoint(answer);
  const counted: string[] = [];
  return { send: makeSendMessages((operation) => void counted.push(operation), true), ...endpoint, counted };
}

function message(
  id: string,
  body = id,
  attributes: QueueMessage['attributes'] = { reason: 'because' },
): QueueMessage {
  return { id, body, attributes };
}

describe('sending messages', () => {
  test('sends ten a call, each with its attributes, where a custom endpoint stands in for the host of the URL', async () => {
    const { send, asked, counted } = await queueThatRefuses();

    const refused = await send(
      queueUrl,
      Array.from({ length: 23 }, (_, index) => message(`m${index}`)),
    );

    expect(refused).toEqual([]);
    expect(asked.map(({ input }) => entriesOf(input).length)).toEqual([10, 10, 3]);
    expect(asked[0]?.input).toMatchObject({
      QueueUrl: queueUrl,
      Entries: expect.arrayContaining([
        {
          Id: '0',
          MessageBody: 'm0',
          MessageAttributes: { reason: { DataType: 'String', StringValue: 'because' } },
        },
      ]),
    });
    expect(counted).toHaveLength(3);
  });

  test('answers with those that SQS did not take', async () => {
    const { send } = await queueThatRefuses('m3', 'm12');

    expect(
      await send(
        queueUrl,
        Array.from({ length: 15 }, (_, index) => message(`m${index}`)),
      ),
    ).toEqual(['m3', 'm12']);
  });

  test('keeps a call within 262,144 bytes of UTF-8, attributes counted', async () => {
    const { send, asked } = await queueThatRefuses();
    const large = 'あ'.repeat(40_000);

    await send(
      queueUrl,
      ['a', 'b', 'c', 'd'].map((id) => message(id, large)),
    );

    expect(asked.map(({ input }) => entriesOf(input).length)).toEqual([2, 2]);
  });

  test('leaves out what is too large for any call, and sends the rest', async () => {
    const { send, asked } = await queueThatRefuses();

    const refused = await send(queueUrl, [message('huge', 'x'.repeat(262_144)), message('fine')]);

    expect(refused).toEqual(['huge']);
    expect(asked.flatMap(({ input }) => entriesOf(input)).map(({ MessageBody }) => MessageBody)).toEqual([
      'fine',
    ]);
  });

  test('makes no call for nothing', async () => {
    const { send, asked } = await queueThatRefuses();

    expect([await send(queueUrl, []), asked]).toEqual([[], []]);
  });
});
