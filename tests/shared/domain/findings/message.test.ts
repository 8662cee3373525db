import fc from 'fast-check';
import { findingsMessage } from '../../../../shared/domain/findings/message.ts';
import { nodeIdOf, spoke } from '../../../support/domain-builders.ts';
import {
  day,
  digest,
  facts,
  inTime,
  noon,
  now,
  patchFleetArn,
  troubled,
} from '../../../support/message-builders.ts';
import { seeded } from '../../../support/seeded.ts';

const withoutWindow = { kind: 'none', timeZone: 'Asia/Tokyo', dueAt: now + 1.5 * day } as const;
const tooLate = digest({ prospect: { ...inTime, dueAt: now + 1.5 * day, isInTime: false } });
const languages = ['en', 'ja'] as const;

describe('findings that the next window installs in time', () => {
  test('say in the first lines that there is nothing to do, when it is installed and when it is due', () => {
    const message = findingsMessage(digest(), 'en', facts);

    expect(message).toMatchObject({
      subject: '[fleet-patcher] Findings prd-web: 12 servers lack patches, worst CRITICAL',
      title: '12 servers of policy prd-web lack patches. Nothing to do now.',
      severity: 'warning',
      kind: 'findings',
    });
    expect(message.text.split('\n').slice(0, 9)).toEqual([
      '12 servers of policy prd-web lack patches.',
      'Nothing to do now: the next install window comes before they are due.',
      '11 new, 1 worse than told before, from 15 findings in Security Hub.',
      '',
      'Next install window: Sat 2026-01-17 22:00 to Sun 2026-01-18 02:00 (Asia/Tokyo), in 2 days. No server is started after Sun 2026-01-18 01:00.',
      'Due: Thu 2026-01-22 12:00 (Asia/Tokyo), in 6 days; the policy allows 7 days from discovery.',
      '',
      'What to do:',
      '  - Nothing. If a server is going to miss its due time, you are warned before it does.',
    ]);
    expect(message.text).not.toContain('start-execution');
  });

  test('say the same in Japanese', () => {
    const message = findingsMessage(digest(), 'ja', facts);

    expect(message.subject).toBe('[fleet-patcher] Findings prd-web: 12 servers lack patches, worst CRITICAL');
    expect(message.title).toBe(
      'ポリシー prd-web のサーバー 12 台で、未適用のパッチが見つかりました。今は対応不要です。',
    );
    expect(message.text.split('\n').slice(0, 6)).toEqual([
      'ポリシー prd-web のサーバー 12 台で、未適用のパッチが見つかりました。',
      '今は対応不要です。次回のメンテナンスウィンドウは適用期限に間に合います。',
      '新規 11 台、前回の通知より悪化 1 台 (Security Hub の検出結果 15 件)。',
      '',
      '次回のメンテナンスウィンドウ: 2026-01-17(土) 22:00 ～ 2026-01-18(日) 02:00 (Asia/Tokyo)、2 日後。2026-01-18(日) 01:00 以降はサーバーに着手しません。',
      '適用期限: 2026-01-22(木) 12:00 (Asia/Tokyo)、6 日後 (発見から 7 日以内)',
    ]);
  });

  test('list the ten worst servers, with what each lacks and whether that is new, and count the rest', () => {
    const { text } = findingsMessage(digest(), 'en', facts);

    expect(text).toContain('Servers by severity:\n       2  CRITICAL\n      10  MEDIUM\n');
    expect(text).toContain('The 10 worst of 12 servers:\n');
    expect(text).toContain(
      `  ${nodeIdOf(1)}  111122223333 ap-northeast-1  CRITICAL  4 missing, 1 waiting for a reboot  WORSE\n`,
    );
    expect(text).toContain(`  ${nodeIdOf(2)}  444455556666 ap-northeast-1  CRITICAL  3 missing  NEW\n`);
    expect(text).toContain(`  ${nodeIdOf(10)}  `);
    expect(text).not.toContain(`  ${nodeIdOf(11)}  `);
    expect(text).toContain('  ... and 2 more\n');
  });

  test('link to the worst server, and to each account and Region', () => {
    const { links, text } = findingsMessage(digest(), 'en', facts);

    expect(links).toHaveLength(5);
    expect(links[0]).toContain(`/managed-nodes/${nodeIdOf(1)}/`);
    expect(text).toContain(`Patch Manager (${spoke.accountId} ${spoke.region}): https://`);
    for (const link of links) expect(text).toContain(link);
  });

  test('that have failed before ask for a look', () => {
    const failing = digest({ nodes: [troubled(1, { failed: 2 }), troubled(2)] });
    const message = findingsMessage(failing, 'en', facts);

    expect(message.subject).toContain('] CHECK prd-web');
    expect(message.nextSteps).toEqual([expect.stringMatching(/^On 1 server patches have failed before/)]);
    expect(message.text).not.toContain('Nothing');
    expect(findingsMessage(failing, 'ja', facts).text).not.toContain('対応不要');
  });
});

describe('findings that need somebody', () => {
  test.each<[string, Parameters<typeof findingsMessage>[0], string, string]>([
    ['a window that comes too late', tooLate, 'comes too late', '期限に間に合いません'],
    ['no window', digest({ prospect: withoutWindow }), 'no install window', 'ウィンドウがなく'],
    [
      'a window that cannot be computed',
      digest({ prospect: { ...withoutWindow, kind: 'unknown' } }),
      'cannot be computed',
      '計算できません',
    ],
  ])('for %s: say so, until when, and how to start a run', (_what, about, inEnglish, inJapanese) => {
    const message = findingsMessage(about, 'en', facts);
    const japanese = findingsMessage(about, 'ja', facts);

    expect(message.subject).toContain('] ACTION prd-web');
    expect(message.text.split('\n')[1]).toContain(inEnglish);
    expect(message.nextSteps.join()).toContain('Sat 2026-01-17 03:30 (Asia/Tokyo)');
    expect(message.text).toContain(
      `--region us-east-1 --state-machine-arn ${patchFleetArn} --input '{"policy":"prd-web"}'`,
    );
    expect(message.text).not.toContain('Nothing');
    expect(japanese.text.split('\n')[1]).toContain(inJapanese);
    expect(japanese.nextSteps.join()).toContain('2026-01-17(土) 03:30 (Asia/Tokyo)');
    expect([message.severity, japanese.severity]).toEqual(['warning', 'warning']);
  });

  test('after the due time do not tell people to act before it', () => {
    const over = digest({ prospect: { ...withoutWindow, dueAt: now - day } });

    expect(findingsMessage(over, 'en', facts).nextSteps[0]).toMatch(/^The due time has passed\./);
    expect(findingsMessage(over, 'ja', facts).nextSteps[0]).toMatch(/^適用期限を過ぎています。/);
  });

  test.each(languages)('because they belong to no policy, say what that means, in %s', (language) => {
    const alone = digest({ policy: null, prospect: null, slaDays: null, nodes: [troubled(1)] });
    const message = findingsMessage(alone, language, facts);

    expect(message.subject).toBe('[fleet-patcher] ACTION no policy: 1 server lacks patches, worst HIGH');
    expect(message.severity).toBe('warning');
    expect(message.nextSteps).toHaveLength(3);
    expect(message.text).not.toMatch(/null|start-execution|Asia\/Tokyo/);
    if (language === 'en') expect(message.text).toMatch(/^1 server without a policy lacks patches\./);
  });
});

describe('severity', () => {
  const low = [troubled(1, { severity: 'LOW' }), troubled(2, { severity: 'INFORMATIONAL' })];

  test.each([
    ['nothing but low ones in time', digest({ nodes: low }), 'info'],
    ['low ones that are late', { ...tooLate, nodes: low }, 'warning'],
    [
      'one medium among low ones',
      digest({ nodes: [troubled(3, { severity: 'MEDIUM' }), ...low] }),
      'warning',
    ],
    ['low ones without a policy', digest({ nodes: low, policy: null, prospect: null }), 'warning'],
  ])('%s', (_what, about, severity) => {
    expect(findingsMessage(about, 'en', facts).severity).toBe(severity);
  });
});

test('vulnerabilities are named once each, the first five of them', () => {
  const ids = Array.from({ length: 7 }, (_, index) => `CVE-2026-1000${index}`);
  const nodes = [troubled(1, { vulnerabilities: ids }), troubled(2, { vulnerabilities: ids.slice(0, 3) })];

  expect(findingsMessage(digest({ nodes }), 'en', facts).text).toContain(
    `Amazon Inspector reports on these servers: ${ids.slice(0, 5).join(', ')}, and 2 more.`,
  );
  expect(findingsMessage(digest({ nodes }), 'ja', facts).text).toContain(`CVE-2026-10004 ほか 2 件`);
});

test.each(languages)('[F37] any digest is a message that SNS takes, in %s', (language) => {
  const odd = fc.string({ unit: 'binary', maxLength: 2000 });
  const node = fc.record({ nodeId: odd, region: odd, accountId: odd, vulnerabilities: fc.array(odd) });
  fc.assert(
    fc.property(
      fc.array(node, { maxLength: 40 }),
      fc.integer({ min: 1, max: 100 }),
      odd,
      (some, times, policy) => {
        const nodes = Array.from({ length: times }, () => some).flatMap((each) =>
          each.map((different, index) => troubled(index, { ...different, foundAt: noon })),
        );
        const message = findingsMessage(digest({ nodes, policy }), language, facts);

        expect(message.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(Buffer.byteLength(message.text)).toBeLessThan(150_000);
      },
    ),
    seeded(50),
  );
});
