import fc from 'fast-check';
import * as z from 'zod';
import { hookPatterns } from '../../../shared/domain/hook-contract.ts';
import { commentOf, positionOf, runIdOf, snapshotIdOf } from '../../../shared/domain/run-id.ts';
import { nodeIdOf } from '../../support/domain-builders.ts';
import { seeded } from '../../support/seeded.ts';

const arn = 'arn:aws:states:ap-northeast-1:111122223333:execution:patch-fleet:prd-web-1';
const safe = new RegExp(hookPatterns.runId);

/** What Step Functions gives or admits as a name: up to 80 characters of nearly every kind. */
const executionNames = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });

describe('a run id', () => {
  test('[F32] is the name of the execution where that is safe', () => {
    expect(runIdOf('prd-web_2026-01-10.1')).toBe('prd-web_2026-01-10.1');
  });

  test('[F32] is safe for S3 keys and for the hook document, whatever the execution is called', () => {
    fc.assert(
      fc.property(executionNames, (name) => {
        const runId = runIdOf(name);

        expect(runId.length).toBeLessThanOrEqual(60);
        expect(runId).toMatch(safe);
        expect(runId).not.toMatch(/^\.+$/);
      }),
      seeded(300),
    );
  });

  test.each(['.', '..', '...'])('[F32] of an execution named %p is no relative path', (name) => {
    expect(runIdOf(name)).toMatch(/^\.+-[0-9a-f]{10}$/);
  });

  test('[F32] of long names with the same beginning stay two, and keep that beginning', () => {
    const long = 'x'.repeat(79);

    const [first, second] = [runIdOf(`${long}1`), runIdOf(`${long}2`)];

    expect(first).not.toBe(second);
    expect(first).toMatch(/^x{49}-[0-9a-f]{10}$/);
  });

  test('[F32] of names that differ only in unsafe characters stay two', () => {
    expect(runIdOf('緊急 パッチ')).not.toBe(runIdOf('緊急_パッチ'));
  });
});

describe('a SnapshotId', () => {
  test('[F16] is a UUID', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (executionArn, startTime) => {
        expect(z.uuid().safeParse(snapshotIdOf(executionArn, startTime)).success).toBe(true);
      }),
      seeded(200),
    );
  });

  test('[F16] is the same for the same execution, and another for the next', () => {
    const first = snapshotIdOf(arn, '2026-01-10T22:00:00Z');

    expect(snapshotIdOf(arn, '2026-01-10T22:00:00Z')).toBe(first);
    expect(snapshotIdOf(arn, '2026-01-11T22:00:00Z')).not.toBe(first);
    expect(snapshotIdOf(`${arn}b`, '2026-01-10T22:00:00Z')).not.toBe(first);
  });
});

describe('a command comment', () => {
  test('[F01] has at most 100 characters for the longest names', () => {
    const comment = commentOf({
      runId: runIdOf('n'.repeat(80)),
      batchId: 'w10-b1000',
      step: 'postHook',
      sequence: 9_999_999,
    });

    expect(comment.length).toBeLessThanOrEqual(100);
  });

  test('[F03] tells run, batch, step and sequence apart', () => {
    const one = { runId: 'r', batchId: 'w1-b1', step: 'patch', sequence: 1 } as const;
    const others = [
      { ...one, runId: 'r2' },
      { ...one, batchId: 'w1-b11' },
      { ...one, step: 'verify' as const },
      { ...one, sequence: 11 },
    ];

    const comments = [one, ...others].map(commentOf);

    expect(new Set(comments).size).toBe(5);
  });
});

test('positions spread nodes over [0, 1) and belong to their ids', () => {
  const positions = Array.from({ length: 1000 }, (_, index) => positionOf(nodeIdOf(index)));

  expect(positions).toEqual(Array.from({ length: 1000 }, (_, index) => positionOf(nodeIdOf(index))));
  expect(Math.min(...positions)).toBeLessThan(0.05);
  expect(Math.max(...positions)).toBeGreaterThan(0.95);
  expect(positions.every((position) => position >= 0 && position < 1)).toBe(true);
});
