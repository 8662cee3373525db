import { random } from '../../local/random.ts';

function take(count: number, ...parts: readonly (string | number)[]): readonly number[] {
  const stream = random(...parts);
  return Array.from({ length: count }, () => stream.next());
}

describe('a random stream', () => {
  test('depends on its parts alone', () => {
    const first = take(5, 1, 'i-0123456789abcdef0');
    const again = take(5, 1, 'i-0123456789abcdef0');
    const other = take(5, 1, 'mi-0123456789abcdef0');

    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('tells parts apart that read the same when joined', () => {
    expect(take(3, 'a', 'bc')).not.toEqual(take(3, 'ab', 'c'));
  });

  test('stays in [0, 1) with the mean and the spread of a uniform stream', () => {
    const values = take(20_000, 7);

    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;

    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });

  test('gives integers below the bound, all of them', () => {
    const stream = random(3);

    const seen = new Set(Array.from({ length: 500 }, () => stream.integer(6)));

    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('gives normal deviates around 0 with deviation 1', () => {
    const stream = random('normal');

    const values = Array.from({ length: 20_000 }, () => stream.normal());
    const squares = values.reduce((sum, value) => sum + value * value, 0) / values.length;

    expect(Math.abs(squares - 1)).toBeLessThan(0.05);
  });

  test('is chance by its probability, never at 0 and always at 1', () => {
    const stream = random('chance');

    const counts = [0, 0.25, 1].map(
      (p) => Array.from({ length: 4000 }, () => stream.chance(p)).filter(Boolean).length,
    );

    expect(counts[0]).toBe(0);
    expect(Math.abs((counts[1] ?? 0) - 1000)).toBeLessThan(120);
    expect(counts[2]).toBe(4000);
  });

  test('refuses to pick from an empty list', () => {
    expect(() => random(1).pick([])).toThrow(RangeError);
  });
});
