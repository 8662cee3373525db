import { prospectOf } from '../../../../shared/domain/sla/prospect.ts';
import { policyOf } from '../../../support/domain-builders.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** Saturday, 22:00 in Tokyo. */
const opensAt = Date.parse('2026-01-10T13:00:00Z');
const window = { opensAt, cutoffAt: opensAt + 3 * hour, closesAt: opensAt + 4 * hour };

const weekly = {
  schedule: 'cron(0 22 ? * SAT *)',
  timeZone: 'Asia/Tokyo',
  durationHours: 4,
  cutoffHours: 1,
};

describe('the prospect of what was found', () => {
  test('is the next window, in time if it closes when the days are over', () => {
    const foundAt = window.closesAt - 7 * day;

    expect(prospectOf(policyOf({ install: weekly }), { foundAt, now: opensAt - day })).toEqual({
      kind: 'window',
      window,
      timeZone: 'Asia/Tokyo',
      dueAt: window.closesAt,
      isInTime: true,
    });
    expect(
      prospectOf(policyOf({ install: weekly }), { foundAt: foundAt - 1, now: opensAt - day }),
    ).toMatchObject({ isInTime: false });
  });

  test('is the open window until its cutoff, and then the next', () => {
    const policy = policyOf({ install: weekly });
    const at = (now: number) => prospectOf(policy, { foundAt: now, now });

    expect(at(window.cutoffAt - 1)).toMatchObject({ window: { opensAt }, isInTime: true });
    expect(at(window.cutoffAt)).toMatchObject({ window: { opensAt: opensAt + 7 * day }, isInTime: false });
  });

  test('takes the days from the policy', () => {
    const policy = policyOf({ install: weekly, slaDays: 14 });

    expect(prospectOf(policy, { foundAt: opensAt, now: window.cutoffAt })).toMatchObject({
      dueAt: opensAt + 14 * day,
      isInTime: true,
    });
  });

  test('is none without an install window, in the zone of the scans', () => {
    const scan = { schedule: 'rate(8 hours)', timeZone: 'Europe/London' };

    expect(prospectOf(policyOf({ install: undefined, scan }), { foundAt: opensAt, now: opensAt })).toEqual({
      kind: 'none',
      timeZone: 'Europe/London',
      dueAt: opensAt + 7 * day,
    });
  });

  test('is none after the only window', () => {
    const install = { ...weekly, schedule: 'at(2026-01-10T22:00:00)' };

    expect(prospectOf(policyOf({ install }), { foundAt: opensAt, now: window.cutoffAt })).toMatchObject({
      kind: 'none',
    });
  });

  test('of a rate is unknown, until one of its openings is known', () => {
    const policy = policyOf({ install: { ...weekly, schedule: 'rate(3 days)' } });
    const at = { foundAt: opensAt, now: opensAt };

    expect(prospectOf(policy, at)).toMatchObject({ kind: 'unknown', dueAt: opensAt + 7 * day });
    expect(prospectOf(policy, { ...at, anchor: opensAt - 5 * day })).toMatchObject({
      kind: 'window',
      window: { opensAt: opensAt + day },
      isInTime: true,
    });
  });
});
