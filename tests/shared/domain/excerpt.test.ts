import fc from 'fast-check';
import { excerpt } from '../../../shared/domain/excerpt.ts';
import { seeded } from '../../support/seeded.ts';

describe('an excerpt', () => {
  test('of a short text is that text', () => {
    expect(excerpt('Failed: exit 1 (10-service)')).toBe('Failed: exit 1 (10-service)');
    expect(excerpt('失敗しました')).toBe('失敗しました');
    expect(excerpt('')).toBe('');
  });

  test.each([
    ['line breaks', 'one\r\ntwo\nthree'],
    ['separators of lines and paragraphs', 'one\u2028two\u2029three'],
    ['escape sequences and bells', 'one\u001btwo\u0007three'],
    ['marks that turn the direction of writing', 'one\u202etwo\u200bthree'],
    ['halves of an emoji', 'one\ud83dtwo\ude00three'],
  ])('has a blank for %s', (_what, text) => {
    expect(excerpt(text)).toBe('one two three');
  });

  test('has no blanks at its ends for them', () => {
    expect(excerpt('\n\u0000 text \u001b\n')).toBe('text');
    expect(excerpt('\u0000\n')).toBe('');
  });

  test.each([
    ['ASCII', 'x', 120],
    ['two bytes each', 'é', 60],
    ['three bytes each', '漏', 40],
    ['emoji', '😀', 30],
  ])('ends at 120 bytes: %s', (_what, character, kept) => {
    expect(excerpt(character.repeat(200))).toBe(character.repeat(kept));
  });

  test('ends before an emoji that does not fit, and never within it', () => {
    expect(excerpt(`${'x'.repeat(118)}😀`)).toBe('x'.repeat(118));
    expect(excerpt(`${'x'.repeat(116)}😀y`)).toBe(`${'x'.repeat(116)}😀`);
  });

  test('of any text fits, is well formed, stands on one line and is its own excerpt', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const kept = excerpt(text);

        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(120);
        expect(kept.isWellFormed()).toBe(true);
        expect(kept).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(excerpt(kept.trim())).toBe(kept.trim());
      }),
      seeded(300),
    );
  });
});
