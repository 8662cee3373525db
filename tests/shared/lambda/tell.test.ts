import { findingsMessage } from '../../../shared/domain/findings/message.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { tell } from '../../../shared/lambda/tell.ts';
import {
  config,
  handMadeDependencies,
  recordingLog,
  recordingPublish,
} from '../../support/handler-dependencies.ts';
import { digest, facts, now, troubled } from '../../support/message-builders.ts';

const warning = findingsMessage(digest(), 'ja', facts);
const info = findingsMessage(digest({ nodes: [troubled(1, { severity: 'LOW' })] }), 'en', facts);
const about = { policy: 'prd-web', id: 'digest-1', entry: 'findings', chat: false } as const;

function telling() {
  const { messages, publish } = recordingPublish();
  const { codes, log } = recordingLog();
  return { messages, codes, dependencies: { ...handMadeDependencies(now), publish, log } };
}

describe('telling', () => {
  test.each<[string, Message, string]>([
    ['what needs a hand to the alerts', warning, config.alertsTopicArn],
    ['the rest to the reports', info, config.reportsTopicArn],
  ])('sends %s, with the way to the runbook', async (_what, message, topicArn) => {
    const { messages, codes, dependencies } = telling();

    await tell(message, about, dependencies);

    expect(messages).toEqual([
      {
        topicArn,
        subject: message.subject,
        text: `${message.text}\n\ndocs/operations.md#findings`,
        attributes: { severity: message.severity, policy: 'prd-web', kind: 'findings', id: 'digest-1' },
      },
    ]);
    expect(codes).toEqual(['FP_ALERT_PUBLISHED']);
  });

  test('gives messages of a run the attribute runId, too', async () => {
    const { messages, dependencies } = telling();

    await tell({ ...info, kind: 'run-ended' }, { ...about, id: 'run-1' }, dependencies);

    expect(messages[0]?.attributes).toMatchObject({ id: 'run-1', runId: 'run-1' });
  });

  test('[F37] has no attribute without a value, and none with line breaks', async () => {
    const { messages, dependencies } = telling();

    await tell(info, { ...about, policy: '', id: 'a\nb' }, dependencies);

    expect(messages[0]?.attributes).toMatchObject({ policy: 'unknown', id: 'a b' });
  });
});

describe('telling in chat', () => {
  test('[F37] comes after the mail, as raw JSON with the same attributes, to the topic for chat', async () => {
    const { messages, dependencies } = telling();

    await tell(warning, { ...about, chat: true }, dependencies);

    expect(messages.map((each) => each.topicArn)).toEqual([config.alertsTopicArn, config.chatTopicArn]);
    expect(messages[1]?.attributes).toEqual(messages[0]?.attributes);
    expect(JSON.parse(messages[1]?.text ?? '')).toMatchObject({
      source: 'custom',
      content: { title: warning.title, description: expect.stringMatching(/docs\/operations\.md#findings$/) },
      metadata: { threadId: 'digest-1' },
    });
  });

  test('that fails repeats no mail, and is logged for its alarm', async () => {
    const { messages, dependencies, codes } = telling();
    const publish: typeof dependencies.publish = async (topicArn, message) => {
      if (topicArn === config.chatTopicArn) throw new Error('the chat topic is away');
      return dependencies.publish(topicArn, message);
    };

    await tell(warning, { ...about, chat: true }, { ...dependencies, publish });

    expect(messages).toMatchObject([{ topicArn: config.alertsTopicArn }]);
    expect(codes).toEqual(['FP_ALERT_PUBLISHED', 'FP_CHAT_NOT_TOLD']);
  });

  test('is not tried if the mail fails', async () => {
    const { dependencies } = telling();
    const tried: string[] = [];
    const publish = async (topicArn: string): Promise<void> => {
      tried.push(topicArn);
      throw new Error('SNS is away');
    };

    const act = tell(warning, { ...about, chat: true }, { ...dependencies, publish });

    await expect(act).rejects.toThrow('SNS is away');
    expect(tried).toEqual([config.alertsTopicArn]);
  });
});
