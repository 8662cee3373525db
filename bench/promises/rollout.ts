import type { FleetNode } from '../../local/fleet/node.ts';
import { expectedSeconds } from '../../shared/domain/estimate.ts';
import type { Evidence } from '../evidence.ts';
import { livesOf, type NodeLife } from './life.ts';

/** A pause that an orchestrator may make between what a node does: polls, deliveries, a few retries. */
const pauseMilliseconds = 180_000;

/** Of a hundred pauses so many may be longer: retries under throttling, a poll that was lost. */
const tolerated = 0.02;

/** How full the places are at least, in the mean, while nodes wait for their start; silent nodes hold some as well. */
const fullness = 0.75;

/**
 * DESIGN 5: `maxConcurrency` is a sliding window. A node goes from step to step without waiting for its neighbours, and
 * while nodes wait for their start, one starts as another ends.
 */
export function slides(evidence: Evidence): boolean {
  const lives = [...livesOf(evidence).values()];
  const pauses = lives.flatMap(pausesOf);
  const long = pauses.filter((each) => each > pauseMilliseconds).length;
  return lives.length > 0 && long <= tolerated * pauses.length && meanFullness(evidence, lives) >= fullness;
}

function pausesOf({ steps }: NodeLife): number[] {
  return steps.slice(1).map(({ startedAt }, index) => startedAt - (steps[index]?.endedAt ?? startedAt));
}

/** Nodes in flight over places, in the mean from the run's start to the last node's start; one if all start at once. */
function meanFullness({ startedAt, concurrency }: Evidence, lives: readonly NodeLife[]): number {
  const lastStart = Math.max(...lives.map(({ from }) => from));
  const inFlight = lives.reduce((sum, { from, until }) => sum + Math.min(until, lastStart) - from, 0);
  if (lives.length <= concurrency || lastStart <= startedAt) return 1;
  return inFlight / (concurrency * (lastStart - startedAt));
}

/** DESIGN 5: at no time are more nodes between their first step and their last than the concurrency allows. */
export function keepsTheConcurrency(evidence: Evidence): boolean {
  const lives = [...livesOf(evidence).values()];
  const moves = lives
    .flatMap(({ from, until }) => [
      { at: from, by: 1 },
      { at: until, by: -1 },
    ])
    // Who ends in an instant makes room for who starts in it.
    .toSorted((a, b) => a.at - b.at || a.by - b.by);
  let inFlight = 0;
  return moves.every(({ by }) => {
    inFlight += by;
    return inFlight <= evidence.concurrency;
  });
}

/** DESIGN 5: one SnapshotId for the whole run, so that all nodes install the same patches. */
export function patchesFromOneSnapshot({ commands }: Evidence): boolean {
  const ids = commands
    .filter(({ documentName }) => documentName.startsWith('AWS-RunPatchBaseline'))
    .map(({ parameters }) => parameters['SnapshotId']?.[0] ?? '');
  return ids.length > 0 && new Set(ids).size === 1 && ids[0] !== '';
}

/** From the decision to start a node until its agent has the command: sending and delivery. */
const deliveryMilliseconds = 60_000;

/**
 * DESIGN 5: no node starts when the time left is less than its expected duration. What to expect is what Systems Manager
 * knew of the node before the run: its missing patches, its platform, how long its last Scan took.
 */
export function respectsTheWindow(evidence: Evidence): boolean {
  const { deadline, targets } = evidence;
  if (deadline === null) return false;
  const expected = new Map(targets.map(({ node }) => [node.nodeId, expectedMilliseconds(node)]));
  const lives = [...livesOf(evidence).values()];
  const isInTime = ({ nodeId, from }: NodeLife) =>
    from <= deadline - (expected.get(nodeId) ?? 0) + deliveryMilliseconds;
  return lives.length > 0 && lives.every(isInTime);
}

function expectedMilliseconds({ platformType, fate }: FleetNode): number {
  const { missingPatches: missing, installedPatches: installed, scanSeconds } = fate;
  const before = { installed, missing, failed: 0, rejected: 0, pendingReboot: 0 };
  // None of these nodes comes near a timeout.
  const run = { operation: 'Install', reboots: true, timeoutSeconds: Number.POSITIVE_INFINITY } as const;
  return expectedSeconds({ platformType, before, scanSeconds }, run).total * 1000;
}

/**
 * DESIGN 5: a spent error budget halts the run: no node starts once the errors are known, what is in flight finishes, and
 * its post-hooks follow. `paid` is whether they did.
 */
export function haltsOnErrors(evidence: Evidence, paid: boolean): boolean {
  const lives = [...livesOf(evidence).values()];
  const failures = lives
    .flatMap(({ steps }) => steps.filter(({ step, result }) => step === 'preHook' && result === 'Failed'))
    .map(({ endedAt }) => endedAt ?? Infinity)
    .toSorted((a, b) => a - b);
  const spentAt = failures[evidence.maxErrors];
  if (spentAt === undefined) return false;
  const after = lives.filter(({ from }) => from > spentAt + pauseMilliseconds);
  return paid && after.length === 0;
}
