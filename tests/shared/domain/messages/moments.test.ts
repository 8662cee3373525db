import { english } from '../../../../shared/domain/messages/english.ts';
import { japanese } from '../../../../shared/domain/messages/japanese.ts';
import { distanceText, momentText, windowLine } from '../../../../shared/domain/messages/moments.ts';
import { hour, minute } from '../../../support/domain-builders.ts';
import { day, now, saturday } from '../../../support/message-builders.ts';

describe('a moment', () => {
  test.each([
    ['2026-01-17T13:00:00Z', 'Asia/Tokyo', 'Sat 2026-01-17 22:00', '2026-01-17(土) 22:00'],
    ['2026-01-17T15:00:00Z', 'Asia/Tokyo', 'Sun 2026-01-18 00:00', '2026-01-18(日) 00:00'],
    ['2026-01-17T03:30:59Z', 'America/New_York', 'Fri 2026-01-16 22:30', '2026-01-16(金) 22:30'],
    ['2026-07-01T12:00:00Z', 'Europe/London', 'Wed 2026-07-01 13:00', '2026-07-01(水) 13:00'],
    ['2026-12-31T23:59:00Z', 'UTC', 'Thu 2026-12-31 23:59', '2026-12-31(木) 23:59'],
  ])('%s in %s', (iso, timeZone, inEnglish, inJapanese) => {
    expect(momentText(Date.parse(iso), timeZone, english)).toBe(inEnglish);
    expect(momentText(Date.parse(iso), timeZone, japanese)).toBe(inJapanese);
  });
});

describe('a distance', () => {
  test.each([
    [30 * minute, 'in less than an hour', '1 時間以内'],
    [-30 * minute, 'less than an hour ago', '1 時間以内に経過'],
    [hour, 'in 1 hour', '1 時間後'],
    [47.9 * hour, 'in 47 hours', '47 時間後'],
    [48 * hour, 'in 2 days', '2 日後'],
    [-6.9 * day, '6 days ago', '6 日前'],
  ])('of %d ms is cut to whole units, never rounded up', (distance, inEnglish, inJapanese) => {
    expect(distanceText(now + distance, now, english)).toBe(inEnglish);
    expect(distanceText(now + distance, now, japanese)).toBe(inJapanese);
  });
});

describe('an install window', () => {
  const tokyo = (at: number) => ({ timeZone: 'Asia/Tokyo', now: at });

  test('says when it opens, when it closes and when it stops starting servers', () => {
    expect(windowLine(saturday, tokyo(now), english)).toBe(
      'Next install window: Sat 2026-01-17 22:00 to Sun 2026-01-18 02:00 (Asia/Tokyo), in 2 days. No server is started after Sun 2026-01-18 01:00.',
    );
    expect(windowLine(saturday, tokyo(now), japanese)).toBe(
      '次回のメンテナンスウィンドウ: 2026-01-17(土) 22:00 ～ 2026-01-18(日) 02:00 (Asia/Tokyo)、2 日後。2026-01-18(日) 01:00 以降はサーバーに着手しません。',
    );
  });

  test('says so while it is open', () => {
    expect(windowLine(saturday, tokyo(saturday.opensAt), english)).toContain(
      'open NOW, until Sun 2026-01-18 02:00',
    );
    expect(windowLine(saturday, tokyo(saturday.opensAt), japanese)).toContain('現在実施中');
    expect(windowLine(saturday, tokyo(saturday.closesAt), english)).not.toContain('NOW');
  });

  test('[F17] while it is open asks for no second run beside its own', () => {
    const open = tokyo(saturday.opensAt);

    expect(windowLine(saturday, open, english)).toMatch(/start none by hand before that has ended\.$/);
    expect(windowLine({ ...saturday, cutoffAt: saturday.closesAt }, open, japanese)).toBe(
      'メンテナンスウィンドウは【現在実施中】です (2026-01-18(日) 02:00 まで、Asia/Tokyo)。自動実行が終わるまで、手動で実行しないでください。',
    );
  });

  test('without a cutoff says nothing of one', () => {
    const window = { ...saturday, cutoffAt: saturday.closesAt };

    expect(windowLine(window, tokyo(now), english)).not.toContain('No server');
    expect(windowLine(window, tokyo(now), japanese)).not.toContain('着手しません');
  });
});
