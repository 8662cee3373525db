import { changedNothing, troubleText, verdictOf } from '../../../shared/domain/truth.ts';
import { awaitingReboot, compliant, lacking } from '../../support/domain-builders.ts';

describe('the verdict on a patch state', () => {
  test.each([
    ['compliant', compliant],
    ['nonCompliant', lacking],
    ['nonCompliant', { ...compliant, failed: 1 }],
    ['nonCompliant', { ...compliant, rejected: 1 }],
    ['pendingReboot', awaitingReboot],
    ['nonCompliant', { ...awaitingReboot, missing: 1 }],
  ] as const)('is %s for %j', (verdict, counts) => {
    expect(verdictOf(counts)).toBe(verdict);
  });
});

describe('a run that changed nothing', () => {
  test('found nothing to install before, and as many patches installed after', () => {
    expect(changedNothing(compliant, compliant)).toBe(true);
  });

  test.each([
    ['nobody had looked before', null],
    ['patches were missing before', { ...compliant, missing: 1 }],
    ['patches had failed before', { ...compliant, failed: 1 }],
    ['fewer were installed before', { ...compliant, installed: 39 }],
  ] as const)('is not claimed where %s', (_why, before) => {
    expect(changedNothing(before, compliant)).toBe(false);
  });
});

test('trouble is named with its numbers, and a compliant node has none', () => {
  const all = { installed: 1, missing: 2, failed: 3, rejected: 4, pendingReboot: 5 };

  expect(troubleText(all)).toBe('2 missing, 3 failed, 4 rejected, 5 pending a reboot');
  expect(troubleText(compliant)).toBe('');
});
