import fc from 'fast-check';
import {
  concurrencySchema,
  maxErrorsSchema,
  share,
  shareAtLeastOne,
} from '../../../shared/domain/count-or-percent.ts';
import { seeded } from '../../support/seeded.ts';

describe('SSM syntax of a count or a percentage', () => {
  test.each(['1', '9', '50', '9999999', '1%', '10%', '99%', '100%'])('MaxConcurrency admits %p', (value) => {
    expect(concurrencySchema.safeParse(value).success).toBe(true);
  });

  test.each(['0', '0%', '01', '101%', '1.5', '-1', '', '10 %', 'all', '10000000'])(
    'MaxConcurrency refuses %p and says what is allowed',
    (value) => {
      expect(concurrencySchema.safeParse(value).error?.issues[0]?.message).toContain('a count from "1"');
    },
  );

  test.each(['0', '0%', '9%', '10', '100%'])('MaxErrors admits %p', (value) => {
    expect(maxErrorsSchema.safeParse(value).success).toBe(true);
  });

  test.each(['00', '101%', '-1', '', '5 %'])('MaxErrors refuses %p and says what is allowed', (value) => {
    expect(maxErrorsSchema.safeParse(value).error?.issues[0]?.message).toContain('a count from "0"');
  });
});

describe('a share of nodes', () => {
  test.each([
    ['10%', 95, 9],
    ['10%', 9, 0],
    ['100%', 7, 7],
    ['3', 2, 2],
    ['0', 100, 0],
    ['7', 0, 0],
  ])('%s of %d is %d: cut off, never above the total', (value, total, expected) => {
    expect(share(value, total)).toBe(expected);
  });

  test('does not stand still at few nodes where one is needed', () => {
    expect(shareAtLeastOne('10%', 5)).toBe(1);
    expect(shareAtLeastOne('50%', 5)).toBe(2);
  });

  test('lies within the total for every value that the syntax admits', () => {
    const values = fc.oneof(
      fc.integer({ min: 0, max: 9_999_999 }).map(String),
      fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
    );

    fc.assert(
      fc.property(values, fc.nat(100_000), (value, total) => {
        const part = share(value, total);

        expect(maxErrorsSchema.safeParse(value).success).toBe(true);
        expect(Number.isInteger(part) && part >= 0 && part <= total).toBe(true);
      }),
      seeded(200),
    );
  });
});
