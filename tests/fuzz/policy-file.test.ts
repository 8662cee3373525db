import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { loadPolicies } from '../../infra/policies.ts';
import { readPolicyFile } from '../../shared/domain/policy-file.ts';
import { prospectOf } from '../../shared/domain/sla/prospect.ts';
import { InvalidPolicyError } from '../../shared/errors.ts';
import { deployedPolicies } from '../../shared/lambda/policies.ts';
import { barePolicy, home, startedAt } from '../support/domain-builders.ts';
import { seeded } from '../support/seeded.ts';
import { hostileText, hostileValue, mutated, outcomeOf, plainLine } from './hostile.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-patcher-fuzz-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A file that says everything which can be said. */
const whole = {
  version: 1,
  policies: {
    'prd-web': {
      ...barePolicy,
      description: 'web',
      targetTags: { Environment: ['prd'] },
      optOutTag: 'PatchOptOut',
      scopes: [
        { ...home, roleArn: `arn:aws:iam::${home.accountId}:role/spoke`, externalId: 'fleet' },
        { ...home, region: 'us-east-1' },
      ],
      scan: { schedule: 'rate(8 hours)', timeZone: 'Etc/UTC' },
      install: {
        schedule: 'cron(0 22 ? * SAT#2 *)',
        timeZone: 'Asia/Tokyo',
        offsetDays: 1,
        durationHours: 4,
        cutoffHours: 1,
      },
      hooks: { linuxDirectory: '/etc/patch-hooks', required: true, timeoutMinutes: 10 },
      patch: { rebootOption: 'NoReboot', timeoutMinutes: 60, verify: false },
      rollout: { waves: ['1', '100%'], bakeMinutes: 5, maxConcurrency: '10%', maxErrors: '0' },
      slaDays: 7,
      alerts: { language: 'ja', chat: true },
    },
  },
};

/** A refusal has to fit into a payload, and to be read: each problem on a line of its own. */
function expectReadable(error: Error): void {
  expect(error).toBeInstanceOf(InvalidPolicyError);
  expect(Buffer.byteLength(error.message)).toBeLessThan(65_536);
  expect(error.message.split('\n').filter((line) => !plainLine.test(line))).toEqual([]);
}

describe('a policy file that is not as it should be', () => {
  test('is refused by name, or can be gone by', async () => {
    readPolicyFile(whole, 'fleet.yml');

    await fc.assert(
      fc.asyncProperty(fc.oneof(hostileValue, mutated(whole)), async (content) => {
        const { result, error } = await outcomeOf(() => readPolicyFile(content, 'fleet.yml'));
        if (error) return expectReadable(error);
        for (const policy of Object.values(result.policies)) {
          prospectOf(policy, { foundAt: startedAt, now: startedAt, anchor: startedAt });
        }
      }),
      seeded(500),
    );
  });

  test.each([
    ['a policy', { ...whole, policies: JSON.parse('{"__proto__": {}}') }],
    [
      'a tag',
      { ...whole, policies: { web: { ...barePolicy, targetTags: JSON.parse('{"__proto__": ["x"]}') } } },
    ],
  ])('is refused for %s called __proto__: what is left out would widen what is patched', (_what, content) => {
    expect(() => readPolicyFile(content, 'fleet.yml')).toThrow('the name "__proto__" is refused');
  });

  test.each(['*', 'web-?', 'a\\b', 'a\nb'])('is refused for the tag value %j', (value) => {
    const content = { version: 1, policies: { web: { ...barePolicy, targetTags: { Role: [value] } } } };

    expect(() => readPolicyFile(content, 'fleet.yml')).toThrow('what a tag can hold');
  });

  test('tells the first of very many problems, and how many more there are', () => {
    const policies = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, {}]));

    expect(() => readPolicyFile({ version: 1, policies }, 'fleet.yml')).toThrow('and 550 more');
  });
});

const fragments = fc.constantFrom(
  'version: 1\n',
  'policies:\n',
  '  web:\n',
  '    patchGroup: web\n',
  '- ',
  '&a ',
  '*a ',
  '*b\n',
  '<<: *a\n',
  '? ',
  '!!binary |\n',
  '!!js/function "x"\n',
  '!!set {a, b}\n',
  '%YAML 1.1\n---\n',
  '---\n',
  '"\\ud800"\n',
  '[[[',
  '{a: {a: ',
  '__proto__: {a: 1}\n',
  'a: 1\na: 2\n',
  '\t',
  '2026-01-10\n',
);

describe('a file that may be no YAML', () => {
  const file = join(directory, 'fleet.yml');

  test('is refused by name', async () => {
    const text = fc.array(fc.oneof({ arbitrary: fragments, weight: 4 }, hostileText), { maxLength: 12 });

    await fc.assert(
      fc.asyncProperty(text, async (parts) => {
        writeFileSync(file, parts.join(''));
        const { error } = await outcomeOf(() => loadPolicies(file));
        if (error) expectReadable(error);
      }),
      seeded(200),
    );
  });

  test.each([
    ['aliases that explode', `a: &a [x]\n${Array.from({ length: 200 }, () => 'b: [*a, *a]').join('\n')}`],
    [
      'aliases of aliases',
      `${Array.from({ length: 12 }, (_, n) => `a${n}: &a${n} [${n ? `*a${n - 1}, `.repeat(9) : 'x'}]`).join('\n')}`,
    ],
    ['nesting without end', '['.repeat(20_000)],
    ['what holds itself', 'version: &v [*v]\npolicies: {}'],
    ['an alias of nothing', 'version: *nothing'],
    ['the same policy twice', 'version: 1\npolicies:\n  web: {}\n  web: {}'],
    ['two documents', 'version: 1\n---\nversion: 1'],
  ])('is refused for %s', (_what, text) => {
    writeFileSync(file, text);

    expect(() => loadPolicies(file)).toThrow(InvalidPolicyError);
  });

  test('may give a value to several policies by an anchor', () => {
    const text =
      'version: 1\npolicies:\n  a: &a {patchGroup: a, baselines: [{operatingSystem: SUSE, rules: [{approveAfterDays: 1}]}]}\n';

    expect(parse(text)).toBeDefined();
    writeFileSync(
      file,
      `${text}  b: {patchGroup: b, baselines: [{operatingSystem: SUSE, rules: &r [{approveAfterDays: 1}]}]}`,
    );

    expect(Object.keys(loadPolicies(file).policies)).toEqual(['a', 'b']);
  });
});

test('policies beside a bundle that are torn, or not there, are refused by name', async () => {
  const file = join(directory, 'fleet.json');
  writeFileSync(file, '{"version":1,"pol');

  await expect(deployedPolicies({ policyFile: file })).rejects.toThrow(InvalidPolicyError);
  await expect(deployedPolicies({ policyFile: `${file}.gone` })).rejects.toThrow(InvalidPolicyError);
});
