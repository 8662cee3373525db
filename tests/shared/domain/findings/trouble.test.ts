import fc from 'fast-check';
import type { PatchFinding } from '../../../../shared/domain/findings/finding.ts';
import {
  isResolved,
  isTold,
  judge,
  type Level,
  newestOf,
  type Trouble,
  withSight,
  withTelling,
} from '../../../../shared/domain/findings/trouble.ts';
import { seeded } from '../../../support/seeded.ts';

const seen: Level = { severity: 'HIGH', missing: 3, failed: 1, pendingReboot: 0, foundAt: 100 };
const about = { nodeId: 'i-0123456789abcdef0', policy: 'prd-web' };
const toldOnce = withTelling(undefined, about, { number: 1, telling: { ...seen, toldAt: 110 } });
const seenOnly = withSight(undefined, about, seen);

const everything = { compliantSince: null, minimumSeverity: 'INFORMATIONAL' } as const;

describe('what a finding means', () => {
  test.each<[string, Partial<Level>, Trouble | undefined, Partial<Parameters<typeof judge>[2]>, string]>([
    ['the first of a node', {}, undefined, {}, 'tell new'],
    ['the same again', {}, toldOnce, {}, 'remember told before'],
    ['the same by a later scan', { foundAt: 200 }, toldOnce, {}, 'remember told before'],
    ['more missing', { foundAt: 200, missing: 4 }, toldOnce, {}, 'tell worse'],
    ['more failed', { foundAt: 200, failed: 2 }, toldOnce, {}, 'tell worse'],
    [
      'as many, of which one has failed',
      { foundAt: 200, missing: 2, failed: 2 },
      toldOnce,
      {},
      'remember told before',
    ],
    ['a higher severity', { foundAt: 200, severity: 'CRITICAL' }, toldOnce, {}, 'tell worse'],
    [
      'a higher severity of fewer',
      { foundAt: 200, severity: 'CRITICAL', missing: 0 },
      toldOnce,
      {},
      'tell worse',
    ],
    ['fewer', { foundAt: 200, missing: 2 }, toldOnce, {}, 'remember told before'],
    ['more waiting for a reboot', { foundAt: 200, pendingReboot: 9 }, toldOnce, {}, 'remember told before'],
    ['worse, but older', { foundAt: 99, missing: 9 }, toldOnce, {}, 'old'],
    ['worse, of the same moment', { missing: 9 }, toldOnce, {}, 'tell worse'],
    ['old, of a node that is compliant since', { foundAt: 50 }, toldOnce, { compliantSince: 60 }, 'stale'],
    ['of the very scan that was compliant', { foundAt: 150 }, toldOnce, { compliantSince: 150 }, 'stale'],
    ['of a node never heard of, before it was compliant', {}, undefined, { compliantSince: 150 }, 'stale'],
    ['trouble that came back', { foundAt: 200 }, toldOnce, { compliantSince: 150 }, 'tell new'],
    [
      'less trouble, but come back',
      { foundAt: 200, missing: 1 },
      toldOnce,
      { compliantSince: 150 },
      'tell new',
    ],
    [
      'compliance from before the trouble',
      { foundAt: 200 },
      toldOnce,
      { compliantSince: 99 },
      'remember told before',
    ],
    ['below the minimum', {}, undefined, { minimumSeverity: 'CRITICAL' }, 'remember below the minimum'],
    ['at the minimum', {}, undefined, { minimumSeverity: 'HIGH' }, 'tell new'],
    [
      'grown to the minimum',
      { foundAt: 200, severity: 'CRITICAL' },
      seenOnly,
      { minimumSeverity: 'CRITICAL' },
      'tell new',
    ],
    ['seen before and never told, now that the policy wants it', { foundAt: 200 }, seenOnly, {}, 'tell new'],
    [
      'worse, but sunk below the minimum',
      { foundAt: 200, severity: 'LOW', missing: 9 },
      toldOnce,
      { minimumSeverity: 'HIGH' },
      'remember below the minimum',
    ],
  ])('%s', (_what, found, known, facts, expected) => {
    const verdict = judge({ ...seen, ...found }, known, { ...everything, ...facts });

    expect(Object.values(verdict).join(' ')).toBe(expected);
  });
});

describe('what is known', () => {
  test('after less trouble makes what is more than that worse again', () => {
    const less = withSight(toldOnce, about, { ...seen, foundAt: 200, missing: 1 });

    const verdict = judge({ ...seen, foundAt: 300, missing: 2 }, less, everything);

    expect(verdict).toEqual({ outcome: 'tell', change: 'worse' });
  });

  test('keeps the newest finding when it learns late what was told', () => {
    const newer = withSight(undefined, about, { ...seen, foundAt: 200, missing: 1 });

    const known = withTelling(newer, about, { number: 1, telling: { ...seen, toldAt: 110 } });

    expect(known).toMatchObject({ foundAt: 200, missing: 1, tellings: 1, toldAt: 110, toldFoundAt: 100 });
  });

  test('is of an earlier trouble once the node has been compliant', () => {
    expect([
      isTold(toldOnce, null),
      isTold(toldOnce, 99),
      isTold(toldOnce, 100),
      isTold(seenOnly, null),
    ]).toEqual([true, true, false, false]);
  });

  test.each([
    ['nothing is resolved yet', {}, 150, false],
    ['it was resolved', { resolvedThrough: 150 }, 150, true],
    ['it was resolved, and scanned again', { resolvedThrough: 150 }, 300, true],
    ['something was found since it was resolved', { resolvedThrough: 150, foundAt: 200 }, 300, false],
    ['something was found after that scan', { foundAt: 200 }, 150, true],
  ])('says whether there is something to resolve: %s', (_what, different, compliantSince, expected) => {
    expect(isResolved({ ...toldOnce, ...different }, compliantSince)).toBe(expected);
  });
});

describe('the newest finding', () => {
  const finding = (different: Partial<PatchFinding>): PatchFinding => ({
    kind: 'patch',
    key: { id: 'x', productArn: 'y' },
    nodeId: about.nodeId,
    accountId: '111122223333',
    region: 'us-east-1',
    ...seen,
    ...different,
  });

  test('is the same in any order, and of several of one moment the worst', () => {
    const findings = [
      finding({ foundAt: 50, severity: 'CRITICAL' }),
      finding({ foundAt: 100, missing: 9 }),
      finding({ foundAt: 100, severity: 'CRITICAL', missing: 1 }),
      finding({ foundAt: 100, severity: 'CRITICAL', missing: 1, pendingReboot: 1 }),
    ];

    fc.assert(
      fc.property(fc.shuffledSubarray(findings, { minLength: findings.length }), (shuffled) => {
        expect(newestOf(shuffled)).toBe(findings[3]);
      }),
      seeded(50),
    );
    expect(newestOf([])).toBeUndefined();
  });
});
