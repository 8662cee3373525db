import { hour } from '../../../support/domain-builders.ts';
import {
  day,
  entryOf,
  listed,
  looking,
  lookingAgain,
  monday,
  operationOf,
  otherBaseline,
  ownBaseline,
  seenWith,
  summaryOf,
  tenMinutes,
} from './looks.ts';

const tuesday = monday + day;
const kernel = (state: string) => listed('kernel', state);

describe('a patch that a governing report lists', () => {
  test.each([
    ['[F20] Missing', 'Missing'],
    ['[F20] MISSING', 'Missing'],
    ['[F20] INSTALLED_PENDING_REBOOT', 'InstalledPendingReboot'],
    ['InstalledPendingReboot', 'InstalledPendingReboot'],
    ['Failed', 'Failed'],
  ])('as %s starts its clock at the end of the operation', (name, state) => {
    const word = name.replace('[F20] ', '');

    const { opened } = looking({ seen: seenWith(), patches: [kernel(word)] });

    expect(opened).toEqual([entryOf({ state: expect.stringMatching(state) })]);
  });

  test.each([
    'Installed',
    'InstalledOther',
    'InstalledRejected',
    'NotApplicable',
    'AvailableSecurityUpdate',
    'New',
  ])('as %s starts none', (word) => {
    const changes = looking({ seen: seenWith(), patches: [kernel(word)] });

    expect(changes).toMatchObject({ opened: [], updated: [], closed: [] });
  });

  test('keeps its first-seen time, whatever else of it changes', () => {
    const row = listed('kernel', 'Failed', {
      title: 'kernel:1.1',
      severity: 'Low',
      classification: 'Bugfix',
    });

    const { opened, updated } = lookingAgain({ endedAt: tuesday, missing: 0, failed: 1 }, [row]);

    expect(opened).toEqual([]);
    expect(updated).toEqual([
      entryOf({ state: 'Failed', title: 'kernel:1.1', severity: 'Low', classification: 'Bugfix' }),
    ]);
  });

  test('is not written again while nothing of it changes, nor is its node', () => {
    const { updated } = lookingAgain({ endedAt: tuesday }, [kernel('Missing')]);
    const again = looking({ before: summaryOf(), open: [entryOf()], seen: seenWith() });

    expect(updated).toEqual([]);
    expect(again).toMatchObject({ summary: null, opened: [], updated: [], closed: [] });
  });

  test('with an old version installed beside is missing, in whatever order the rows come', () => {
    const rows = [listed('kernel', 'Installed', { title: 'kernel:0.9' }), kernel('Missing')];

    for (const patches of [rows, rows.toReversed()]) {
      expect(looking({ seen: seenWith(), patches }).opened).toHaveLength(1);
      expect(lookingAgain({ endedAt: tuesday }, patches).closed).toEqual([]);
    }
  });

  test('after it was closed starts a new clock, at the new scan', () => {
    const { opened } = lookingAgain({ endedAt: tuesday }, [kernel('Missing')], { open: [] });

    expect(opened).toEqual([entryOf({ firstSeenAt: tuesday })]);
  });
});

describe('times that come from the node', () => {
  const tomorrow = operationOf({ endedAt: monday + day });

  test('a scan that claims to end in the future ended by now', () => {
    const { opened, summary } = looking({ seen: seenWith(tomorrow), patches: [kernel('Missing')] });

    expect(opened).toEqual([entryOf({ firstSeenAt: monday + tenMinutes })]);
    expect(summary).toMatchObject({ lastScanAt: monday + tenMinutes });
  });

  test('and is the same scan at the next look, not a newer one', () => {
    const { summary } = looking({ seen: seenWith(tomorrow), patches: [kernel('Missing')] });

    const again = looking({
      now: monday + 2 * hour,
      before: summary,
      seen: seenWith(tomorrow),
      patches: [kernel('Missing')],
    });

    expect(again).toMatchObject({ summary: null, opened: [] });
  });

  test('once its clock is set right, its scans count again', () => {
    const { summary, opened } = looking({ seen: seenWith(tomorrow), patches: [kernel('Missing')] });

    const { closed } = lookingAgain({ endedAt: monday + hour, missing: 0 }, [], {
      before: summary,
      open: opened,
    });

    expect(closed).toMatchObject([{ closedAt: monday + hour }]);
  });

  test('an operation older than the one read last is a stale answer', () => {
    const stale = lookingAgain({ endedAt: monday - hour, missing: 0 }, [], { now: monday + hour });

    expect(stale).toMatchObject({ summary: null, closed: [], settledSince: null });
  });
});

describe('the summary', () => {
  test('has the newest governing Scan; neither an Install nor another baseline is one', () => {
    const install = lookingAgain({ endedAt: tuesday, kind: 'Install', missing: 0 }, []);
    const other = lookingAgain({ endedAt: tuesday, baselineId: otherBaseline }, []);
    const scan = lookingAgain({ endedAt: tuesday }, [kernel('Missing')]);

    expect([install, other, scan].map(({ summary }) => summary?.lastScanAt)).toEqual([
      monday,
      monday,
      tuesday,
    ]);
    expect(other.summary?.operation).toMatchObject({ baselineId: otherBaseline, endedAt: tuesday });
  });

  test('is written for a compliant node whose patches nobody reads', () => {
    const { summary, settledSince } = looking({ seen: seenWith({ missing: 0 }) });

    expect(summary).toMatchObject({ lastScanAt: monday, operation: { missing: 0 } });
    expect(settledSince).toBe(monday);
  });

  test('leaves an operation whose patches could not be read for the next look', () => {
    const changes = looking({
      before: summaryOf(),
      open: [entryOf()],
      seen: seenWith({ endedAt: tuesday }),
      now: tuesday,
    });

    expect(changes).toMatchObject({ summary: null, closed: [], settledSince: null });
  });

  test('says once a day that nothing new is heard', () => {
    const at = (now: number) =>
      looking({ before: summaryOf(), open: [entryOf()], seen: seenWith(), now }).summary;

    expect(at(monday + tenMinutes + day - 1)).toBeNull();
    expect(at(monday + tenMinutes + day)).toEqual(summaryOf({ lastListedAt: monday + tenMinutes + day }));
  });

  test('is written at once when the node stands otherwise', () => {
    const { summary } = looking({ before: summaryOf(), seen: seenWith({}, { standing: 'offline' }) });

    expect(summary).toMatchObject({ standing: 'offline', lastListedAt: monday + tenMinutes });
  });

  test('keeps the platform of a node that only EC2 lists now', () => {
    const before = summaryOf({ platformType: 'Windows' });
    const stopped = seenWith(null, { standing: 'stopped', platformType: null });

    expect(looking({ before, seen: stopped }).summary).toMatchObject({
      platformType: 'Windows',
      standing: 'stopped',
    });
  });
});

describe('findings are settled', () => {
  test.each([
    ['by a governing Scan that finds nothing', {}, tuesday],
    ['not by an Install', { kind: 'Install' as const }, null],
    ['not by another baseline', { baselineId: otherBaseline }, null],
    ['not while a patch failed', { failed: 1 }, null],
    ['not while a reboot is due', { pendingReboot: 1 }, null],
    ['not while a rejected patch is installed', { rejected: 1 }, null],
  ])('%s', (_what, different, settledSince) => {
    const changes = lookingAgain({ endedAt: tuesday, missing: 0, ...different }, []);

    expect(changes.settledSince).toBe(settledSince);
  });

  test('once: the same Scan does not settle them at the next look', () => {
    const before = summaryOf({ operation: operationOf({ missing: 0 }) });

    expect(looking({ before, seen: seenWith({ missing: 0 }) }).settledSince).toBeNull();
  });
});

test('the baseline of a report may come as an ARN', () => {
  const arn = `arn:aws:ssm:us-east-1:444455556666:patchbaseline/${ownBaseline}`;

  expect(looking({ seen: seenWith({ baselineId: arn }), patches: [kernel('Missing')] }).opened).toHaveLength(
    1,
  );
});
