import { isReadNeeded, newOperation, type PatchOperation } from '../../../../shared/domain/ledger/look.ts';
import { hour } from '../../../support/domain-builders.ts';
import { entryOf, monday, operationOf, otherBaseline, summaryOf } from './looks.ts';

const now = monday + 4 * hour;
const never = { before: null, open: [] };
const compliant = { before: summaryOf({ operation: operationOf({ missing: 0 }) }), open: [] };
const withEntries = { before: summaryOf(), open: [entryOf()] };

describe('the patches of a node are read', () => {
  test.each<[string, Partial<PatchOperation>]>([
    ['if a patch is missing', { missing: 1 }],
    ['if one failed', { missing: 0, failed: 1 }],
    ['if one waits for a reboot', { missing: 0, pendingReboot: 1 }],
  ])('%s, by an operation that is newer than the one read last', (_what, counts) => {
    expect(isReadNeeded(operationOf(counts), never, now)).toBe(true);
    expect(isReadNeeded(operationOf({ ...counts, endedAt: monday + 1 }), compliant, now)).toBe(true);
  });

  test('if it has open entries, which may be closed by now', () => {
    const operation = operationOf({ missing: 0, endedAt: monday + hour });

    expect(isReadNeeded(operation, withEntries, now)).toBe(true);
  });

  test.each<[string, Partial<PatchOperation>]>([
    ['another snapshot', { snapshotId: '22222222-3333-4444-5555-666666666666' }],
    ['another baseline', { baselineId: otherBaseline }],
    ['another kind', { kind: 'Install' }],
  ])('if the operation is another one that ended at the same time: %s', (_what, different) => {
    expect(isReadNeeded(operationOf(different), withEntries, now)).toBe(true);
  });
});

describe('they are not read', () => {
  test('of a compliant node without open entries', () => {
    const operation = operationOf({ missing: 0, endedAt: monday + hour });

    expect(isReadNeeded(operation, compliant, now)).toBe(false);
    expect(isReadNeeded(operation, never, now)).toBe(false);
  });

  test('of a node whose rejected patches are all that is wrong: there is no clock for them', () => {
    expect(isReadNeeded(operationOf({ missing: 0, rejected: 1 }), never, now)).toBe(false);
  });

  test('a second time, whatever is missing', () => {
    expect(isReadNeeded(operationOf(), withEntries, now)).toBe(false);
  });

  test('of a node that never had a patch operation', () => {
    expect(isReadNeeded(null, never, now)).toBe(false);
  });

  test('for an operation older than the one read last', () => {
    expect(isReadNeeded(operationOf({ endedAt: monday - 1 }), withEntries, now)).toBe(false);
  });
});

test('an operation that claims to end in the future is known again by what it claims', () => {
  const claimed = operationOf({ endedAt: now + hour });

  const taken = newOperation(claimed, null, now);

  expect(taken).toEqual({ ...claimed, endedAt: now, claimedEndAt: now + hour });
  expect(newOperation(claimed, summaryOf({ operation: taken }), now + 3 * hour)).toBeNull();
});
