import { expectedSeconds, waveSeconds } from '../../../shared/domain/estimate.ts';
import { compliant, lacking } from '../../support/domain-builders.ts';

const linux = { platformType: 'Linux', before: lacking, scanSeconds: 30 } as const;
const install = { operation: 'Install', reboots: true, timeoutSeconds: 7200 } as const;

describe('the time that a node is expected to take', () => {
  test('is its scan alone in a Scan run', () => {
    expect(expectedSeconds(linux, { ...install, operation: 'Scan', reboots: false })).toEqual({
      patch: 30,
      verify: 30,
      total: 30,
    });
  });

  test.each([
    ['more patches are missing', { ...linux, before: { ...lacking, missing: 9 } }],
    ['patches failed before', { ...linux, before: { ...lacking, failed: 2 } }],
    ['its scan was slower', { ...linux, scanSeconds: 300 }],
    ['it runs Windows', { ...linux, platformType: 'Windows' as const }],
    ['nothing is known of it', { ...linux, before: null, scanSeconds: null }],
  ])('grows if %s', (_why, evidence) => {
    expect(expectedSeconds(evidence, install).total).toBeGreaterThan(expectedSeconds(linux, install).total);
  });

  test('[F15] has no reboot in it where nothing is missing, or the policy does not reboot', () => {
    const withReboot = expectedSeconds(linux, install).patch;

    expect(expectedSeconds(linux, { ...install, reboots: false }).patch).toBe(withReboot - 120);
    expect(expectedSeconds({ ...linux, before: compliant }, install).patch).toBe(30);
  });
});

describe('the time that a neglected node is expected to take', () => {
  test("is bounded by the policy's timeout: no command goes on beyond it", () => {
    const neglected = { ...linux, before: { ...lacking, missing: 720 } };

    expect(expectedSeconds(neglected, install)).toMatchObject({ patch: 7200 + 120, verify: 30 });
    expect(expectedSeconds({ ...linux, scanSeconds: 20_000 }, install)).toMatchObject({ verify: 7200 });
  });
});

describe('the least time of a wave', () => {
  test.each([
    ['nothing', [], 3, 0],
    ['its longest node', [100, 10, 10], 3, 100],
    ['its work shared out', [60, 60, 60, 60], 2, 120],
    ['two long nodes on one place', [100, 90, 80, 0], 2, 170],
    ['its work in a row, at one place', [10, 20, 30], 1, 60],
  ])('is that of %s', (_what, seconds, concurrency, expected) => {
    expect(waveSeconds(seconds, concurrency)).toBe(expected);
  });
});
