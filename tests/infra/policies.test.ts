import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPolicies } from '../../infra/policies.ts';
import { InvalidPolicyError } from '../../shared/errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-policies-'));

afterAll(() => rmSync(directory, { recursive: true }));

/** A policy file with this text. */
function fileWith(text: string): string {
  const file = join(directory, 'fleet.yml');
  writeFileSync(file, text);
  return file;
}

function refusalOf(file: string): InvalidPolicyError {
  try {
    loadPolicies(file);
  } catch (error) {
    if (error instanceof InvalidPolicyError) return error;
    throw error;
  }
  throw new Error(`${file} was admitted`);
}

const good = `
version: 1
policies:
  prd-web:
    patchGroup: prd-web
    baselines: [{ operatingSystem: UBUNTU, rules: [{ approveAfterDays: 31 }] }]
`;

describe('the policy file of this repository', () => {
  const { policies } = loadPolicies(join(import.meta.dirname, '../../fleet.yml'));

  test('is admitted', () => {
    expect(Object.keys(policies)).toEqual([
      'stg-web',
      'prd-web',
      'stg-windows',
      'prd-windows',
      'prd-onpremises',
    ]);
  });

  test('lets production install a month later what verification has proven', () => {
    const days = (name: string) =>
      policies[name]?.baselines.flatMap((baseline) => baseline.rules.map((rule) => rule.approveAfterDays));

    expect(new Set([...(days('stg-web') ?? []), ...(days('stg-windows') ?? [])])).toEqual(new Set([1]));
    expect(new Set([...(days('prd-web') ?? []), ...(days('prd-windows') ?? [])])).toEqual(new Set([31]));
  });

  test('has a window for every policy, longer than one node can take', () => {
    for (const { install, patch } of Object.values(policies)) {
      const open = (install?.durationHours ?? 0) - (install?.cutoffHours ?? 0);

      expect(open * 60).toBeGreaterThanOrEqual(patch.timeoutMinutes);
    }
  });
});

describe('a policy file', () => {
  test('is read with its defaults', () => {
    expect(loadPolicies(fileWith(good)).policies['prd-web']?.slaDays).toBe(7);
  });

  test('may be JSON, which is YAML too', () => {
    const json = JSON.stringify({
      version: 1,
      policies: {
        a: { patchGroup: 'a', baselines: [{ operatingSystem: 'UBUNTU', rules: [{ approveAfterDays: 1 }] }] },
      },
    });

    expect(Object.keys(loadPolicies(fileWith(json)).policies)).toEqual(['a']);
  });

  test('that is not there is refused by its path', () => {
    const file = join(directory, 'nowhere.yml');

    expect(refusalOf(file).message).toMatch(
      /nowhere\.yml is refused:\n {2}- \(file\): cannot be read: .*ENOENT/,
    );
  });

  test.each([
    ['a bracket that is not closed', 'policies: [1, 2'],
    ['a key that stands twice', `${good}version: 1\n`],
    ['a tab for indentation', 'version: 1\npolicies:\n\tprd-web: {}\n'],
  ])('with %s is refused as no YAML, with the line', (_what, text) => {
    expect(refusalOf(fileWith(text)).problems).toEqual([
      expect.stringMatching(/^\(file\): is not YAML: .*line \d/),
    ]);
  });

  test('that is empty is refused', () => {
    expect(refusalOf(fileWith('')).problems).toEqual(['(root): null is refused; allowed: object']);
  });

  test('has every problem told at once, with its path', () => {
    const text = good.replace('patchGroup: prd-web', 'patchGroup: ""\n    slaDays: 0\n    hook: {}');

    expect(refusalOf(fileWith(text)).problems.map((problem) => problem.split(':')[0])).toEqual([
      'policies.prd-web.patchGroup',
      'policies.prd-web.slaDays',
      'policies.prd-web.hook',
    ]);
  });
});
