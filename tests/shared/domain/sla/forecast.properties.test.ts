import fc from 'fast-check';
import { positionOf } from '../../../../shared/domain/run-id.ts';
import { forecastOf } from '../../../../shared/domain/sla/forecast.ts';
import { hour, minute, nodeIdOf } from '../../../support/domain-builders.ts';
import { seeded } from '../../../support/seeded.ts';
import { day, nodeSummary, openEntry, placeWith, weeklyPolicy } from '../../../support/sla-builders.ts';

/** A Saturday, 22:00 UTC. All windows of these tests lie whole weeks from it, and are open for an hour. */
const base = Date.parse('2026-01-10T22:00:00Z');
const windows = Array.from({ length: 120 }, (_each, index) => base + (index - 60) * 7 * day);
/** Five days before a window, and one. */
const moments = [base + 2 * day + 7 * minute, base + 6 * day + 7 * minute] as const;
const length = hour;

/** What is drawn of a node: when things happened, in hours before now. */
const nodeArbitrary = fc.record({
  patchesSeenBefore: fc.array(fc.integer({ min: 0, max: 30 * 24 }), { minLength: 0, maxLength: 6 }),
  scannedBefore: fc.option(fc.integer({ min: 0, max: 10 * 24 })),
  installedBefore: fc.option(fc.integer({ min: 0, max: 30 * 24 })),
  standing: fc.constantFrom('ready', 'ready', 'ready', 'offline', 'stopped', 'optedOut'),
  isPending: fc.boolean(),
});
type Drawn = typeof nodeArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const scenarioArbitrary = fc.record({
  nodes: fc.array(nodeArbitrary, { minLength: 1, maxLength: 24, size: 'max' }),
  slaDays: fc.integer({ min: 1, max: 30 }),
  reboots: fc.boolean(),
  now: fc.constantFrom(...moments),
});
type Scenario = typeof scenarioArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const ago = (hours: number | null, now: number) => (hours === null ? null : now - hours * hour);

/** Seconds of a Linux node: scan, packages, reboot, scan, hooks. */
function secondsOf(missing: number, reboots: boolean): number {
  return 60 + missing * 20 + (reboots && missing > 0 ? 120 : 0) + 60 + 120;
}

/** Windows from after a moment to a scan, counted one by one. */
function missedBetween(since: number, scannedAt: number | null): number {
  if (scannedAt === null) return 0;
  return windows.filter((opensAt) => opensAt > since && opensAt + length < scannedAt).length;
}

function missesOf(node: Drawn, seenAt: number, now: number): number {
  const oldest = Math.min(...node.patchesSeenBefore.map((hours) => now - hours * hour));
  const scannedAt = ago(node.scannedBefore, now);
  const ofNode = missedBetween(Math.max(oldest, ago(node.installedBefore, now) ?? 0), scannedAt);
  return Math.max(ofNode, missedBetween(seenAt, scannedAt));
}

/** Plays the windows to come, node after node, and notes when each was reached. */
function playWindows({ nodes, reboots, now }: Scenario): number[][] {
  const ends: number[][] = nodes.map(() => []);
  const order = nodes
    .map((node, index) => ({ node, index, nodeId: nodeIdOf(index + 1) }))
    .filter(({ node }) => node.standing !== 'optedOut')
    .toSorted((a, b) => positionOf(a.nodeId) - positionOf(b.nodeId));
  const coming = windows.filter((opensAt) => opensAt > now).slice(0, 12);
  for (const [number, opensAt] of coming.entries()) {
    const isBack = number > 0 || opensAt - now > 48 * hour;
    const present = order.filter(({ node }) => isBack || node.standing === 'ready');
    const queue = present
      .map(({ node, index }) => {
        const misses = node.patchesSeenBefore.map((hours) => missesOf(node, now - hours * hour, now));
        const isPatched = (ends[index] ?? []).length > Math.max(...misses, -1);
        const unknown = node.scannedBefore === null && node.patchesSeenBefore.length === 0;
        const missing = unknown ? 6 : isPatched || node.isPending ? 0 : node.patchesSeenBefore.length;
        return { index, seconds: secondsOf(missing, reboots) };
      })
      .toSorted((a, b) => b.seconds - a.seconds);
    let time = opensAt;
    for (const { index, seconds } of queue) {
      if (time > opensAt + length || time + seconds * 1000 > opensAt + length) continue;
      time += seconds * 1000;
      ends[index]?.push(time);
    }
  }
  return ends;
}

/** What has to be said of a patch, by the rules as they are told to people. */
function verdictOf(node: Drawn, seenAt: number, facts: { scenario: Scenario; ends: readonly number[] }) {
  const { slaDays, reboots, now } = facts.scenario;
  const dueAt = seenAt + slaDays * day;
  if (node.standing === 'optedOut') return { status: 'optedOut', isForetold: false };
  if (now >= dueAt) return { status: 'breached', isForetold: false };
  const status = dueAt - now <= 48 * hour ? 'dueSoon' : 'onTime';
  const missing = node.isPending ? 0 : node.patchesSeenBefore.length;
  const alone = secondsOf(missing, reboots) * 1000;
  const left = windows.filter((opensAt) => opensAt > now && opensAt + alone <= dueAt);
  const isLast = left.length === 0 || (left.length === 1 && (left[0] ?? 0) - now <= 48 * hour);
  const end = facts.ends[missesOf(node, seenAt, now)];
  const isInTime = end !== undefined && end <= dueAt;
  const isAway = node.standing !== 'ready';
  return { status, isForetold: (isAway && isLast) || (node.isPending && !reboots) || !isInTime };
}

function forecast({ nodes, slaDays, reboots, now }: Scenario) {
  const policy = weeklyPolicy({
    slaDays,
    patch: { rebootOption: reboots ? 'RebootIfNeeded' : 'NoReboot' },
    install: { timeZone: 'UTC', durationHours: 1, cutoffHours: 0 },
  });
  const summaries = nodes.map(({ standing, scannedBefore, installedBefore }, index) =>
    nodeSummary(index + 1, {
      standing:
        standing === 'optedOut' || standing === 'offline' || standing === 'stopped' ? standing : 'ready',
      lastScanAt: ago(scannedBefore, now),
      lastInstalledAt: ago(installedBefore, now),
    }),
  );
  const entries = nodes.flatMap((node, index) =>
    node.patchesSeenBefore.map((hours, patch) =>
      openEntry(index + 1, {
        patchId: `patch-${patch}`,
        firstSeenAt: now - hours * hour,
        state: node.isPending ? 'InstalledPendingReboot' : 'Missing',
      }),
    ),
  );
  return forecastOf({ name: 'prd-web', policy }, [placeWith(summaries, entries)], { now }).patches;
}

test('a patch is foretold to breach if, and only if, playing the windows one by one says so', () => {
  let foretold = 0;
  let full = 0;
  fc.assert(
    fc.property(scenarioArbitrary, (scenario) => {
      const patches = forecast(scenario);
      const ends = playWindows(scenario);

      for (const [index, node] of scenario.nodes.entries()) {
        for (const [patch, hours] of node.patchesSeenBefore.entries()) {
          const found = patches.find(
            (each) => each.nodeId === nodeIdOf(index + 1) && each.patchId === `patch-${patch}`,
          );
          const expected = verdictOf(node, scenario.now - hours * hour, {
            scenario,
            ends: ends[index] ?? [],
          });
          const isForetold = found?.status !== 'breached' && found?.reason !== null;
          expect({ status: found?.status, isForetold }).toEqual(expected);
          if (isForetold) foretold += 1;
          if (found?.reason === 'WindowFull') full += 1;
        }
      }
    }),
    seeded(300),
  );
  // The scenarios are worth something: many patches are foretold, and some because a window was full.
  expect(foretold).toBeGreaterThan(500);
  expect(full).toBeGreaterThan(20);
});
