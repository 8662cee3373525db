import fc from 'fast-check';
import { type ForecastReason, forecastReasons, type SlaAlert } from '../../../../shared/domain/sla/alert.ts';
import { slaMessage } from '../../../../shared/domain/sla/message.ts';
import { hour, nodeIdOf } from '../../../support/domain-builders.ts';
import { day, now, overdue, patchFleetArn, saturday, slaAlert } from '../../../support/message-builders.ts';
import { seeded } from '../../../support/seeded.ts';

const links = { reportUrl: 's3://fleet-patcher-logs/sla/report.json', patchFleetArn };
const languages = ['en', 'ja'] as const;
const breach: Partial<SlaAlert> = { kind: 'sla-breach', now: now + 3 * day };

describe('a forecast', () => {
  test('says how many will be late, when the first is due, which window is next, and what to do about each cause', () => {
    const message = slaMessage(slaAlert(), 'en', links);

    expect(message).toMatchObject({
      subject: '[fleet-patcher] SLA AT RISK prd-web: 5 patches on 4 servers',
      title: 'prd-web: 5 patches on 4 servers will miss the SLA unless somebody acts',
      severity: 'warning',
      kind: 'sla-forecast',
    });
    expect(message.text.split('\n').slice(0, 5)).toEqual([
      '5 patches on 4 servers of policy prd-web will not be installed within the SLA of 7 days unless somebody acts.',
      '',
      'The first due time: Sat 2026-01-17 03:30 (Asia/Tokyo), in 36 hours.',
      'Next install window: Sat 2026-01-17 22:00 to Sun 2026-01-18 02:00 (Asia/Tokyo), in 2 days. No server is started after Sun 2026-01-18 01:00.',
      'Open patches of the policy now: 212 on time, 5 due within 48 hours, 0 overdue.',
    ]);
    expect(message.nextSteps).toEqual([
      expect.stringMatching(
        /^The next window comes too late \(2 patches on 2 servers\)\. Start a run by hand before Sat 2026-01-17 03:30 \(Asia\/Tokyo\)\./,
      ),
      expect.stringMatching(
        /^The server does not answer, or is stopped \(2 patches on 1 server\)\. Bring the server back/,
      ),
      expect.stringMatching(/\(1 patch on 1 server\)\. Find the cause in the hook and patch output/),
    ]);
    expect(message.text).toContain('aws stepfunctions start-execution');
    expect(message.text).toContain(`Every patch of every server: ${links.reportUrl}`);
  });

  test('says the same in Japanese', () => {
    const message = slaMessage(slaAlert(), 'ja', links);

    expect(message.subject).toBe('[fleet-patcher] SLA AT RISK prd-web: 5 patches on 4 servers');
    expect(message.title).toBe('prd-web: サーバー 4 台のパッチ 5 件が SLA の期限に間に合わない見込みです');
    expect(message.text.split('\n').slice(0, 5)).toEqual([
      'ポリシー prd-web: サーバー 4 台のパッチ 5 件が、このままでは SLA の期限 (発見から 7 日) までに適用されません。対応が必要です。',
      '',
      '最も早い期限: 2026-01-17(土) 03:30 (Asia/Tokyo)、36 時間後',
      '次回のメンテナンスウィンドウ: 2026-01-17(土) 22:00 ～ 2026-01-18(日) 02:00 (Asia/Tokyo)、2 日後。2026-01-18(日) 01:00 以降はサーバーに着手しません。',
      'ポリシー全体の未適用パッチ: 期限内 212 件、48 時間以内に期限 5 件、期限超過 0 件',
    ]);
    expect(message.nextSteps[0]).toContain(
      '2026-01-17(土) 03:30 (Asia/Tokyo) までに手動で実行してください。',
    );
  });

  test('lists servers by cause, the earliest due first, each with its worst severity and its patches', () => {
    const { text } = slaMessage(slaAlert(), 'en', links);

    const lines = text.slice(text.indexOf('Servers by cause')).split('\n');
    expect(lines.filter((line) => line.startsWith('  ')).map((line) => line.trim().split('  ')[0])).toEqual([
      nodeIdOf(3),
      nodeIdOf(4),
      nodeIdOf(1),
      nodeIdOf(2),
    ]);
    expect(text).toContain(
      `  ${nodeIdOf(1)}  111122223333 ap-northeast-1  due Sat 2026-01-17 15:30  Critical  KB5074109 (2026-01 Cumulative Update for Windows Server 2022 (KB5074109)) and 1 more patch\n`,
    );
    expect(text).toMatch(new RegExp(`${nodeIdOf(2)} .*  1 window missed\\n`));
  });

  test.each(languages)(
    'gives each cause a line, an advice and another word than the others, in %s',
    (language) => {
      const reasons: (ForecastReason | null)[] = [...forecastReasons, null];
      const steps = reasons.map((reason) => {
        const { nextSteps } = slaMessage(slaAlert({ patches: [overdue(1, { reason })] }), language, links);
        expect(nextSteps).toHaveLength(1);
        expect(nextSteps[0]?.length).toBeLessThanOrEqual(350);
        return nextSteps[0];
      });

      expect(new Set(steps).size).toBe(reasons.length);
    },
  );

  test('offers a run by hand only where that helps', () => {
    const onlyReboots = slaAlert({ patches: [overdue(1, { reason: 'NeedsReboot' })] });

    expect(slaMessage(onlyReboots, 'en', links).text).not.toContain('start-execution');
    expect(slaMessage(onlyReboots, 'en', links).nextSteps[0]).toContain('Reboot the server by hand before');
  });

  test('offers no run where none installs on the system of the server', () => {
    const { text } = slaMessage(slaAlert({ patches: [overdue(1, { reason: 'Unsupported' })] }), 'en', links);

    expect(text).toContain('No run installs patches on this operating system');
    expect(text).not.toContain('start-execution');
  });

  test('without a next window says so', () => {
    expect(slaMessage(slaAlert({ nextWindow: null }), 'en', links).text).toContain(
      'Install window: none that is known.',
    );
  });
});

describe('a breach', () => {
  test('is told in the past tense, and asks for action now', () => {
    const alert = slaAlert({ ...breach, patches: [overdue(1), overdue(2, { reason: 'NoWindow' })] });
    const message = slaMessage(alert, 'en', links);

    expect(message.subject).toBe('[fleet-patcher] SLA MISSED prd-web: 2 patches on 2 servers');
    expect(message.kind).toBe('sla-breach');
    expect(message.text).toMatch(
      /^2 patches on 2 servers of policy prd-web were not installed within the SLA of 7 days\./,
    );
    expect(message.text).toContain('The first due time: Sat 2026-01-17 15:30 (Asia/Tokyo), 24 hours ago.');
    expect(message.text).toContain('was due Sat 2026-01-17 15:30');
    expect(message.nextSteps).toEqual([
      expect.stringContaining('then start a run by hand now.'),
      expect.stringMatching(/Start a run by hand now\.$/),
    ]);
    expect(message.nextSteps.join()).not.toContain('before');
  });

  test('says the same in Japanese', () => {
    const { text, nextSteps } = slaMessage(slaAlert({ ...breach, patches: [overdue(1)] }), 'ja', links);

    expect(text).toMatch(
      /^ポリシー prd-web: サーバー 1 台のパッチ 1 件が、SLA の期限 .* までに適用されませんでした。/,
    );
    expect(text).toContain('期限 2026-01-17(土) 15:30 (超過)');
    expect(nextSteps[0]).toContain('至急');
  });

  test.each([
    ['en', /Not scanned since the window that should have installed it .*may be installed already/],
    ['ja', /スキャンされていない.*適用済みの可能性があります/],
  ] as const)('that no scan explains says that it may be none, in %s', (language, expected) => {
    const unexplained = slaAlert({ ...breach, patches: [overdue(1, { reason: null })] });

    expect(slaMessage(unexplained, language, links).nextSteps).toEqual([expect.stringMatching(expected)]);
  });

  test('of one patch is in the singular', () => {
    const alert = slaAlert({ ...breach, slaDays: 1, patches: [overdue(1)] });

    expect(slaMessage(alert, 'en', links).text).toMatch(
      /^1 patch on 1 server of policy prd-web was not installed within the SLA of 1 day\./,
    );
  });
});

describe('a long list', () => {
  test.each(languages)(
    'is cut after 25 servers of all causes, in %s; every cause and count stays',
    (language) => {
      const patches = Array.from({ length: 600 }, (_, index) =>
        overdue(index % 60, {
          reason: index % 2 === 0 ? 'WindowFull' : 'NodeAway',
          dueAt: now + (index % 60) * hour,
          patchId: `KB${index}`,
        }),
      );
      const { text, nextSteps } = slaMessage(slaAlert({ patches }), language, links);

      expect(text.match(/^ {2}i-/gm)).toHaveLength(25);
      expect(nextSteps).toHaveLength(2);
      const [more, perCause] =
        language === 'en'
          ? [['... and 17 more', '... and 18 more'], '(300 patches on 30 servers)']
          : [['... ほか 17 台', '... ほか 18 台'], '(サーバー 30 台、パッチ 300 件)'];
      for (const line of more) expect(text).toContain(line);
      expect(text.split(perCause)).toHaveLength(5);
    },
  );

  test('a server that is late for two reasons is counted once', () => {
    const patches = [overdue(1), overdue(1, { reason: 'NeedsReboot' })];

    expect(slaMessage(slaAlert({ patches }), 'en', links).subject).toContain('2 patches on 1 server');
  });

  test('the same node id in two accounts is two servers', () => {
    const patches = [overdue(1), overdue(1, { accountId: '444455556666' })];

    expect(slaMessage(slaAlert({ patches }), 'en', links).subject).toContain('2 patches on 2 servers');
  });
});

test.each(languages)('[F37] any alert is a message that SNS takes, in %s', (language) => {
  const odd = fc.string({ unit: 'binary', maxLength: 1000 });
  const patch = fc.record({
    nodeId: odd,
    patchId: odd,
    title: odd,
    reason: fc.constantFrom(...forecastReasons, null),
    windowsMissed: fc.nat(),
    dueAt: fc.integer({ min: now - 400 * day, max: now + 400 * day }),
  });
  fc.assert(
    fc.property(
      fc.array(patch, { maxLength: 200 }),
      fc.constantFrom<SlaAlert['kind']>('sla-forecast', 'sla-breach'),
      fc.constantFrom(null, saturday),
      (different, kind, nextWindow) => {
        const patches = different.map((each, index) => overdue(index, each));
        const message = slaMessage(slaAlert({ patches, kind, nextWindow }), language, links);

        expect(message.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(Buffer.byteLength(message.text)).toBeLessThan(150_000);
        expect(message.text.endsWith(links.reportUrl)).toBe(true);
      },
    ),
    seeded(50),
  );
});
