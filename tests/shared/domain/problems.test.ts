import * as z from 'zod';
import { closedObject } from '../../../shared/domain/closed-object.ts';
import { pathText, problemsOf } from '../../../shared/domain/problems.ts';

const schema = closedObject({
  version: z.literal(1),
  kind: z.enum(['Scan', 'Install']).optional(),
  days: z.number().min(0).max(30).optional(),
  names: z.array(z.string().min(1).max(3)).min(1).max(2).optional(),
  byName: z.record(z.string().regex(/^[a-z]+$/, 'allowed: a-z'), z.number()).optional(),
  either: z
    .union([closedObject({ b: z.number(), c: z.number() }), closedObject({ a: z.string() })])
    .optional(),
});

function problemsWith(input: unknown): string[] {
  const result = schema.safeParse(input);
  return result.error ? problemsOf(result.error, input) : [];
}

describe('the problems of a refused value', () => {
  test('are none for one that is admitted', () => {
    expect(problemsWith({ version: 1, names: ['a'] })).toEqual([]);
  });

  test.each([
    [{}, 'version: a missing value is refused; allowed: 1'],
    [{ version: 2 }, 'version: 2 is refused; allowed: 1'],
    [{ version: 1, kind: 'scan' }, 'kind: "scan" is refused; allowed: "Scan", "Install"'],
    [{ version: 1, days: -1 }, 'days: -1 is refused; allowed: at least 0'],
    [{ version: 1, days: 31 }, 'days: 31 is refused; allowed: at most 30'],
    [{ version: 1, days: '3' }, 'days: "3" is refused; allowed: number'],
    [{ version: 1, names: [] }, 'names: [] is refused; allowed: a length of at least 1'],
    [{ version: 1, names: ['ok', 'long'] }, 'names[1]: "long" is refused; allowed: a length of at most 3'],
    [{ version: 1, byName: { 'A b': 1 } }, 'byName.A b: the name "A b" is refused; allowed: a-z'],
    [{ version: 1, either: { a: 1 } }, 'either.a: 1 is refused; allowed: string'],
    [null, '(root): null is refused; allowed: object'],
  ])('of %j name path, value and what is allowed', (input, problem) => {
    expect(problemsWith(input)).toEqual([problem]);
  });

  test('list the known keys for one that is unknown', () => {
    expect(problemsWith({ version: 1, kinds: 'Scan' })).toEqual([
      'kinds: unknown key; allowed: version, kind, days, names, byName, either',
    ]);
  });

  test('are all of them at once', () => {
    expect(problemsWith({ version: 2, days: 99, names: [''], more: 1 })).toHaveLength(4);
  });

  test('cut a long value short', () => {
    const [problem] = problemsWith({ version: 'x'.repeat(500) });

    expect(problem).toContain('...');
    expect(problem?.length).toBeLessThan(120);
  });
});

test('a path reads as it would be written in code', () => {
  expect(pathText(['policies', 'stg-web', 'rollout', 'waves', 0])).toBe('policies.stg-web.rollout.waves[0]');
  expect(pathText([])).toBe('(root)');
});
