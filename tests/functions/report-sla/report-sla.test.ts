import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SSMClient } from '@aws-sdk/client-ssm';
import { run } from '../../../functions/report-sla/handler.ts';
import { reportSlaInput } from '../../../functions/report-sla/schema.ts';
import type { TopicMessage } from '../../../shared/aws/topic.ts';
import { parseEvent } from '../../../shared/domain/findings/parse.ts';
import { slaReportSchema } from '../../../shared/domain/sla/report.ts';
import type { LogCode } from '../../../shared/lambda/log-messages.ts';
import { amazonLinux, install } from '../../infra/policies.ts';
import { home, hour, nodeIdOf, spoke } from '../../support/domain-builders.ts';
import { importedEvent, patchFinding } from '../../support/finding-events.ts';
import { config, handMadeDependencies, MemoryStore } from '../../support/handler-dependencies.ts';
import {
  MemoryClaims,
  MemoryHeldFindings,
  MemorySecurityHub,
  MemoryTellingTurns,
  MemoryTroubles,
} from '../../support/memory-findings.ts';
import { day, nodeSummary, openEntry, windowOpensAt } from '../../support/sla-builders.ts';
import { fakeLedger, type PlaceContent } from './fake-ledger.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-report-sla-'));
afterAll(() => rmSync(directory, { recursive: true }));

const now = windowOpensAt - day;
const ours = `${home.accountId}/${home.region}`;
const theirs = `${spoke.accountId}/${spoke.region}`;
const machines = `arn:aws:states:${home.region}:${home.accountId}:stateMachine`;
const input = { stateMachine: `${machines}:fleet-patcher-prd-watch-sla` };
const web = { patchGroup: 'prd-web', baselines: [amazonLinux], install: install() };
const looks = [{ policy: 'prd-web', lookedAt: now - hour }];

/** One patch that will breach, one that has, one that will be in time. */
const three: PlaceContent = {
  nodes: [nodeSummary(1), nodeSummary(2), nodeSummary(3)],
  entries: [
    openEntry(1, { firstSeenAt: now - 6.5 * day }),
    openEntry(2, { firstSeenAt: now - 8 * day }),
    openEntry(3, { firstSeenAt: now - day }),
  ],
  looks,
};

interface Situation {
  readonly places: Readonly<Record<string, PlaceContent>>;
  readonly policies?: Readonly<Record<string, unknown>>;
  /** What DescribeMaintenanceWindows answers. */
  readonly windows?: readonly unknown[];
  /** Messages that the topic does not take. */
  readonly isRefused?: (message: TopicMessage) => boolean;
  readonly at?: number;
}

/** The function in a situation; it may run more than once. */
function reporter(situation: Situation) {
  const { places, policies = { 'prd-web': web }, windows = [], at = now, ...topic } = situation;
  const policyFile = join(mkdtempSync(join(directory, 'policies-')), 'fleet.json');
  writeFileSync(policyFile, JSON.stringify({ version: 1, policies }));
  const store = new MemoryStore();
  const logged: (readonly [LogCode, unknown])[] = [];
  const measured: unknown[] = [];
  const published: (TopicMessage & { readonly topicArn: string })[] = [];
  const asked: string[] = [];
  const heldFindings = new MemoryHeldFindings();
  const securityHub = new MemorySecurityHub();
  const { ledger, reads, entriesOf } = fakeLedger(places);
  const client = new SSMClient({ region: home.region });
  client.middlewareStack.add(
    (_next, context) => async () => {
      asked.push(String(context['commandName']));
      return { output: Object({ WindowIdentities: windows }), response: {} };
    },
    { step: 'initialize' },
  );
  const dependencies = {
    ...handMadeDependencies(at, store),
    config: { ...config, policyFile },
    log: (code: LogCode, details?: unknown) => void logged.push([code, details]),
    ledger,
    heldFindings,
    turns: new MemoryTellingTurns(),
    claims: new MemoryClaims(() => at),
    troubles: new MemoryTroubles(),
    securityHub,
    measure: (policy: string, { patches, willBreach }: Measured) =>
      void measured.push([policy, patches, willBreach.patches]),
    publish: async (topicArn: string, message: TopicMessage) => {
      if (topic.isRefused?.(message)) throw new Error('the topic is gone');
      published.push({ topicArn, ...message });
    },
    ssmFor: () => ({ client, once: client, pace: async () => undefined }),
  };
  const report = async () => slaReportSchema.parse(await store.get('sla/report.json'));
  const kinds = () =>
    published.map((message) => `${message.attributes['policy']} ${message.attributes['kind']}`);
  return {
    ...{
      store,
      logged,
      measured,
      published,
      asked,
      reads,
      entriesOf,
      report,
      kinds,
      heldFindings,
      securityHub,
    },
    run: () => run(input, dependencies),
  };
}

interface Measured {
  readonly patches: unknown;
  readonly willBreach: { readonly patches: number };
}

describe('a report of the clock', () => {
  test('is written as the newest and as that of its hour, as JSON and as CSV', async () => {
    const { run, store, report } = reporter({ places: { [ours]: three } });

    const result = await run();

    expect([...store.objects.keys()].toSorted()).toEqual([
      'sla/2026-01-09/13.csv',
      'sla/2026-01-09/13.json',
      'sla/report.csv',
      'sla/report.json',
    ]);
    expect(store.objects.get('sla/report.csv')?.trim().split('\n')).toHaveLength(4);
    expect(await report()).toMatchObject({
      overall: { patches: { onTime: 1, dueSoon: 1, breached: 1 }, willBreach: { patches: 1 } },
      csvKey: 'sla/2026-01-09/13.csv',
    });
    expect(result).toMatchObject({ told: 2, willBreach: 1, reportKey: 'sla/2026-01-09/13.json' });
  });

  test('counts for the dashboard, a policy at a time', async () => {
    const { run, measured } = reporter({
      places: { [ours]: three },
      policies: { 'prd-web': web, byhand: { ...web, patchGroup: 'byhand', install: undefined } },
    });

    await run();

    expect(measured).toEqual([
      ['prd-web', { onTime: 1, dueSoon: 1, breached: 1 }, 1],
      ['byhand', { onTime: 0, dueSoon: 0, breached: 0 }, 0],
    ]);
  });

  test('reads every place of every policy, once', async () => {
    const role = { roleArn: `arn:aws:iam::${spoke.accountId}:role/fleet-patcher-spoke` };
    const policies = {
      'prd-web': { ...web, scopes: [home, { ...spoke, ...role }] },
      'prd-db': { ...web, patchGroup: 'prd-db', scopes: [home] },
    };
    const there = { nodes: [nodeSummary(4)], entries: [openEntry(4)] };
    const { run, reads, report } = reporter({ places: { [ours]: three, [theirs]: there }, policies });

    await run();

    expect(reads.toSorted()).toEqual([ours, theirs]);
    expect((await report()).policies.map((policy) => policy.nodes.onTime)).toEqual([2, 0]);
  });

  test('says where nobody has looked for three hours, or ever', async () => {
    const lookedAt = now - 3 * hour;
    const old = { ...three, looks: [{ policy: 'prd-web', lookedAt }] };
    const fresh = { ...three, looks: [{ policy: 'prd-web', lookedAt: lookedAt + 1 }] };
    const staleOf = async (place: PlaceContent) => {
      const { run, report, logged } = reporter({ places: { [ours]: place } });
      await run();
      const lines = logged.filter(([code]) => code === 'FP_SCOPE_NOT_SEEN').map(([, details]) => details);
      expect((await report()).staleLooks).toEqual(lines);
      return lines;
    };

    expect(await staleOf(fresh)).toEqual([]);
    expect(await staleOf(old)).toEqual([
      { policy: 'prd-web', ...home, lookedAt: new Date(lookedAt).toISOString() },
    ]);
    expect(await staleOf({})).toEqual([{ policy: 'prd-web', ...home, lookedAt: null }]);
  });

  test('counts the open patches of nodes in a place that their policy does not name any more', async () => {
    const policies = {
      'prd-web': { ...web, scopes: [spoke] },
      'prd-db': { ...web, patchGroup: 'prd-db', scopes: [home] },
    };
    const { run, report } = reporter({ places: { [ours]: three }, policies });

    await run();

    expect((await report()).withoutPolicy).toBe(3);
  });

  test('counts the open patches of nodes whose policy is gone', async () => {
    const { run, report } = reporter({
      places: { [ours]: { nodes: [nodeSummary(1, { policy: 'gone' })], entries: [openEntry(1)], looks } },
    });

    await run();

    expect(await report()).toMatchObject({ withoutPolicy: 1, overall: { patches: { onTime: 0 } } });
  });
});

describe('people', () => {
  test('are told once of what will breach, and once of what has', async () => {
    const { run, kinds, published, entriesOf } = reporter({ places: { [ours]: three } });

    await run();
    const second = await run();

    expect(kinds()).toEqual(['prd-web sla-forecast', 'prd-web sla-breach']);
    expect(second.told).toBe(0);
    expect(published[0]?.topicArn).toBe(config.alertsTopicArn);
    expect(published[0]?.text).toContain(nodeIdOf(1));
    expect(published[0]?.text).toContain(config.patchFleetArn);
    expect(published[0]?.text).not.toContain(nodeIdOf(3));
    expect(entriesOf(ours).map(({ foretoldAt, breachToldAt }) => [foretoldAt, breachToldAt])).toEqual([
      [now, null],
      [null, now],
      [null, null],
    ]);
  });

  test('are told again of what could not be published, and of nothing else', async () => {
    let isDown = true;
    const isRefused = ({ attributes }: TopicMessage) => isDown && attributes['kind'] === 'sla-forecast';
    const { run, kinds, entriesOf, logged } = reporter({ places: { [ours]: three }, isRefused });

    await expect(run()).rejects.toThrow('sla-forecast of prd-web: Error: the topic is gone');
    const untold = entriesOf(ours).map(({ foretoldAt, breachToldAt }) => [foretoldAt, breachToldAt]);
    isDown = false;
    await run();

    expect(untold).toEqual([
      [null, null],
      [null, now],
      [null, null],
    ]);
    expect(logged.map(([code]) => code)).toContain('FP_SLA_NOT_TOLD');
    expect(kinds()).toEqual(['prd-web sla-breach', 'prd-web sla-forecast']);
  });

  test('of one policy are told though those of another cannot be', async () => {
    const policies = { 'prd-db': { ...web, patchGroup: 'prd-db' }, 'prd-web': web };
    const node = nodeSummary(9, { policy: 'prd-db' });
    const entries = [...(three.entries ?? []), openEntry(9, { firstSeenAt: now - 8 * day })];
    const { run, kinds } = reporter({
      places: { [ours]: { ...three, nodes: [...(three.nodes ?? []), node], entries } },
      policies,
      isRefused: ({ attributes }) => attributes['policy'] === 'prd-db',
    });

    await expect(run()).rejects.toThrow('sla-breach of prd-db');

    expect(kinds()).toEqual(['prd-web sla-forecast', 'prd-web sla-breach']);
  });

  test('are told in chat too, if the policy says so', async () => {
    const { run, published } = reporter({
      places: { [ours]: three },
      policies: { 'prd-web': { ...web, alerts: { chat: true } } },
    });

    await run();

    expect(published.filter(({ topicArn }) => topicArn === config.chatTopicArn)).toHaveLength(2);
  });

  test('get one mail, though the chat topic stays broken', async () => {
    const { run, kinds, entriesOf, logged } = reporter({
      places: { [ours]: three },
      policies: { 'prd-web': { ...web, alerts: { chat: true } } },
      isRefused: ({ text }) => text.startsWith('{'),
    });

    await run();
    await run();

    expect(kinds()).toEqual(['prd-web sla-forecast', 'prd-web sla-breach']);
    expect(entriesOf(ours).map(({ foretoldAt, breachToldAt }) => foretoldAt ?? breachToldAt)).toEqual([
      now,
      now,
      null,
    ]);
    expect(logged.filter(([code]) => code === 'FP_CHAT_NOT_TOLD')).toHaveLength(2);
  });

  test('find what each report tells in a thread of its own, not in one of last month', async () => {
    const threads = async (at: number) => {
      const { run, published } = reporter({ places: { [ours]: three }, at });
      await run();
      return new Set(published.map(({ attributes }) => attributes['id']));
    };

    expect(await threads(now)).toEqual(new Set(['sla-prd-web-2026-01-09T13']));
    expect(await threads(now + hour)).toEqual(new Set(['sla-prd-web-2026-01-09T14']));
  });

  test('are left in peace where all is in time', async () => {
    const { run, published } = reporter({
      places: { [ours]: { nodes: [nodeSummary(1)], entries: [openEntry(1)], looks } },
    });

    expect((await run()).told).toBe(0);
    expect(published).toEqual([]);
  });
});

describe('findings that are held', () => {
  /** A reporter with one held finding of a node of prd-web. */
  async function holding(situation: Partial<Situation> = {}) {
    const reporting = reporter({ places: { [ours]: { nodes: [nodeSummary(1)], looks } }, ...situation });
    const event = importedEvent(patchFinding({ nodeId: nodeIdOf(1), ...home, foundAt: now - hour }));
    const { findings } = parseEvent(JSON.stringify(event), now);
    await reporting.heldFindings.hold(findings.map((finding) => ({ finding, policy: 'prd-web' })));
    return reporting;
  }

  test('are told with the report, once, and marked', async () => {
    const { run, kinds, securityHub, heldFindings } = await holding();

    const results = [await run(), await run()];

    expect(results.map(({ nodesTold }) => nodesTold)).toEqual([1, 0]);
    expect(kinds()).toEqual(['prd-web findings']);
    expect([...securityHub.marks.values()]).toMatchObject([{ status: 'NOTIFIED' }]);
    expect(heldFindings.items.size).toBe(0);
  });

  test('are told though the report cannot be written, and the report fails all the same', async () => {
    const { run, kinds, store } = await holding();
    store.put = async () => {
      throw new Error('the bucket is gone');
    };

    await expect(run()).rejects.toThrow('the bucket is gone');

    expect(kinds()).toEqual(['prd-web findings']);
  });

  test('that cannot be told hold up neither the report nor its alerts, and the report fails', async () => {
    const { run, kinds, store, heldFindings } = await holding({
      places: { [ours]: three },
      isRefused: ({ attributes }) => attributes['kind'] === 'findings',
    });

    await expect(run()).rejects.toThrow('held findings of 1 nodes could not be told');

    expect(kinds()).toEqual(['prd-web sla-forecast', 'prd-web sla-breach']);
    expect([store.objects.size, heldFindings.items.size]).toEqual([4, 1]);
  });

  test('and alerts that both cannot be told are both named', async () => {
    const { run } = await holding({ places: { [ours]: three }, isRefused: () => true });

    await expect(run()).rejects.toThrow(/sla-forecast of prd-web.*held findings of 1 nodes/s);
  });
});

describe('a window of a rate', () => {
  const rate = { ...web, install: { ...install(), schedule: 'rate(2 days)' } };
  const window = {
    WindowId: 'mw-0123456789abcdef0',
    Name: `${config.installWindowPrefix}0a1b2c3d`,
    Schedule: 'rate(2 days)',
    Duration: 4,
    NextExecutionTime: '2026-01-10T13:00Z',
  };
  const nextOf = async (windows: readonly unknown[], policy: unknown = rate) => {
    const { run, report, asked } = reporter({
      places: { [ours]: three },
      policies: { 'prd-web': policy },
      windows,
    });
    await run();
    return { asked, next: (await report()).policies[0]?.nextWindow?.opensAt ?? null };
  };

  test('counts from its next opening, as Systems Manager says', async () => {
    expect((await nextOf([window])).next).toBe('2026-01-10T13:00:00.000Z');
  });

  test.each([
    ['of another rate', { ...window, Schedule: 'rate(3 days)' }],
    ['of another length', { ...window, Duration: 5 }],
    ['of somebody else', { ...window, Name: 'backup' }],
    ['that does not say when it opens', { ...window, NextExecutionTime: undefined }],
  ])('is not known by a window %s', async (_whose, other) => {
    expect((await nextOf([other])).next).toBeNull();
  });

  test('is asked for only if there is one', async () => {
    expect((await nextOf([window])).asked).toEqual(['DescribeMaintenanceWindowsCommand']);
    expect((await nextOf([window], web)).asked).toEqual([]);
  });
});

test.each(['', 'watch-sla', 'arn:aws:lambda:us-east-1:111122223333:function:report-sla'])(
  '%j is refused as a state machine',
  (stateMachine) => {
    expect(reportSlaInput.safeParse({ stateMachine }).success).toBe(false);
  },
);
