import { hour, minute } from '../../../support/domain-builders.ts';
import {
  day,
  entryOf,
  listed,
  looking,
  lookingAgain,
  monday,
  otherBaseline,
  ownBaseline,
  seenWith,
  summaryOf,
  unmanaged,
} from './looks.ts';

const tuesday = monday + day;
const installedAt = tuesday - hour;

describe('an installed patch', () => {
  test.each(['Installed', 'InstalledOther', 'INSTALLED_OTHER', 'InstalledRejected'])(
    '[F20] listed as %s closes its entry with the date that the node gives',
    (word) => {
      const { closed, updated, summary } = lookingAgain({ endedAt: tuesday, missing: 0 }, [
        listed('kernel', word, { installedAt }),
      ]);

      expect(closed).toEqual([{ ...entryOf(), closedAt: installedAt, closedBecause: 'Installed' }]);
      expect(updated).toEqual([]);
      expect(summary?.lastInstalledAt).toBe(installedAt);
    },
  );

  test.each([
    ['[F20] is no time', null],
    ['is before the patch was missing', monday - minute],
    ['is after the operation', tuesday + minute],
  ])('whose date %s was installed by the end of the operation', (_what, date) => {
    const { closed } = lookingAgain({ endedAt: tuesday, missing: 0 }, [
      listed('kernel', 'Installed', { installedAt: date }),
    ]);

    expect(closed).toMatchObject([{ closedAt: tuesday, closedBecause: 'Installed' }]);
  });

  test.each([
    ['another baseline', { baselineId: otherBaseline }],
    ['an Install', { kind: 'Install' as const }],
    ['an Install of another baseline', { kind: 'Install' as const, baselineId: otherBaseline }],
  ])('is installed also by the report of %s', (_what, different) => {
    const { closed } = lookingAgain({ endedAt: tuesday, missing: 0, ...different }, [
      listed('kernel', 'InstalledOther', { installedAt }),
    ]);

    expect(closed).toMatchObject([{ closedAt: installedAt, closedBecause: 'Installed' }]);
  });

  test.each([
    ['another baseline', { baselineId: otherBaseline }],
    ['[F18] an Install', { kind: 'Install' as const }],
  ])('is not the old version of its package, which %s lists under the same id', (_what, different) => {
    const old = listed('kernel', 'InstalledOther', { title: 'kernel:0.9', installedAt: monday - 90 * day });

    expect(lookingAgain({ endedAt: tuesday, missing: 0, ...different }, [old]).closed).toEqual([]);
  });

  test('may be a newer version of its package than the one that was missing', () => {
    const newer = listed('kernel', 'InstalledOther', { title: 'kernel:1.2', installedAt });

    expect(lookingAgain({ endedAt: tuesday, baselineId: otherBaseline }, [newer]).closed).toHaveLength(1);
  });

  test('is not an old version that stays when the new one is withdrawn: that one is no longer required', () => {
    const old = listed('kernel', 'Installed', { title: 'kernel:0.9', installedAt: monday - 90 * day });

    const { closed, summary } = lookingAgain({ endedAt: tuesday, missing: 0 }, [old]);

    expect(closed).toEqual([{ ...entryOf(), closedAt: tuesday, closedBecause: 'NoLongerRequired' }]);
    expect(summary?.lastInstalledAt).toBeNull();
  });

  test.each([
    ['a governing Scan', {}],
    ['[F18] an Install', { kind: 'Install' as const }],
    ['another baseline', { baselineId: otherBaseline }],
  ])(
    'may stand beside its old versions, as a kernel does, in whatever order %s lists them',
    (_what, different) => {
      const old = listed('kernel', 'Installed', { title: 'kernel:0.9', installedAt: monday - 90 * day });
      const rows = [old, listed('kernel', 'Installed', { installedAt })];

      for (const patches of [rows, rows.toReversed()]) {
        const { closed } = lookingAgain({ endedAt: tuesday, missing: 0, ...different }, patches);

        expect(closed).toMatchObject([{ closedAt: installedAt, closedBecause: 'Installed' }]);
      }
    },
  );

  test('keeps the newest date of those that the node had', () => {
    const before = summaryOf({ lastInstalledAt: tuesday });

    const { summary } = lookingAgain(
      { endedAt: tuesday + hour, missing: 0 },
      [listed('kernel', 'Installed', { installedAt })],
      { before },
    );

    expect(summary?.lastInstalledAt).toBe(tuesday);
  });
});

describe('a patch that is not listed as missing any more', () => {
  test.each([
    ['absent', []],
    ['NotApplicable', [listed('kernel', 'NotApplicable')]],
    ['AvailableSecurityUpdate', [listed('kernel', 'AvailableSecurityUpdate')]],
  ])('but %s is no longer required, says a governing Scan', (_what, patches) => {
    const { closed } = lookingAgain({ endedAt: tuesday, missing: 0 }, patches);

    expect(closed).toEqual([{ ...entryOf(), closedAt: tuesday, closedBecause: 'NoLongerRequired' }]);
  });

  test.each([
    ['[F18] an Install, which lists nothing as missing', { kind: 'Install' as const }],
    ['a rescan by another baseline, the last writer', { baselineId: otherBaseline }],
  ])('keeps its clock after %s', (_what, different) => {
    for (const patches of [[], [listed('kernel', 'NotApplicable')]]) {
      const changes = lookingAgain({ endedAt: tuesday, missing: 0, ...different }, patches);

      expect(changes).toMatchObject({ opened: [], updated: [], closed: [] });
    }
  });

  test('keeps its clock where Patch Manager uses a word that we do not know', () => {
    expect(lookingAgain({ endedAt: tuesday, missing: 0 }, [listed('kernel', 'Postponed')]).closed).toEqual(
      [],
    );
  });
});

describe('another baseline', () => {
  test('opens nothing, and changes nothing of what is open', () => {
    const rows = [listed('kernel', 'InstalledPendingReboot'), listed('openssl', 'Missing')];

    const changes = lookingAgain({ endedAt: tuesday, baselineId: otherBaseline }, rows);

    expect(changes).toMatchObject({ opened: [], updated: [], closed: [] });
  });

  test('is told by the entry itself where we may not ask which governs', () => {
    const look = (baselineId: string) =>
      lookingAgain({ endedAt: tuesday, missing: 0, baselineId }, [], { governing: null });

    expect(look(otherBaseline)).toMatchObject({
      closed: [],
      settledSince: null,
      summary: { lastScanAt: monday },
    });
    expect(look(ownBaseline)).toMatchObject({
      closed: [{ closedBecause: 'NoLongerRequired' }],
      settledSince: tuesday,
    });
  });

  test('starts a clock where we may not ask: better one too many', () => {
    const seen = seenWith({ baselineId: otherBaseline });

    expect(looking({ seen, patches: [listed('kernel', 'Missing')], governing: null }).opened).toHaveLength(1);
  });
});

describe('a node that is away', () => {
  const before = summaryOf();
  const open = [entryOf()];
  const lastLookAt = monday + 2 * day;
  const goneAt = lastLookAt + 30 * day;

  test.each(['offline', 'stopped', 'optedOut'] as const)('%s keeps its clock, for ever', (standing) => {
    const seen = seenWith({}, { standing });

    const changes = looking({ before, open, seen, now: monday + 400 * day, lastLookAt });

    expect(changes).toMatchObject({ opened: [], updated: [], closed: [], settledSince: null });
  });

  test.each([
    ['unmanaged', unmanaged],
    ['listed nowhere', null],
  ])('%s keeps it for 30 days after it was last listed', (_what, seen) => {
    const first = looking({ before, open, seen, now: lastLookAt + hour, lastLookAt });
    const later = { before: first.summary, open, seen, lastLookAt: goneAt - hour };

    const waiting = looking({ ...later, now: goneAt - 1 });
    const gone = looking({ ...later, now: goneAt + hour });

    expect(first.summary).toEqual({ ...before, standing: 'unmanaged', lastListedAt: lastLookAt });
    expect(waiting).toMatchObject({ summary: null, closed: [], settledSince: null });
    expect(gone).toMatchObject({
      updated: [],
      closed: [{ ...entryOf(), closedAt: goneAt, closedBecause: 'NodeGone' }],
      settledSince: goneAt,
    });
  });

  test('that comes back goes on with its clock, and is judged by its next scan', () => {
    const away = looking({ before, open, seen: null, now: lastLookAt + hour, lastLookAt });

    const back = looking({ before: away.summary, open, seen: seenWith(), now: lastLookAt + 5 * day });

    expect(back).toMatchObject({ opened: [], updated: [], closed: [], summary: { standing: 'ready' } });
  });

  test('that comes back after it was given up is judged by the report that it left', () => {
    const gone = looking({ before, open, seen: null, now: goneAt + hour, lastLookAt });

    const back = looking({
      before: gone.summary,
      seen: seenWith(),
      patches: [listed('kernel', 'Missing')],
      now: goneAt + 5 * day,
    });

    expect(gone.closed).toMatchObject([{ closedBecause: 'NodeGone' }]);
    expect(back.opened).toEqual(open);
  });

  test('without a summary, which a look that died did not write, is counted from its entries', () => {
    const at = (now: number) => looking({ open, now }).closed;

    expect(at(monday + 30 * day - 1)).toEqual([]);
    expect(at(monday + 30 * day)).toMatchObject([{ closedAt: monday + 30 * day }]);
  });
});

describe('a node that another policy claims now', () => {
  test.each([
    ['listed', seenWith()],
    ['unmanaged', unmanaged],
  ])('keeps its clocks, in the name of that policy: %s', (_what, seen) => {
    const changes = looking({ before: summaryOf(), open: [entryOf()], seen, policy: 'stg-web' });

    expect(changes).toMatchObject({
      updated: [entryOf({ policy: 'stg-web' })],
      closed: [],
      summary: { policy: 'stg-web' },
    });
  });
});
