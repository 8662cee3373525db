import { z } from 'zod';

/** Whether one value of an event is what a pattern asks for. */
export type Matcher = (value: unknown) => boolean;

const literal = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const ignoringCase = z.strictObject({ 'equals-ignore-case': z.string() });
const affix = z.union([z.string(), ignoringCase]);
const prefixSchema = z.strictObject({ prefix: affix });
const suffixSchema = z.strictObject({ suffix: affix });
const comparisons = z.enum(['<', '<=', '=', '>', '>=']);
const numericSchema = z.strictObject({
  numeric: z.union([
    z.tuple([comparisons, z.number()]),
    z.tuple([comparisons, z.number(), comparisons, z.number()]),
  ]),
});
const anythingButSchema = z.strictObject({
  'anything-but': z.union([literal, z.array(literal).min(1), prefixSchema, suffixSchema, ignoringCase]),
});
const matcherSchema = z.union([
  literal,
  prefixSchema,
  suffixSchema,
  ignoringCase,
  numericSchema,
  anythingButSchema,
]);

type AnythingBut = z.infer<typeof anythingButSchema>['anything-but'];

/**
 * One entry of a pattern's list: a value, or prefix, suffix, equals-ignore-case, numeric or anything-but (EventBridge
 * user guide, "Comparison operators for use in event patterns"). Throws for an operator that is not embedded.
 */
export function matcherOf(entry: unknown, path: string): Matcher {
  const { data } = matcherSchema.safeParse(entry);
  if (data === undefined) {
    const known = 'a value, prefix, suffix, equals-ignore-case, numeric, anything-but, exists';
    throw new Error(`event pattern: ${path} has ${JSON.stringify(entry)}; embedded are: ${known}`);
  }
  if (typeof data !== 'object' || data === null) return (value) => value === data;
  if ('prefix' in data) return affixMatcher(data.prefix, (text, part) => text.startsWith(part));
  if ('suffix' in data) return affixMatcher(data.suffix, (text, part) => text.endsWith(part));
  if ('equals-ignore-case' in data) return affixMatcher(data, (text, whole) => text === whole);
  if ('numeric' in data) return numericMatcher(data.numeric);
  return exceptMatcher(data['anything-but'], path);
}

function affixMatcher(part: z.infer<typeof affix>, has: (text: string, part: string) => boolean): Matcher {
  if (typeof part === 'string') return (value) => typeof value === 'string' && has(value, part);
  const lower = part['equals-ignore-case'].toLowerCase();
  return (value) => typeof value === 'string' && has(value.toLowerCase(), lower);
}

function numericMatcher(terms: z.infer<typeof numericSchema>['numeric']): Matcher {
  const [first, bound, second, other] = terms;
  return (value) => {
    if (typeof value !== 'number' || !compare(value, first, bound)) return false;
    return second === undefined || other === undefined || compare(value, second, other);
  };
}

function compare(value: number, operator: z.infer<typeof comparisons>, bound: number): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '=':
      return value === bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
  }
}

/** The field has to be there: nothing is not "anything but". */
function exceptMatcher(except: AnythingBut, path: string): Matcher {
  const entries = Array.isArray(except) ? except : [except];
  const matchers = entries.map((entry) => matcherOf(entry, path));
  return (value) => matchers.every((matches) => !matches(value));
}
