import fc from 'fast-check';
import { digestOf, urgentMessage } from '../../shared/domain/digest.ts';
import { excerpt } from '../../shared/domain/excerpt.ts';
import { findingsMessage } from '../../shared/domain/findings/message.ts';
import type { Message } from '../../shared/domain/message.ts';
import { summaryOf } from '../../shared/domain/run-summary.ts';
import { forecastOf } from '../../shared/domain/sla/forecast.ts';
import { slaMessage } from '../../shared/domain/sla/message.ts';
import { reportCsv } from '../../shared/domain/sla/report-csv.ts';
import { noUsage } from '../../shared/domain/usage.ts';
import { tell } from '../../shared/lambda/tell.ts';
import { closedRecord } from '../support/closed-record.ts';
import { nodeIdOf, planWith, runningBatch, waitingNode } from '../support/domain-builders.ts';
import { config, handMadeDependencies, recordingPublish } from '../support/handler-dependencies.ts';
import { digest, now, overdue, slaAlert, troubled } from '../support/message-builders.ts';
import { seeded } from '../support/seeded.ts';
import { nodeSummary, openEntry, placeWith, weeklyPolicy, windowOpensAt } from '../support/sla-builders.ts';
import { hostileText } from './hostile.ts';

const language = fc.constantFrom('en', 'ja');

/** As a record has it: of a request that was refused it may be anything, shortened. */
const policyName = hostileText.map((text) => excerpt(text) || 'unknown');

/** What SNS, the chat application and a mail's reader need, whatever the message is about. */
async function expectSendable(message: Message, policy: string): Promise<void> {
  const { messages, publish } = recordingPublish();
  await tell(
    message,
    { policy, id: policy, entry: 'x', chat: true },
    { ...handMadeDependencies(now), publish },
  );
  expect(messages.map(({ topicArn }) => topicArn)).toContain(config.chatTopicArn);
  for (const { subject, text, attributes } of messages) {
    expect(subject).toMatch(/^[!-~][ -~]{0,98}$/);
    const all = [subject, text, ...Object.entries(attributes).flat()];
    expect(all.reduce((sum, each) => sum + Buffer.byteLength(each), 0)).toBeLessThan(262_144);
    expect(Object.values(attributes).filter((value) => !/^[^\p{Cc}]+$/u.test(value))).toEqual([]);
    expect(text.isWellFormed()).toBe(true);
  }
  const chat = JSON.parse(messages.at(-1)?.text ?? '');
  expect(chat.content.description.length).toBeLessThanOrEqual(8000);
  expect(chat.content.title).toMatch(/^[^\p{Cc}]{1,250}$/u);
  expect(chat.content.description).not.toMatch(/<!|<@|\]\(https/);
}

function linesOf(message: Message): number {
  return message.text.split('\n').length;
}

describe('a message about what has a hostile name', () => {
  test('tells of the end of a run, one line a server', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, policyName, language, async (nasty, policy, words) => {
        const recordOf = (text: string, name: string) => {
          const { settings } = planWith();
          return closedRecord({
            plan: planWith({ settings: { ...settings, policy: name } }),
            batches: [
              runningBatch(
                [waitingNode(1, { outcome: 'PatchFailed', reason: text }), waitingNode(2, { nodeId: text })],
                { turn: 1 },
              ),
            ],
            ending: { waveIndex: 0, isHalted: false, reason: null, error: 'fault' },
            usage: noUsage,
            now,
          });
        };
        const message = digestOf(summaryOf(recordOf(nasty, policy)), words, 's3://bucket/runs/x/run.json');
        await expectSendable(message, policy);
        expect(linesOf(message)).toBe(
          linesOf(digestOf(summaryOf(recordOf('plain', 'plain')), words, 's3://x')),
        );
      }),
      seeded(60),
    );
  });

  test('tells of what cannot wait, one line a server', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, policyName, language, async (nasty, policy, words) => {
        const run = { policy, runId: 'run-1', language: words };
        const message = urgentMessage(run, [{ nodeId: nasty, what: 'PostHookFailed', reason: nasty }]);
        await expectSendable(message, policy);
        const plain = [{ nodeId: 'x', what: 'PostHookFailed', reason: 'x' }];
        expect(linesOf(message)).toBe(linesOf(urgentMessage({ ...run, policy: 'x' }, plain)));
      }),
      seeded(60),
    );
  });

  test('tells of findings and of the clock, one line a server', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, language, async (nasty, words) => {
        const facts = { now, patchFleetArn: config.patchFleetArn };
        const nodesOf = (text: string) => [troubled(1, { region: text, vulnerabilities: [text, 'CVE-1'] })];
        const found = findingsMessage(digest({ nodes: nodesOf(nasty) }), words, facts);
        const patch = overdue(1, { title: nasty, patchId: nasty, region: nasty });
        const links = { reportUrl: 's3://bucket/report.csv', patchFleetArn: config.patchFleetArn };
        const late = slaMessage(slaAlert({ patches: [patch] }), words, links);
        await expectSendable(found, 'prd-web');
        await expectSendable(late, 'prd-web');
        const plain = slaMessage(slaAlert({ patches: [overdue(1)] }), words, links);
        expect(linesOf(late)).toBe(linesOf(plain));
      }),
      seeded(60),
    );
  });
});

/** The cells of a CSV, as RFC 4180 has them. */
function cellsOf(csv: string): string[] {
  const cells = [...csv.matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)];
  return cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

test('the table of open patches holds no formula, whatever a patch is called', () => {
  fc.assert(
    fc.property(hostileText, (nasty) => {
      const entry = openEntry(1, { patchId: nasty, title: nasty, classification: nasty });
      const place = placeWith([nodeSummary(1)], [entry]);
      const forecast = forecastOf(
        { name: 'prd-web', policy: weeklyPolicy() },
        [{ ...place, region: nasty }],
        { now: windowOpensAt, anchor: undefined },
      );
      const cells = cellsOf(reportCsv([forecast]));
      expect(cells).toContain(nodeIdOf(1));
      expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    }),
    seeded(60),
  );
});
