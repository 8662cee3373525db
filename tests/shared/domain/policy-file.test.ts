import { readPolicyFile } from '../../../shared/domain/policy-file.ts';
import { InvalidPolicyError } from '../../../shared/errors.ts';
import { barePolicy } from '../../support/domain-builders.ts';

type Content = Readonly<Record<string, unknown>>;

function fileOf(policies: Readonly<Record<string, unknown>>): Content {
  return { version: 1, policies };
}

/** The problems of a file with this one policy, beside what a policy has to say. */
function problemsWith(rest: Content): readonly string[] {
  return problemsOfFile(fileOf({ 'prd-web': { ...barePolicy, ...rest } }));
}

function problemsOfFile(content: unknown): readonly string[] {
  try {
    readPolicyFile(content, 'fleet.yml');
    return [];
  } catch (error) {
    if (error instanceof InvalidPolicyError) return error.problems;
    throw error;
  }
}

describe('a policy file', () => {
  test('gives its policies by name, with their defaults', () => {
    const file = readPolicyFile(fileOf({ 'prd-web': barePolicy }), 'fleet.yml');

    expect(file.policies['prd-web']).toMatchObject({ patchGroup: 'prd-web', slaDays: 7 });
  });

  test('is refused by its own name, with every problem in the message', () => {
    const act = () => readPolicyFile(fileOf({ a: { patchGroup: 'a' }, b: {} }), 'my-fleet.yml');

    expect(act).toThrow(/^my-fleet\.yml is refused:\n {2}- policies\.a\.baselines: .*\n {2}- policies\.b/);
  });

  test('has all of its problems told at once, each with path, value and what is allowed', () => {
    const problems = problemsOfFile({
      version: 2,
      policies: {
        one: { ...barePolicy, slaDays: 0, hook: {} },
        two: { ...barePolicy, rollout: { maxErrors: 'few', oneAtATime: 'tag:Cluster' } },
      },
    });

    expect(problems).toEqual([
      'policies.two.rollout.oneAtATime: known, but not supported by this version; remove it',
      'version: 2 is refused; allowed: 1',
      'policies.one.slaDays: 0 is refused; allowed: at least 1',
      expect.stringMatching(/^policies\.one\.hook: unknown key; allowed: .*hooks/),
      'policies.two.rollout.maxErrors: "few" is refused; allowed: a count from "0" or a percentage from "0%" to "100%", as text',
    ]);
  });

  test.each([null, 'text', [], 7, { version: 1 }, { policies: {} }, fileOf({ a: null }), fileOf({ a: 'x' })])(
    'that is %j is refused with a reason and not with a crash',
    (content) => {
      expect(problemsOfFile(content).length).toBeGreaterThan(0);
    },
  );

  test('refuses a name of a policy that is not safe, and says which are', () => {
    expect(problemsOfFile(fileOf({ 'PRD web': barePolicy }))).toEqual([
      'policies.PRD web: the name "PRD web" is refused; allowed: 1 to 48 of a-z, 0-9 and "-"',
    ]);
  });
});

describe('a rule that is not there yet is refused by its name:', () => {
  test.each([
    ['rollout.oneAtATime', { rollout: { oneAtATime: 'tag:Cluster' } }],
    ['rollout.healthGate', { rollout: { healthGate: {} } }],
    ['changeCalendar', { changeCalendar: 'freeze' }],
    ['stopRequest', { stopRequest: true }],
    ['organizationalUnits', { organizationalUnits: ['ou-1'] }],
  ])('%s', (path, rest) => {
    expect(problemsWith(rest)).toEqual([
      `policies.prd-web.${path}: known, but not supported by this version; remove it`,
    ]);
  });
});

describe('a policy is refused', () => {
  const install = { schedule: 'rate(7 days)', timeZone: 'Asia/Tokyo', durationHours: 4, cutoffHours: 1 };
  const place = { accountId: '444455556666', region: 'us-east-1' };
  const roleArn = 'arn:aws:iam::444455556666:role/fleet-patcher-spoke';

  test.each([
    [
      'whose last wave leaves nodes out',
      { rollout: { waves: ['1', '50%'] } },
      'rollout.waves: "50%" as the last wave',
    ],
    [
      'whose waves do not grow',
      { rollout: { waves: ['20%', '10%', '100%'] } },
      'rollout.waves[1]: "10%" is refused',
    ],
    [
      'whose counted waves do not grow',
      { rollout: { waves: ['5', '5', '100%'] } },
      'rollout.waves[1]: "5" is refused',
    ],
    [
      'whose cutoff swallows its window',
      { install: { ...install, cutoffHours: 4 } },
      'install.cutoffHours: 4 is refused; allowed: less than durationHours (4)',
    ],
    [
      'with an offset where there is no cron',
      { install: { ...install, offsetDays: 2 } },
      'install.offsetDays: 2 is refused',
    ],
    [
      'with two baselines for an operating system',
      { baselines: [barePolicy.baselines[0], barePolicy.baselines[0]] },
      'baselines[1].operatingSystem: "AMAZON_LINUX_2023" is refused',
    ],
    [
      'that names an account and Region twice',
      { scopes: [place, place] },
      'scopes[1]: "444455556666/us-east-1" is refused; allowed: each account and Region once',
    ],
    [
      'with an external id and no role to assume',
      { scopes: [{ ...place, externalId: 'abc' }] },
      'scopes[0].externalId: "abc" is refused; allowed: only with roleArn',
    ],
    [
      'that names an account and Region once without and once with a role',
      { scopes: [place, { ...place, roleArn }] },
      'scopes[1]: "444455556666/us-east-1" is refused; allowed: each account and Region once',
    ],
    [
      'whose role is of another account',
      { scopes: [{ ...place, accountId: '111122223333', roleArn }] },
      `scopes[0].roleArn: "${roleArn}" is refused; allowed: a role of account 111122223333`,
    ],
    [
      'that bakes for more than a day in all',
      { rollout: { waves: ['1', '10%', '100%'], bakeMinutes: 721 } },
      'rollout.bakeMinutes: 721 is refused; allowed: 1440 for all pauses together, and 3 waves have 2',
    ],
  ])('%s', (_what, rest, problem) => {
    const problems = problemsWith(rest);

    expect(problems).toEqual([expect.stringContaining(`policies.prd-web.${problem}`)]);
  });
});

describe('a policy is taken', () => {
  test.each([
    ['that bakes for a day in all', { waves: ['1', '10%', '100%'], bakeMinutes: 720 }],
    ['that has nothing to bake between', { waves: ['100%'], bakeMinutes: 1440 }],
    ['whose counts and shares cannot be compared', { waves: ['1', '5%', '20', '50%', '100%'] }],
  ])('%s', (_what, rollout) => {
    expect(problemsWith({ rollout })).toEqual([]);
  });

  test('that names a role of each account, and one Region of two accounts', () => {
    const scopes = ['444455556666', '777788889999'].map((accountId) => ({
      accountId,
      region: 'us-east-1',
      roleArn: `arn:aws:iam::${accountId}:role/fleet-patcher-spoke`,
    }));

    expect(problemsWith({ scopes })).toEqual([]);
  });
});

describe('two policies', () => {
  const tokyo = { accountId: '111122223333', region: 'ap-northeast-1' };
  const osaka = { accountId: '111122223333', region: 'ap-northeast-3' };

  test.each([
    ['with the same patch group', {}, {}],
    [
      'whose tags overlap in a value',
      { targetTags: { Site: ['a', 'b'] } },
      { targetTags: { Site: ['b', 'c'] } },
    ],
    ['of which one asks for a tag more', { targetTags: { Site: ['a'] } }, {}],
    ['whose tags are of different keys', { targetTags: { Site: ['a'] } }, { targetTags: { Tier: ['a'] } }],
    ['of which one is everywhere', { scopes: [tokyo] }, {}],
    ['whose scopes overlap', { scopes: [tokyo] }, { scopes: [osaka, tokyo] }],
  ])('%s can claim the same nodes, and are refused', (_what, one, other) => {
    const problems = problemsOfFile(
      fileOf({ one: { ...barePolicy, ...one }, other: { ...barePolicy, ...other } }),
    );

    expect(problems).toEqual([
      expect.stringMatching(/^policies\.other\.patchGroup: "prd-web" is refused; policies\.one can claim/),
    ]);
  });

  test.each([
    ['patch groups', { patchGroup: 'one' }, { patchGroup: 'other' }],
    ['values of a tag', { targetTags: { Site: ['a'] } }, { targetTags: { Site: ['b'] } }],
    ['Regions', { scopes: [tokyo] }, { scopes: [osaka] }],
  ])('are kept apart by their %s', (_what, one, other) => {
    const problems = problemsOfFile(
      fileOf({ one: { ...barePolicy, ...one }, other: { ...barePolicy, ...other } }),
    );

    expect(problems).toEqual([]);
  });
});
