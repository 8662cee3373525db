import fc from 'fast-check';
import * as z from 'zod';
import { chatNotification } from '../../../shared/domain/chat.ts';
import { findingsMessage } from '../../../shared/domain/findings/message.ts';
import { type Message, messageOf } from '../../../shared/domain/message.ts';
import { slaMessage } from '../../../shared/domain/sla/message.ts';
import { digest, facts, overdue, patchFleetArn, slaAlert, troubled } from '../../support/message-builders.ts';
import { seeded } from '../../support/seeded.ts';

/** The published limits: whatever breaks one is not shown. */
const notification = z.strictObject({
  version: z.literal('1.0'),
  source: z.literal('custom'),
  id: z.string().min(1),
  content: z.strictObject({
    textType: z.literal('client-markdown'),
    title: z.string().max(250),
    description: z.string().min(1).max(8000),
    nextSteps: z.array(z.string().min(1).max(350)),
    keywords: z.array(z.string().min(1).max(75)),
  }),
  metadata: z.strictObject({
    threadId: z.string().min(1),
    summary: z.string(),
    eventType: z.string(),
    additionalContext: z.record(z.string(), z.string().min(1)),
  }),
});

const runbook = 'https://wiki.example.com/patching#findings';
const about = { policy: 'prd-web', id: 'digest-1', runbook };

function sent(message: Message) {
  return notification.parse(JSON.parse(chatNotification(message, about)));
}

function messageWith(different: Partial<Parameters<typeof messageOf>[0]>): Message {
  return messageOf({
    subject: 'subject',
    title: 'title',
    opening: ['opening'],
    nextStepsTitle: 'What to do:',
    nextSteps: [],
    closing: [],
    links: [],
    severity: 'warning',
    kind: 'findings',
    ...different,
  });
}

const description = (line: string, links: readonly string[] = []) =>
  sent(messageWith({ opening: [line], links })).content.description;

describe('the form for chat', () => {
  test('[F37] is the custom notification, with a thread for each run or digest', () => {
    const { content, metadata } = sent(findingsMessage(digest(), 'en', facts));

    expect(content.title).toBe('12 servers of policy prd-web lack patches. Nothing to do now.');
    expect(content.nextSteps).toHaveLength(1);
    expect(content.keywords).toEqual(['prd-web', 'findings', 'warning', 'CRITICAL']);
    expect(metadata).toMatchObject({
      threadId: 'digest-1',
      eventType: 'fleet-patcher.findings',
      additionalContext: { policy: 'prd-web', severity: 'warning', kind: 'findings', id: 'digest-1' },
    });
  });

  test('leaves the next steps to where chat shows them', () => {
    const { content } = sent(findingsMessage(digest(), 'en', facts));

    expect(content.description).not.toContain('What to do');
    expect(content.description).not.toContain(content.nextSteps[0]);
  });

  test('has bullets where mail has indented lines, which chat would take for code', () => {
    expect(description('  one\n      20  two\n  - three')).toBe(`• one\n• 20  two\n• three\n\n${runbook}`);
  });

  test('keeps its own links, and ends with the runbook', () => {
    const message = findingsMessage(digest(), 'ja', facts);
    const text = sent(message).content.description;

    expect(message.links.length).toBeGreaterThan(2);
    for (const link of message.links) expect(text).toContain(link);
    expect(text.endsWith(runbook)).toBe(true);
  });

  test('keeps a link that begins as another does', () => {
    const [short, long] = ['https://a.example.com/x', 'https://a.example.com/x_*y*'];

    expect(description(`see ${long}`, [short, long])).toContain(`see ${long}`);
  });
});

describe('text from outside', () => {
  test.each([
    ['a mention of Slack', '<!channel> <@U012345>', '&lt;!channel&gt; &lt;@\u2060U012345&gt;'],
    ['a mention by name', 'to @here', 'to @\u2060here'],
    ['a link of Slack', '<https://evil.example|KB1>', '&lt;https:\u2060//evil.\u2060example|KB1&gt;'],
    ['a link of Markdown', '[KB1](http://10.0.0.1)', '[KB1] (http:\u2060//10.0.0.1)'],
    ['a bare host', 'see evil.example.com/x', 'see evil.\u2060example.\u2060com/x'],
    ['a mail address', 'mailto:a@b.example', 'mailto:\u2060a@\u2060b.\u2060example'],
    ['bold, struck and code', '*a* ~b~ `c`', "\u2217a\u2217 \u223cb\u223c 'c'"],
    ['italics', '_a_ b_c', '\uff3fa\uff3f b_c'],
    ['an entity', '&lt;!here&gt;', '&amp;lt;!here&amp;gt;'],
    ['a heading', '# big', '#\u2060 big'],
  ])('makes no %s', (_what, outside, shown) => {
    expect(description(outside)).toBe(`${shown}\n\n${runbook}`);
    expect(sent(messageWith({ title: outside })).content.title).toBe(shown);
    expect(sent(messageWith({ nextSteps: [outside] })).content.nextSteps).toEqual([shown]);
  });

  test('that names packages and commands stays as it is', () => {
    const line = 'kernel.x86_64:0:6.1.158-180 i-0123456789abcdef0 --input \'{"policy":"prd-web"}\'';

    expect(description(line)).toBe(`${line}\n\n${runbook}`);
  });

  test('in a patch title reaches chat harmless', () => {
    const alert = slaAlert({ patches: [overdue(1, { title: '<!channel> [fix](https://evil.example)' })] });
    const text = sent(slaMessage(alert, 'en', { reportUrl: 's3://b/sla/report.json', patchFleetArn })).content
      .description;

    expect(text).not.toMatch(/<|\]\(|https:\/\/evil/);
    expect(text).toContain('s3://b/sla/report.json');
  });
});

describe('limits', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom('&', '<', '😀', '漏', '\ud83d', '\n', ' '), maxLength: 12_000 }),
  );

  test('[F37] hold for any message, and no character or escape is cut', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.array(anyText, { maxLength: 30 }),
        fc.array(
          fc.webUrl().map((url) => url.replaceAll('&', '')),
          { maxLength: 5 },
        ),
        (text, steps, links) => {
          const message = messageWith({
            title: text,
            opening: [text, ...steps],
            nextSteps: steps,
            links,
            closing: links,
            keywords: steps,
          });
          const { content } = sent(message);

          for (const each of [
            content.title,
            content.description,
            ...content.nextSteps,
            ...content.keywords,
          ]) {
            expect(each.isWellFormed()).toBe(true);
            expect(each).not.toMatch(/&(?!(?:amp|lt|gt);)/);
            expect(each).not.toMatch(/[<>]/);
          }
          for (const link of links) expect(content.description).toContain(link);
        },
      ),
      seeded(300),
    );
  });

  test.each([0, 1, 2, 3, 4])('do not cut an escape at any place (%d)', (offset) => {
    const odd = 'x'.repeat(offset) + '&'.repeat(4000);
    const { content } = sent(messageWith({ title: odd, opening: [odd], nextSteps: [odd] }));

    for (const each of [content.title, content.description, ...content.nextSteps]) {
      expect(each).not.toMatch(/&(?!amp;)/);
      expect(each).toContain('...');
    }
  });

  test('cost a long text its lines, and never its links', () => {
    const links = ['https://console.example.com/one', 's3://bucket/two'];
    const lines = Array.from({ length: 1000 }, (_, index) => `  server ${index} lacks patches`);
    const { description: text } = sent(
      messageWith({ opening: ['First line', ...lines], closing: links, links }),
    ).content;

    expect(text.length).toBeGreaterThan(7900);
    expect(text).toMatch(/^First line\n• server 0 lacks patches\n/);
    expect(text.endsWith(`lacks patches\n...\n\n${links.join('\n')}\n${runbook}`)).toBe(true);
  });

  test.each(['en', 'ja'] as const)('[F37] hold for a digest of any size, in %s', (language) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.string({ unit: 'binary' }), (count, odd) => {
        const nodes = Array.from({ length: count }, (_, index) =>
          troubled(index, { nodeId: `${odd}${index}`, region: odd, vulnerabilities: [odd, `CVE-${index}`] }),
        );
        const message = findingsMessage(digest({ nodes }), language, facts);

        expect(chatNotification(message, about).length).toBeLessThan(40_000);
        expect(sent(message).content.description).toContain(runbook);
      }),
      seeded(30),
    );
  });
});
