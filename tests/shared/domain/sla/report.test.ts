import type { NodeSummary, OpenEntry } from '../../../../shared/domain/ledger/ledger.ts';
import type { Policy } from '../../../../shared/domain/policy.ts';
import { dueAlertsOf } from '../../../../shared/domain/sla/alerts.ts';
import { forecastOf } from '../../../../shared/domain/sla/forecast.ts';
import { makeReport } from '../../../../shared/domain/sla/make-report.ts';
import { slaReportSchema } from '../../../../shared/domain/sla/report.ts';
import { reportCsv } from '../../../../shared/domain/sla/report-csv.ts';
import { nodeIdOf, policyOf } from '../../../support/domain-builders.ts';
import {
  day,
  nodeSummary,
  openEntry,
  placeWith,
  weeklyPolicy,
  windowOpensAt,
} from '../../../support/sla-builders.ts';

const now = windowOpensAt - day;

function forecasts(
  policies: Readonly<Record<string, Policy>>,
  nodes: readonly NodeSummary[],
  entries: readonly OpenEntry[],
) {
  return Object.entries(policies).map(([name, policy]) =>
    forecastOf({ name, policy }, [placeWith(nodes, entries)], { now }),
  );
}

function reportOf(
  nodes: readonly NodeSummary[],
  entries: readonly OpenEntry[],
  policies: Readonly<Record<string, Policy>> = { 'prd-web': weeklyPolicy() },
) {
  const known = { policies, forecasts: forecasts(policies, nodes, entries), anchors: new Map() };
  const rest = { staleLooks: [], withoutPolicy: 0, csvKey: 'sla/2026-01-09/13.csv' };
  const report = makeReport({ ...known, ...rest }, now);
  expect(slaReportSchema.parse(report)).toEqual(report);
  return report;
}

/** A patch of node `index` that was first seen so many days ago. */
const seen = (index: number, days: number, rest: Partial<OpenEntry> = {}) =>
  openEntry(index, { patchId: `patch-${days}-${rest.severity}`, firstSeenAt: now - days * day, ...rest });

describe('the report', () => {
  test('counts patches and nodes by status, a node by its worst', () => {
    const { overall } = reportOf(
      [nodeSummary(1), nodeSummary(2), nodeSummary(3)],
      [seen(1, 0), seen(1, 5), seen(1, 8), seen(2, 6), seen(2, 1)],
    );

    expect(overall.patches).toEqual({ onTime: 2, dueSoon: 2, breached: 1 });
    expect(overall.nodes).toEqual({ onTime: 0, dueSoon: 1, breached: 1 });
    expect(overall.allNodes).toBe(3);
  });

  test('counts by severity, and by age from the first moment of each', () => {
    const { overall } = reportOf(
      [nodeSummary(1)],
      [0, 1, 3, 7, 14, 30].map((days, index) =>
        seen(1, days, { severity: index % 2 === 0 ? 'Critical' : 'Low' }),
      ),
    );

    const none = { onTime: 0, dueSoon: 0, breached: 0 };
    expect(overall.byAgeDays).toEqual({
      '0-1': { ...none, onTime: 1 },
      '1-3': { ...none, onTime: 1 },
      '3-7': { ...none, onTime: 1 },
      '7-14': { ...none, breached: 1 },
      '14-30': { ...none, breached: 1 },
      '30+': { ...none, breached: 1 },
    });
    expect(overall.bySeverity).toEqual({
      Critical: { ...none, onTime: 2, breached: 1 },
      Important: none,
      Medium: none,
      Low: { ...none, onTime: 1, breached: 2 },
      Unspecified: none,
    });
  });

  test('counts what will breach by reason, and lists it, the earliest due first', () => {
    const offline = nodeSummary(1, { standing: 'offline' });
    const nodes = [offline, nodeSummary(2), nodeSummary(3), nodeSummary(4)];

    const { overall, urgent } = reportOf(nodes, [
      seen(1, 2),
      seen(1, 3),
      seen(2, 6.5),
      seen(3, 8),
      seen(4, 1),
    ]);

    expect(overall.willBreach).toEqual({
      patches: 3,
      nodes: 2,
      byReason: { NodeAway: 2, WindowTooLate: 1 },
    });
    expect(overall.breachedByReason).toEqual({ KeepsFailing: 1 });
    expect(overall.awayNodes).toBe(1);
    expect(urgent.map(({ nodeId, reason }) => [nodeId, reason])).toEqual([
      [nodeIdOf(3), 'KeepsFailing'],
      [nodeIdOf(2), 'WindowTooLate'],
      [nodeIdOf(1), 'NodeAway'],
      [nodeIdOf(1), 'NodeAway'],
    ]);
  });

  test('keeps nodes that have opted out apart', () => {
    const { overall, urgent } = reportOf(
      [nodeSummary(1, { standing: 'optedOut' })],
      [seen(1, 20), seen(1, 1)],
    );

    expect(overall).toMatchObject({
      patches: { onTime: 0, dueSoon: 0, breached: 0 },
      optedOut: { patches: 2, nodes: 1 },
    });
    expect(urgent).toEqual([]);
  });

  test('adds the policies up, and says of each whether its windows are often enough', () => {
    const monthly = weeklyPolicy({ install: { schedule: 'cron(0 22 ? * SAT#2 *)' } });
    const policies = { 'prd-web': weeklyPolicy(), 'prd-db': monthly, byhand: policyOf() };
    const nodes = [nodeSummary(1), nodeSummary(2, { policy: 'prd-db' })];

    const { overall, policies: parts } = reportOf(nodes, [seen(1, 1), seen(2, 1)], policies);

    expect(overall.patches.onTime).toBe(2);
    expect(parts.map((part) => [part.policy, part.longestGapDays, part.areWindowsOftenEnough])).toEqual([
      ['prd-web', 7, true],
      ['prd-db', 35, false],
      ['byhand', null, null],
    ]);
    expect(parts[0]?.nextWindow?.opensAt).toBe('2026-01-10T13:00:00.000Z');
    expect(parts.map((part) => part.patches.onTime)).toEqual([1, 1, 0]);
  });

  test('takes the hour by which clocks change for no gap', () => {
    const policy = weeklyPolicy({ install: { timeZone: 'America/New_York' } });

    expect(reportOf([], [], { 'prd-web': policy }).policies[0]).toMatchObject({
      longestGapDays: 7,
      areWindowsOftenEnough: true,
    });
  });
});

describe('the report as CSV', () => {
  test('has a row for each open patch, the earliest due first, under its headers', () => {
    const nodes = [nodeSummary(1), nodeSummary(2, { standing: 'optedOut' })];
    const policies = { 'prd-web': weeklyPolicy() };

    const lines = reportCsv(forecasts(policies, nodes, [seen(1, 1), seen(2, 8)])).split('\r\n');

    expect(lines).toEqual([
      'Policy,Account,Region,Node,Node standing,Patch,Title,Classification,Severity,State,Status,First seen,Due,Expected,Reason,Windows missed',
      `prd-web,111122223333,ap-northeast-1,${nodeIdOf(2)},optedOut,patch-8-undefined,openssl,Security,Important,Missing,optedOut,2026-01-01T13:00:00.000Z,2026-01-08T13:00:00.000Z,,,1`,
      `prd-web,111122223333,ap-northeast-1,${nodeIdOf(1)},ready,patch-1-undefined,openssl,Security,Important,Missing,onTime,2026-01-08T13:00:00.000Z,2026-01-15T13:00:00.000Z,2026-01-10T13:06:20.000Z,,0`,
      '',
    ]);
  });

  test('has one header, however many rows there are', () => {
    const nodes = Array.from({ length: 6000 }, (_each, index) => nodeSummary(index + 1));
    const entries = nodes.map((_node, index) => openEntry(index + 1));

    const lines = reportCsv(forecasts({ 'prd-web': weeklyPolicy() }, nodes, entries)).split('\r\n');

    expect(lines).toHaveLength(1 + 6000 + 1);
    expect(lines.filter((line) => line.startsWith('Policy,'))).toHaveLength(1);
  });

  test('has its headers where nothing is open', () => {
    expect(reportCsv([]).split('\r\n')).toHaveLength(2);
  });

  test('never hands a spreadsheet a formula', () => {
    const titles = ['=HYPERLINK("http://example.com")', '+1', '-1', '@SUM(A1)'];
    const entries = titles.map((title, index) => openEntry(1, { patchId: `patch-${index}`, title }));

    const csv = reportCsv(forecasts({ 'prd-web': weeklyPolicy() }, [nodeSummary(1)], entries));

    for (const title of titles) expect(csv).toContain(`'${title.replaceAll('"', '""')}`);
  });
});

describe('the alerts that are due', () => {
  const alertsOf = (entries: readonly OpenEntry[], node: Partial<NodeSummary> = {}) => {
    const nodes = [nodeSummary(1, node), nodeSummary(2, node)];
    return forecasts({ 'prd-web': weeklyPolicy() }, nodes, entries).flatMap(dueAlertsOf);
  };

  test('are a forecast and a breach, each of what it is about', () => {
    const alerts = alertsOf([seen(2, 1), seen(1, 6.5), seen(1, 8)]);

    expect(alerts.map(({ alert, mark, patches }) => [alert.kind, mark, patches.length])).toEqual([
      ['sla-forecast', 'foretoldAt', 1],
      ['sla-breach', 'breachToldAt', 1],
    ]);
    expect(alerts[0]?.alert).toMatchObject({
      policy: 'prd-web',
      slaDays: 7,
      timeZone: 'Asia/Tokyo',
      counts: { onTime: 1, dueSoon: 1, breached: 1 },
      nextWindow: { opensAt: windowOpensAt },
      now,
    });
  });

  test('are none of what was told, and a breach is told that was foretold', () => {
    expect(alertsOf([seen(1, 6.5, { foretoldAt: 1 }), seen(1, 8, { breachToldAt: 1 })])).toEqual([]);
    expect(alertsOf([seen(1, 8, { foretoldAt: 1 })])).toMatchObject([{ mark: 'breachToldAt' }]);
  });

  test('are none of a node that has opted out, nor of what will be in time', () => {
    expect(alertsOf([seen(1, 8), seen(1, 6.5)], { standing: 'optedOut' })).toEqual([]);
    expect(alertsOf([seen(1, 1)])).toEqual([]);
  });
});
