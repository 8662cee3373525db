import type { NodeSummary, OpenEntry } from '../../../../shared/domain/ledger/ledger.ts';
import type { Policy } from '../../../../shared/domain/policy.ts';
import { forecastOf } from '../../../../shared/domain/sla/forecast.ts';
import { hour, nodeIdOf, policyOf, spoke } from '../../../support/domain-builders.ts';
import {
  day,
  nodeSummary,
  openEntry,
  placeWith,
  weeklyPolicy,
  windowOpensAt,
} from '../../../support/sla-builders.ts';

const week = 7 * day;
/** Scan, one package, reboot, scan, hooks. */
const secondsAlone = 380;

/** What becomes of one patch of one node. */
function fateOf(
  options: {
    readonly policy?: Policy;
    readonly now?: number;
    readonly anchor?: number;
    readonly node?: Partial<NodeSummary>;
    readonly entry?: Partial<OpenEntry>;
  } = {},
) {
  const { policy = weeklyPolicy(), now = windowOpensAt - day, anchor } = options;
  const place = placeWith([nodeSummary(1, options.node)], [openEntry(1, options.entry)]);
  const { patches } = forecastOf({ name: 'prd-web', policy }, [place], { now, anchor });
  return patches[0];
}

/** A patch that is due then. */
const dueAt = (at: number, slaDays = 7) => ({ firstSeenAt: at - slaDays * day });

describe('the status of a patch', () => {
  const due = windowOpensAt + 5 * day;

  test.each([
    ['until two days before it is due', due - 2 * day - 1, 'onTime'],
    ['in the last two days', due - 2 * day, 'dueSoon'],
    ['up to the last moment', due - 1, 'dueSoon'],
    ['from the moment when it is due', due, 'breached'],
  ])('%s', (_when, now, status) => {
    expect(fateOf({ now, entry: dueAt(due) })).toMatchObject({ status, dueAt: due });
  });

  test('is no matter of a node that has opted out', () => {
    const patch = fateOf({ now: due, entry: dueAt(due), node: { standing: 'optedOut' } });

    expect(patch).toMatchObject({ status: 'optedOut', reason: null });
  });
});

describe('a patch that the next window will install', () => {
  test('has no reason, and the time at which the rollout will be done with it', () => {
    expect(fateOf()).toMatchObject({ reason: null, expectedAt: windowOpensAt + secondsAlone * 1000 });
  });

  test('is in time to the last moment', () => {
    const done = windowOpensAt + secondsAlone * 1000;

    expect(fateOf({ entry: dueAt(done) })?.reason).toBeNull();
    expect(fateOf({ entry: dueAt(done - 1) })?.reason).toBe('WindowTooLate');
  });

  test('is taken to be under way while the window is open, and past its cutoff', () => {
    const now = windowOpensAt + 3.5 * hour;

    expect(fateOf({ now, entry: dueAt(now + hour) })).toMatchObject({ reason: null, expectedAt: now });
  });

  test('was seen too late for a window that had passed its node already', () => {
    const firstSeenAt = windowOpensAt + hour;

    const patch = fateOf({ now: windowOpensAt + 2 * hour, entry: { firstSeenAt } });

    expect(patch?.expectedAt).toBe(windowOpensAt + week + secondsAlone * 1000);
  });
});

describe('a patch will breach', () => {
  test('NoWindow: where no window installs', () => {
    const byHand = policyOf({ install: undefined });

    expect(fateOf({ policy: byHand })?.reason).toBe('NoWindow');
    expect(
      fateOf({ policy: weeklyPolicy({ install: { schedule: 'at(2026-01-01T00:00:00)' } }) })?.reason,
    ).toBe('NoWindow');
  });

  test('Unsupported: where nothing of ours installs on the system, whatever the windows', () => {
    const node = { standing: 'unsupported' } as const;

    expect(fateOf({ node })?.reason).toBe('Unsupported');
    expect(fateOf({ node, now: windowOpensAt + 30 * day })).toMatchObject({
      status: 'breached',
      reason: 'Unsupported',
    });
  });

  test('WindowTooLate: also where the next window is months away', () => {
    const policy = weeklyPolicy({ install: { schedule: 'cron(0 22 1 JUN ? *)' } });
    const opensAt = Date.parse('2026-06-01T13:00:00Z');

    expect(fateOf({ policy })).toMatchObject({
      reason: 'WindowTooLate',
      expectedAt: opensAt + secondsAlone * 1000,
    });
  });

  test('CalendarUnknown: where a rate counts from nobody knows when', () => {
    const policy = weeklyPolicy({ install: { schedule: 'rate(2 days)' } });

    expect(fateOf({ policy })?.reason).toBe('CalendarUnknown');
    expect(fateOf({ policy, anchor: windowOpensAt + 20 * day })).toMatchObject({
      reason: null,
      expectedAt: windowOpensAt + secondsAlone * 1000,
    });
  });

  test('WindowTooLate: where the next window comes after it is due', () => {
    const policy = weeklyPolicy({ slaDays: 3 });

    const patch = fateOf({ policy, now: windowOpensAt - 2 * day, entry: dueAt(windowOpensAt - hour, 3) });

    expect(patch).toMatchObject({ reason: 'WindowTooLate', expectedAt: windowOpensAt + secondsAlone * 1000 });
  });

  test('NeedsReboot: where it waits for a reboot that nobody makes', () => {
    const entry = { state: 'InstalledPendingReboot' } as const;
    const policy = weeklyPolicy({ patch: { rebootOption: 'NoReboot' } });

    expect(fateOf({ policy, entry })?.reason).toBe('NeedsReboot');
    expect(fateOf({ policy })?.reason).toBeNull();
    expect(fateOf({ entry })?.reason).toBeNull();
  });

  test.each(['offline', 'stopped', 'unmanaged'] as const)(
    'NodeAway: where a node is %s, and at most one window is left',
    (standing) => {
      const two = weeklyPolicy({ slaDays: 14 });
      const away = { standing };

      expect(fateOf({ node: away })?.reason).toBe('NodeAway');
      expect(fateOf({ policy: two, node: away })).toMatchObject({
        reason: null,
        expectedAt: windowOpensAt + week + secondsAlone * 1000,
      });
    },
  );

  test('NodeAway is said two days before the last window in time: until then a node may come back by itself', () => {
    const entry = { firstSeenAt: windowOpensAt - 5 * day };
    const node = { standing: 'stopped' } as const;
    const fateAt = (now: number) => fateOf({ now, node, entry });

    expect(fateAt(windowOpensAt - 2 * day - 1)).toMatchObject({
      reason: null,
      expectedAt: windowOpensAt + secondsAlone * 1000,
    });
    expect(fateAt(windowOpensAt - 2 * day)?.reason).toBe('NodeAway');
  });

  test('NodeAway is said at once where no window is left in time', () => {
    const policy = weeklyPolicy({ slaDays: 3 });
    const now = windowOpensAt - 5 * day;

    expect(
      fateOf({ policy, now, node: { standing: 'stopped' }, entry: { firstSeenAt: now - hour } })?.reason,
    ).toBe('NodeAway');
  });

  test('NodeAway is not said of a node that goes offline in an open window: it is being patched', () => {
    const now = windowOpensAt + hour;

    expect(fateOf({ now, node: { standing: 'offline' } })?.reason).toBeNull();
    expect(fateOf({ now, node: { standing: 'stopped' } })?.reason).toBe('NodeAway');
    expect(fateOf({ now: windowOpensAt + 5 * hour, node: { standing: 'offline' } })?.reason).toBe('NodeAway');
  });

  test('WindowFull: where the window closes before the rollout reaches the node', () => {
    // Scan, five updates, reboot, scan, hooks: 1290 s. Nine of them start within three hours.
    const count = 20;
    const indexes = Array.from({ length: count }, (_each, index) => index + 1);
    const nodes = indexes.map((index) => nodeSummary(index, { platformType: 'Windows' }));
    const entries = indexes.flatMap((index) =>
      ['KB1', 'KB2', 'KB3', 'KB4', 'KB5'].map((patchId) => openEntry(index, { patchId })),
    );
    const now = windowOpensAt - day;

    const { patches } = forecastOf({ name: 'prd-web', policy: weeklyPolicy() }, [placeWith(nodes, entries)], {
      now,
    });

    const reached = patches.filter((patch) => patch.reason === null);
    const full = patches.filter((patch) => patch.reason === 'WindowFull');
    expect([reached.length, full.length]).toEqual([9 * 5, 11 * 5]);
    expect(Math.max(...reached.map((patch) => patch.expectedAt ?? 0))).toBe(windowOpensAt + 9 * 1_290_000);
    // A week later the nine take no more than a scan, a look and their hooks, and come last in their wave.
    expect(Math.min(...full.map((patch) => patch.expectedAt ?? 0))).toBe(windowOpensAt + week + 1_290_000);
  });
});

describe('the record of failures', () => {
  const firstSeenAt = windowOpensAt - hour;
  const scanned = { lastScanAt: windowOpensAt + day };
  const now = windowOpensAt + day;
  const policy = (slaDays: number) => weeklyPolicy({ slaDays });

  test('KeepsFailing: as many windows have passed over the patch as are left', () => {
    expect(fateOf({ policy: policy(14), now, entry: { firstSeenAt }, node: scanned })).toMatchObject({
      reason: 'KeepsFailing',
      windowsMissed: 1,
      expectedAt: windowOpensAt + 2 * week + secondsAlone * 1000,
    });
    expect(fateOf({ policy: policy(15), now, entry: { firstSeenAt }, node: scanned })?.reason).toBeNull();
  });

  test('knows a window only by a scan that came after its end', () => {
    const during = { lastScanAt: windowOpensAt + 4 * hour };

    expect(fateOf({ policy: policy(14), now, entry: { firstSeenAt }, node: during })).toMatchObject({
      reason: null,
      windowsMissed: 0,
    });
    expect(fateOf({ now, entry: { firstSeenAt: windowOpensAt }, node: scanned })?.windowsMissed).toBe(0);
  });

  test('is that of the node as well: a new patch will fare as the old ones', () => {
    const old = openEntry(1, { patchId: 'old', firstSeenAt });
    const fresh = openEntry(1, { patchId: 'new', firstSeenAt: windowOpensAt + 6 * hour });
    const reasonsOf = (node: Partial<NodeSummary>) => {
      const place = placeWith([nodeSummary(1, { ...scanned, ...node })], [old, fresh]);
      return forecastOf({ name: 'prd-web', policy: policy(8) }, [place], { now }).patches.map((each) => [
        each.patchId,
        each.reason,
      ]);
    };

    expect(reasonsOf({})).toContainEqual(['new', 'KeepsFailing']);
    // Others were installed in that window: it is not the node.
    expect(reasonsOf({ lastInstalledAt: windowOpensAt + hour })).toContainEqual(['new', null]);
  });
});

describe('a patch that has breached', () => {
  const now = windowOpensAt + 3 * day;
  const breached = (entry: Partial<OpenEntry>, node: Partial<NodeSummary> = {}, policy = weeklyPolicy()) => {
    const patch = fateOf({ policy, now, entry, node });
    expect(patch?.status).toBe('breached');
    return patch?.reason;
  };
  const beforeWindow = { firstSeenAt: windowOpensAt - 4 * day };

  test.each([
    ['KeepsFailing', { lastScanAt: now }],
    ['NodeAway', { lastScanAt: now, standing: 'offline' }],
    // Nobody has looked since the window: it may be installed.
    [null, { lastScanAt: windowOpensAt }],
  ] as const)('says why: %s', (reason, node) => {
    expect(breached(beforeWindow, node)).toBe(reason);
  });

  test('says why: NeedsReboot, WindowTooLate, NoWindow', () => {
    const pending = { ...beforeWindow, state: 'InstalledPendingReboot' } as const;
    const noReboot = weeklyPolicy({ patch: { rebootOption: 'NoReboot' } });
    const short = weeklyPolicy({ slaDays: 2 });

    expect(breached(pending, { lastScanAt: now }, noReboot)).toBe('NeedsReboot');
    expect(breached({ firstSeenAt: windowOpensAt + 5 * hour }, { lastScanAt: now }, short)).toBe(
      'WindowTooLate',
    );
    expect(breached(beforeWindow, {}, policyOf({ install: undefined }))).toBe('NoWindow');
  });

  test('says WindowFull while the window that should have reached it is open', () => {
    const patch = fateOf({ now: windowOpensAt + 2 * hour, entry: dueAt(windowOpensAt + hour) });

    expect(patch).toMatchObject({ status: 'breached', reason: 'WindowFull' });
  });
});

describe('a policy’s forecast', () => {
  const forecast = (...places: Parameters<typeof forecastOf>[1]) =>
    forecastOf({ name: 'prd-web', policy: weeklyPolicy() }, places, { now: windowOpensAt - day });

  test('has the nodes that the policy governs now, in every place', () => {
    const ours = placeWith(
      [nodeSummary(1), nodeSummary(2, { policy: 'other' })],
      [openEntry(1), openEntry(2)],
    );
    const theirs = { ...placeWith([nodeSummary(1)], [openEntry(1)]), ...spoke };

    const { patches, nodes } = forecast(ours, theirs);

    expect(patches.map(({ accountId, nodeId }) => [accountId, nodeId])).toEqual([
      ['111122223333', nodeIdOf(1)],
      [spoke.accountId, nodeIdOf(1)],
    ]);
    expect(nodes).toEqual({ total: 2, optedOut: 0, away: 0 });
  });

  test('keeps the open patches of a node that has no summary', () => {
    const { patches, nodes } = forecast(placeWith([], [openEntry(1), openEntry(2, { policy: 'other' })]));

    expect(patches).toMatchObject([{ nodeId: nodeIdOf(1), standing: 'unmanaged', reason: 'NodeAway' }]);
    expect(nodes).toEqual({ total: 1, optedOut: 0, away: 1 });
  });

  test('has the earliest due first, and the next window', () => {
    const entries = [openEntry(1), openEntry(2, { firstSeenAt: windowOpensAt - 3 * day })];

    const { patches, nextWindow } = forecast(placeWith([nodeSummary(1), nodeSummary(2)], entries));

    expect(patches.map(({ nodeId }) => nodeId)).toEqual([nodeIdOf(2), nodeIdOf(1)]);
    expect(nextWindow?.opensAt).toBe(windowOpensAt);
  });
});
