import { english } from '../../../../shared/domain/messages/english.ts';
import { japanese } from '../../../../shared/domain/messages/japanese.ts';

/** Every entry by its path: `sla.advice.NodeAway`. */
function entriesOf(words: object, path = ''): [string, unknown][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]): [string, unknown][] =>
    typeof value === 'object' && value !== null
      ? entriesOf(value, `${path}${key}.`)
      : [[`${path}${key}`, value]],
  );
}

const entries = { en: entriesOf(english), ja: entriesOf(japanese) };

describe('both catalogues', () => {
  test('have the same entries, each of the same kind', () => {
    const [one, other] = [entries.en, entries.ja].map((each) =>
      each.map(([path, value]) => `${path}: ${typeof value}`).toSorted(),
    );

    expect(one?.length).toBeGreaterThan(100);
    expect(other).toEqual(one);
  });

  test('ask for the same facts', () => {
    const arities = (each: readonly [string, unknown][]) =>
      each.map(([path, value]) => [path, typeof value === 'function' ? value.length : 0]);

    const needless = ['nextSteps', 'advice.KeepsFailing'];
    const compared = (each: readonly [string, unknown][]) =>
      arities(each).filter(([path]) => !needless.some((part) => String(path).includes(part)));
    expect(Object.fromEntries(compared(entries.ja))).toEqual(Object.fromEntries(compared(entries.en)));
  });

  test('leave nothing empty, and nothing that is text in the other language', () => {
    const texts = new Map(entries.en);

    for (const [path, value] of entries.ja) {
      if (typeof value !== 'string') continue;
      expect({ path, isJapanese: /[\u3040-\u30ff\u4e00-\u9fff]/.test(value) }).toEqual({
        path,
        isJapanese: true,
      });
      expect(texts.get(path)).toMatch(/^[\x20-\x7e]+$/);
    }
  });
});
