import { readPolicyFile } from '../../../shared/domain/policy-file.ts';
import { acceptRequest } from '../../../shared/domain/request.ts';
import { InvalidRequestError } from '../../../shared/errors.ts';
import { barePolicy } from '../../support/domain-builders.ts';

const file = readPolicyFile(
  {
    version: 1,
    policies: {
      'stg-web': {
        ...barePolicy,
        patchGroup: 'stg-web',
        rollout: { waves: ['1', '10%', '100%'], bakeMinutes: 600 },
      },
      'prd-web': barePolicy,
    },
  },
  'fleet.yml',
);

function refusalOf(input: unknown): string {
  try {
    acceptRequest(input, file);
    return '';
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.message;
    throw error;
  }
}

describe('a request', () => {
  test('needs nothing but the policy: it installs, and means it', () => {
    const accepted = acceptRequest({ policy: 'stg-web' }, file);

    expect(accepted.request).toEqual({ policy: 'stg-web', operation: 'Install', dryRun: false });
    expect(accepted.policyName).toBe('stg-web');
    expect(accepted.policy).toEqual(file.policies['stg-web']);
  });

  test('as a maintenance window makes it is accepted', () => {
    const window = {
      windowId: 'mw-0123456789abcdef0',
      windowExecutionId: '0f0e0d0c-0b0a-4908-8706-050403020100',
    };

    const { request } = acceptRequest({ policy: 'prd-web', operation: 'Scan', window }, file);

    expect(request).toMatchObject({ operation: 'Scan', window });
  });

  test('overrides what it names, and leaves the rest of the policy alone', () => {
    const overrides = { maxErrors: '0', verify: false };

    const { policy } = acceptRequest({ policy: 'prd-web', overrides }, file);

    expect(policy.rollout).toEqual({
      waves: ['100%'],
      bakeMinutes: 0,
      maxConcurrency: '10%',
      maxErrors: '0',
    });
    expect(policy.patch).toMatchObject({ verify: false, rebootOption: 'RebootIfNeeded' });
    expect(policy.hooks).toEqual(file.policies['prd-web']?.hooks);
  });

  test('can override every key that it may name', () => {
    const overrides = {
      waves: ['1', '100%'],
      bakeMinutes: 3,
      maxConcurrency: '1',
      maxErrors: '2',
      rebootOption: 'NoReboot',
      verify: false,
    };

    const { policy } = acceptRequest({ policy: 'prd-web', overrides }, file);

    expect({ ...policy.rollout, ...policy.patch }).toMatchObject(overrides);
  });
});

describe('a request is refused', () => {
  test.each([
    ['an unknown policy', { policy: 'prd-wbe' }, 'policy: "prd-wbe" is refused; allowed: stg-web, prd-web'],
    ['a policy named as what every object has', { policy: 'toString' }, 'policy: "toString" is refused'],
    ['no policy', {}, 'policy: a missing value is refused'],
    [
      'an unknown key',
      { policy: 'prd-web', dryrun: true },
      'dryrun: unknown key; allowed: policy, operation, dryRun',
    ],
    [
      'an unknown override',
      { policy: 'prd-web', overrides: { waits: 1 } },
      'overrides.waits: unknown key; allowed: waves, bakeMinutes',
    ],
    [
      'an unknown operation',
      { policy: 'prd-web', operation: 'install' },
      'operation: "install" is refused; allowed: "Install", "Scan"',
    ],
    [
      'a dry run in words',
      { policy: 'prd-web', dryRun: 'yes' },
      'dryRun: "yes" is refused; allowed: boolean',
    ],
    [
      'a pseudo parameter that was not replaced',
      { policy: 'prd-web', window: { windowId: '{{WINDOW_ID}}', windowExecutionId: 'x' } },
      'window.windowId: "{{WINDOW_ID}}" is refused; allowed: the id of a maintenance window',
    ],
    [
      'a deadline without its offset',
      { policy: 'prd-web', deadline: '2026-01-10T22:00:00' },
      'deadline: "2026-01-10T22:00:00" is refused; allowed: an ISO 8601 time',
    ],
    [
      'waves that leave nodes out',
      { policy: 'prd-web', overrides: { waves: ['1', '10%'] } },
      'overrides.waves: "10%" as the last wave is refused; allowed: "100%"',
    ],
    [
      'waves that do not grow',
      { policy: 'prd-web', overrides: { waves: ['20%', '10%', '100%'] } },
      'overrides.waves[1]: "10%" is refused; allowed: more than the wave before it',
    ],
    [
      'a bake that is too long for the waves of the policy',
      { policy: 'stg-web', overrides: { bakeMinutes: 1440 } },
      'overrides.bakeMinutes: 1440 is refused; allowed: 1440 for all pauses together, and 3 waves have 2',
    ],
    [
      'waves that are too many for the bake of the policy',
      { policy: 'stg-web', overrides: { waves: ['1', '2', '3', '4', '100%'] } },
      'overrides.bakeMinutes: 600 is refused; allowed: 1440 for all pauses together, and 5 waves have 4',
    ],
    ['a list instead of an object', [{ policy: 'prd-web' }], '(root): [{"policy":"prd-web"}] is refused'],
    ['nothing at all', null, '(root): null is refused; allowed: object'],
    ['a text instead of an object', 'prd-web', '(root): "prd-web" is refused; allowed: object'],
  ])('for %s', (_what, input, problem) => {
    expect(refusalOf(input)).toContain(`  - ${problem}`);
  });

  test('for resumeOf, which is known and not supported', () => {
    const refusal = refusalOf({ policy: 'prd-web', resumeOf: 'run-1' });

    expect(refusal.match(/resumeOf/g)).toHaveLength(1);
    expect(refusal).toContain('resumeOf: known, but not supported by this version; remove it');
  });

  test('with all of its problems at once', () => {
    const refusal = refusalOf({ operation: 'x', dryRun: 1, more: 2, resumeOf: 'run-1' });

    expect(refusal.split('\n  - ')).toHaveLength(6);
  });
});
