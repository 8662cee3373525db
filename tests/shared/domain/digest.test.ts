import type { NodeAccount, RunRecord, RunSummary } from '../../../shared/domain/account.ts';
import { digestOf, isWorthTelling, urgentMessage } from '../../../shared/domain/digest.ts';
import { catalogueFor } from '../../../shared/domain/messages/language.ts';
import { classOf, type Outcome, outcomes } from '../../../shared/domain/outcome.ts';
import { summaryOf } from '../../../shared/domain/run-summary.ts';
import { noUsage } from '../../../shared/domain/usage.ts';
import { home, nodeIdOf } from '../../support/domain-builders.ts';

const at = '2026-01-10T22:00:00.000Z';
const languages = ['en', 'ja'] as const;

function ended(
  outcome: Outcome,
  index = 1,
  steps: Readonly<Record<string, string>> = { preHook: 'Success', postHook: 'Success' },
): NodeAccount {
  return {
    nodeId: nodeIdOf(index),
    scope: home,
    wave: 1,
    batch: 'w1-b1',
    outcome,
    reason: `reason ${index}`,
    steps: (['preHook', 'postHook'] as const).flatMap((step) => {
      const status = steps[step];
      return status ? [{ step, commandId: 'c', status, startedAt: at, endedAt: at }] : [];
    }),
  };
}

function recordOf(nodes: readonly NodeAccount[], rest: Partial<RunRecord> = {}): RunSummary {
  const counts = Object.entries(Object.groupBy(nodes, (node) => node.outcome));
  return summaryOf({
    runId: 'prd-web-1',
    policy: 'prd-web',
    operation: 'Install',
    dryRun: false,
    seed: null,
    status: 'Succeeded',
    reason: 'all waves are done',
    snapshotId: null,
    startedAt: at,
    endedAt: at,
    nodesInScope: nodes.length,
    outcomes: Object.fromEntries(counts.map(([outcome, members]) => [outcome, members.length])),
    waves: [],
    estimate: { seconds: 0, fitsWindow: null },
    nodes: [...nodes],
    usage: noUsage,
    makespanSeconds: 5400,
    lowerBoundSeconds: 0,
    ...rest,
  });
}

const url = 's3://bucket/runs/prd-web-1/run.json';

describe('a subject', () => {
  const odd = { policy: '本番ポリシー\r\nBcc: everybody', runId: 'r' };

  test.each(languages)('[F37] is one line of ASCII below 100 characters, in %s too', (language) => {
    const many = outcomes.map((what) => ({ nodeId: null, what, reason: '' }));
    const subjects = [
      digestOf(recordOf([ended('Patched')], { policy: odd.policy }), language, url).subject,
      digestOf(recordOf([ended('PatchFailed')], { policy: 'p'.repeat(200) }), language, url).subject,
      urgentMessage({ ...odd, language }, many).subject,
    ];

    for (const subject of subjects) expect(subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
  });

  test('says how it ended and how many have errors', () => {
    const nodes = [
      ended('Patched', 1),
      ended('AlreadyCompliant', 2),
      ended('PatchFailed', 3),
      ended('OptedOut', 4),
    ];

    expect(digestOf(recordOf(nodes), 'en', url).subject).toBe(
      '[fleet-patcher] Succeeded prd-web Install: 2 of 4 done, 1 with errors',
    );
  });
});

describe('a digest', () => {
  test('says what happened, how many, which servers, what to do, and where the rest is', () => {
    const nodes = [
      ended('Patched', 1),
      ended('PatchFailed', 2),
      ended('NotReached', 3),
      ended('LostAfterReboot', 4),
    ];

    const { text } = digestOf(recordOf(nodes, { status: 'Halted', reason: 'error budget spent' }), 'en', url);

    expect(text).toBe(
      [
        'The patch run of policy prd-web was HALTED. No further server was started.',
        'Why: error budget spent',
        'Run prd-web-1, operation Install, 90 minutes.',
        '',
        '4 servers in scope, each with one outcome:',
        '       1  Patched: patched and proven',
        '       1  PatchFailed: patching failed',
        '       1  LostAfterReboot: did not come back from the reboot',
        '       1  NotReached: not started in this run',
        '',
        'These servers need a hand now:',
        `  ${nodeIdOf(4)}  LostAfterReboot  reason 4`,
        '',
        'These servers had trouble:',
        `  ${nodeIdOf(2)}  PatchFailed  reason 2`,
        '',
        'What to do:',
        '  - Find what the failed servers have in common before you start the policy again; the servers not started are untouched.',
        '  - Look at the console or the hypervisor of the servers that did not come back.',
        '  - Servers that were not started are untouched. The next window takes those that only ran out of time.',
        '',
        `Every server and every step: ${url}`,
      ].join('\n'),
    );
  });

  test.each(languages)('in %s cuts its lists, and says how many more there are', (language) => {
    const nodes = Array.from({ length: 1000 }, (_, index) => ended('PatchFailed', index));

    const { text } = digestOf(recordOf(nodes), language, url);

    expect(text.match(/i-0123456789abc/g)).toHaveLength(25);
    expect(text).toContain(catalogueFor(language).andMore(975));
  });

  test.each(languages)('[F37] in %s keeps its end, however long the reasons are', (language) => {
    const nodes = Array.from({ length: 100 }, (_, index) => ({
      ...ended(index % 2 ? 'PatchFailed' : 'PostHookFailed', index),
      reason: '\u6f0f\ud83d\ude00'.repeat(5000),
    }));
    const record = recordOf(nodes, { status: 'Failed', reason: 'x'.repeat(100_000) });

    const { text, nextSteps } = digestOf(record, language, url);

    expect(Buffer.byteLength(text)).toBeLessThan(150_000);
    expect(text.endsWith(url)).toBe(true);
    for (const step of nextSteps) expect(text).toContain(step);
  });

  test('names servers once, where it hurts most', () => {
    const owed = { preHook: 'Success' };
    const nodes = [
      ended('Unreachable', 1, owed),
      ended('PostHookFailed', 2, { ...owed, postHook: 'Failed' }),
    ];

    const { text } = digestOf(recordOf(nodes), 'en', url);

    expect(text.split(nodeIdOf(1))).toHaveLength(2);
    expect(text.split(nodeIdOf(2))).toHaveLength(2);
    expect(text).toContain('what the pre-hook stopped may still be stopped');
  });

  test('of a dry run says that no server was touched', () => {
    expect(digestOf(recordOf([ended('WouldPatch')], { dryRun: true }), 'en', url).text).toContain(
      'No server was touched',
    );
  });
});

describe('severity and silence', () => {
  const untouched = { steps: [] };

  test.each<[string, readonly NodeAccount[], Partial<RunRecord>, string, boolean]>([
    ['a good Install', [ended('Patched')], {}, 'info', true],
    ['a good Scan', [ended('Scanned')], { operation: 'Scan' }, 'info', false],
    ['an empty window', [], {}, 'info', false],
    ['nodes that are all left out', [{ ...ended('OptedOut'), ...untouched }], {}, 'info', false],
    ['a Scan that could not reach a node', [ended('Unreachable')], { operation: 'Scan' }, 'warning', true],
    ['a node not reached', [ended('Patched'), ended('NotReached', 2)], {}, 'warning', true],
    ['a node that SSM does not know', [{ ...ended('Unmanaged'), ...untouched }], {}, 'warning', true],
    ['a failed patch', [ended('PatchFailed')], {}, 'warning', true],
    ['a halted run', [ended('Patched')], { status: 'Halted' }, 'critical', true],
    ['a failed run', [], { status: 'Failed' }, 'critical', true],
    ['a failed post-hook', [ended('PostHookFailed')], {}, 'critical', true],
    ['a post-hook that is owed', [ended('Unreachable', 1, { preHook: 'Success' })], {}, 'critical', true],
    ['a node nobody knows of', [ended('Unknown')], {}, 'critical', true],
    ['a dry run, whatever it found', [ended('Unmanaged')], { dryRun: true }, 'warning', false],
  ])('%s', (_what, nodes, rest, severity, isTold) => {
    const record = recordOf(nodes, rest);

    expect(digestOf(record, 'en', url).severity).toBe(severity);
    expect(isWorthTelling(record)).toBe(isTold);
  });
});

describe('an urgent message', () => {
  test('names what, who and why, and that the run goes on', () => {
    const urgent = [
      { nodeId: null, what: 'Halted', reason: 'error budget spent' },
      { nodeId: nodeIdOf(1), what: 'PostHookFailed', reason: 'exit 1' },
    ];

    const message = urgentMessage({ policy: 'prd-web', runId: 'r1', language: 'en' }, urgent);

    expect(message).toMatchObject({
      subject: '[fleet-patcher] URGENT prd-web: Halted, PostHookFailed',
      severity: 'critical',
      kind: 'urgent',
    });
    expect(message.text).toContain('  Halted  error budget spent\n');
    expect(message.text).toContain(`  PostHookFailed  ${nodeIdOf(1)}  exit 1\n`);
    expect(message.text).toContain('run r1\n');
  });

  test.each(languages)('in %s is cut, too', (language) => {
    const urgent = Array.from({ length: 60 }, (_, index) => ({
      nodeId: nodeIdOf(index),
      what: 'LostAfterReboot',
      reason: '',
    }));

    const { text } = urgentMessage({ policy: 'p', runId: 'r', language }, urgent);

    expect(text.match(/LostAfterReboot/g)).toHaveLength(25);
    expect(text).toContain(catalogueFor(language).andMore(35));
  });
});

describe('both catalogues', () => {
  test.each(languages)('in %s have a word for every outcome, each another', (language) => {
    const words = outcomes.map((outcome) => catalogueFor(language).outcome[outcome]);

    expect(new Set(words).size).toBe(outcomes.length);
    expect(words.every((word) => word.trim().length > 0)).toBe(true);
  });

  test('are of their own language from the first line to the last', () => {
    const nodes = outcomes.map((outcome, index) =>
      ended(outcome, index, classOf(outcome) === 'error' ? { preHook: 'Success' } : {}),
    );
    const [english, japanese] = languages.map(
      (language) => digestOf(recordOf(nodes, { status: 'Failed', reason: '' }), language, url).text,
    );

    expect(english).toMatch(/^[\n\x20-\x7e]+$/);
    const sentences = (japanese ?? '')
      .split('\n')
      .filter((line) => line.trim() && !line.includes(nodeIdOf(0).slice(0, 10)));
    for (const sentence of sentences) expect(sentence).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
  });
});
