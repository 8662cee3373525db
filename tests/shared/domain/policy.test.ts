import { policySchema } from '../../../shared/domain/policy.ts';
import { barePolicy, policyOf } from '../../support/domain-builders.ts';

function isAdmitted(rest: Readonly<Record<string, unknown>>): boolean {
  return policySchema.safeParse({ ...barePolicy, ...rest }).success;
}

describe('a policy that says the least', () => {
  test('has careful defaults: proof, reboots, a tenth at a time, a tenth of errors', () => {
    expect(policyOf()).toMatchObject({
      targetTags: {},
      optOutTag: 'PatchOptOut',
      hooks: { linuxDirectory: '/etc/patch-hooks', required: false, timeoutMinutes: 10 },
      patch: { rebootOption: 'RebootIfNeeded', verify: true, timeoutMinutes: 120 },
      rollout: { waves: ['100%'], bakeMinutes: 0, maxConcurrency: '10%', maxErrors: '10%' },
      slaDays: 7,
      alerts: { language: 'en' },
    });
  });

  test('names its own accounts only where it names any', () => {
    expect(policyOf().scopes).toBeUndefined();
  });
});

describe('a policy admits', () => {
  test.each([
    ['a patch group with blanks', { patchGroup: 'web servers/PRD' }],
    ['a patch group in Japanese', { patchGroup: '本番-web' }],
    ['a directory of its own', { hooks: { linuxDirectory: '/opt/jobs/patch' } }],
    ['a drive of its own', { hooks: { windowsDirectory: 'D:\\Jobs' } }],
    ['a schedule once', { scan: { schedule: 'at(2026-01-10T22:00:00)', timeZone: 'Asia/Tokyo' } }],
    ['a spoke account', { scopes: [{ accountId: '444455556666', region: 'us-gov-west-1' }] }],
  ])('%s', (_what, rest) => {
    expect(isAdmitted(rest)).toBe(true);
  });
});

describe('a policy refuses', () => {
  test.each([
    ['a way up in a directory', { hooks: { linuxDirectory: '/etc/../root' } }],
    ['a relative directory', { hooks: { linuxDirectory: 'etc/patch-hooks' } }],
    ['what could end a quoted string in a shell', { hooks: { linuxDirectory: "/etc/a';reboot" } }],
    ['a blank in a Windows directory', { hooks: { windowsDirectory: 'C:\\Program Files' } }],
    ['a share', { hooks: { windowsDirectory: '\\\\server\\share' } }],
    ['a time zone that nobody knows', { scan: { schedule: 'rate(8 hours)', timeZone: 'Asia/Osaka1' } }],
    ['a schedule that is none', { scan: { schedule: 'every day', timeZone: 'Asia/Tokyo' } }],
    ['a reboot option that is none of AWS', { patch: { rebootOption: 'reboot' } }],
    ['an account id as a number', { scopes: [{ accountId: 111122223333, region: 'us-east-1' }] }],
    ['an account id of eleven digits', { scopes: [{ accountId: '11112222333', region: 'us-east-1' }] }],
    [
      'a role that is no role',
      { scopes: [{ accountId: '111122223333', region: 'us-east-1', roleArn: 'x' }] },
    ],
    [
      'an operating system that has no baselines',
      { baselines: [{ ...barePolicy.baselines[0], operatingSystem: 'HAIKU' }] },
    ],
    ['a baseline without rules', { baselines: [{ operatingSystem: 'UBUNTU', rules: [] }] }],
    ['an empty patch group', { patchGroup: '' }],
    ['a patch group that begins with a blank', { patchGroup: ' web' }],
    ['a key that nobody knows', { patchgroup: 'web' }],
    ['a time that is no whole number', { rollout: { bakeMinutes: 1.5 } }],
    ['a connection given up before SSM itself sees it lost', { patch: { connectionLostMinutes: 5 } }],
  ])('%s', (_what, rest) => {
    expect(isAdmitted(rest)).toBe(false);
  });
});
