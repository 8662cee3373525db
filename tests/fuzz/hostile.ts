import fc from 'fast-check';
import * as errors from '../../shared/errors.ts';

/** Texts that have broken somebody's keys, mails, shells, spreadsheets or parsers before. */
export const nastyTexts = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  'a//b',
  '/runs/x/plan.json',
  '$(reboot)',
  "'; rm -rf / #",
  '"; Remove-Item C:\\ -Recurse; "',
  '`id`',
  '\u2019; Stop-Computer; \u2018',
  'x\nall servers are patched',
  'x\r\nSubject: another',
  '\u0000',
  '\u001b[2J',
  '\u2028\u2029',
  '\u202egnihctap',
  '\ud800',
  '=1+1',
  '@SUM(A1)',
  '-2+3',
  '+cmd',
  '\t=1',
  '<!channel> *all*',
  '](https://evil.example)',
  '*',
  'web?',
  '日本語',
  '😀'.repeat(50),
  'x'.repeat(2_000),
  '{{ RunId }}',
  '__proto__',
  'constructor',
  'toString',
  '9999-12-31T23:59:59-23:59',
  '1e400',
] as const;

export const hostileText: fc.Arbitrary<string> = fc
  .oneof(
    { arbitrary: fc.constantFrom(...nastyTexts), weight: 3 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 1 },
    { arbitrary: fc.tuple(fc.constantFrom('prd', 'i-', 'a b'), fc.constantFrom(...nastyTexts)), weight: 1 },
  )
  .map((text) => (typeof text === 'string' ? text : text.join('')));

/** Anything that JSON can hold, with numbers that no counter and no calendar has. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: hostileText, weight: 4 },
  { arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [null], { a: {} }), weight: 2 },
  {
    arbitrary: fc.constantFrom(0, -1, 0.5, 1e21, 8.64e15, 9e15, -9e15, 2 ** 53, 253_402_300_800_000),
    weight: 2,
  },
  { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 },
);

type Path = readonly (string | number)[];

/** The value with one part of it taken out, replaced by something foreign, or given a member that it should not have. */
export function mutated(original: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(original, []);
  const change = fc.record({
    at: fc.constantFrom(...paths),
    how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add'),
    name: fc.oneof(hostileText, fc.constantFrom('__proto__', 'constructor', 'prototype')),
    value: hostileValue,
  });
  return fc.array(change, { minLength: 1, maxLength: 2 }).map((changes) =>
    changes.reduce<unknown>((value, { at, how, name, value: foreign }) => {
      if (how === 'add') return at.length > 20 ? value : withMember(value, at, { name, foreign });
      return changed(value, at, () => (how === 'remove' ? undefined : foreign));
    }, original),
  );
}

function pathsOf(value: unknown, path: Path): Path[] {
  const members = isObject(value) ? Object.entries(value) : [];
  const inner = members.flatMap(([name, member]) =>
    pathsOf(member, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return path.length === 0 && inner.length > 0 ? inner : [path, ...inner];
}

function withMember(root: unknown, at: Path, member: { readonly name: string; readonly foreign: unknown }) {
  return changed(root, at.slice(0, -1), (value) =>
    isObject(value) && !Array.isArray(value)
      ? Object.fromEntries([...Object.entries(value), [member.name, member.foreign]])
      : value,
  );
}

/** A copy with what is at the path made anew; undefined takes it out. Own members only, `__proto__` among them. */
function changed(value: unknown, [name, ...rest]: Path, make: (before: unknown) => unknown): unknown {
  if (name === undefined) return make(value);
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    const after = key === String(name) ? changed(member, rest, make) : member;
    return after === undefined ? [] : [[key, after]];
  });
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const ownNames = new Set(Object.keys(errors));

/** What a piece of work came to: its result, or the name of the error of ours that it threw. Throws every other one. */
export async function outcomeOf<Result>(
  work: () => Promise<Result> | Result,
): Promise<
  { readonly result: Result; readonly error?: never } | { readonly result?: never; readonly error: Error }
> {
  try {
    return { result: await work() };
  } catch (error) {
    if (!(error instanceof Error) || !ownNames.has(error.name)) throw error;
    return { error };
  }
}

/** One line, and nothing in it that cannot be seen. */
export const plainLine = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u;
