import { deployedBaselines, deployedWindows } from '../../../local/life/deployed.ts';
import { openings, registeredWindows } from '../../../local/life/windows.ts';
import { day, hour, policies, windowHours, windowsOpenAt } from './lives.ts';

const from = Date.parse('2026-01-05T00:00:00Z');

describe('what is deployed for a policy', () => {
  test('scans each spelling of the patch group by a target of its own, as the stack registers it', () => {
    const scans = deployedWindows(policies.policies).flatMap((window) => window.scans);

    expect(scans.map(({ targets }) => targets.map(([group]) => group?.Key))).toEqual([
      ['tag:PatchGroup', 'tag:Patch Group'],
    ]);
    expect(scans[0]?.command).toMatchObject({
      DocumentName: 'AWS-RunPatchBaseline',
      Parameters: { Operation: ['Scan'] },
      MaxErrors: '100%',
    });
  });

  test('installs by one task, whose input names the window and its execution', () => {
    const installs = deployedWindows(policies.policies).flatMap((window) => window.installs);

    expect(installs).toHaveLength(1);
    expect(JSON.parse(installs[0]?.input ?? '{}')).toEqual({
      policy: 'web',
      operation: 'Install',
      window: { windowId: '{{WINDOW_ID}}', windowExecutionId: '{{WINDOW_EXECUTION_ID}}' },
    });
  });

  test('has a baseline for each operating system of its patch group', () => {
    const baselines = deployedBaselines(policies.policies);

    expect(baselines.map(({ patchGroup, operatingSystem }) => [patchGroup, operatingSystem])).toEqual([
      ['web', 'AMAZON_LINUX_2023'],
      ['web', 'UBUNTU'],
      ['web', 'WINDOWS'],
    ]);
    expect(new Set(baselines.map(({ baselineId }) => baselineId)).size).toBe(3);
  });
});

describe('the openings of the windows', () => {
  const windows = deployedWindows(policies.policies);

  test('are those of the calendar, and of a rate from its anchor on', () => {
    const all = openings(windows, { from, until: from + 9 * day, anchor: from + hour });

    const opensAt = (kind: 'scans' | 'installs'): number[] =>
      all.filter(({ window }) => window[kind].length > 0).map((opening) => opening.opensAt);
    expect(opensAt('installs')).toEqual([windowsOpenAt[0]]);
    expect(opensAt('scans').slice(0, 2)).toEqual([from + hour, from + 13 * hour]);
    expect(opensAt('scans')).toHaveLength(18);
    expect(new Set(all.map(({ windowExecutionId }) => windowExecutionId)).size).toBe(all.length);
  });

  test('are known to Systems Manager by window', () => {
    const all = openings(windows, { from, until: from + 21 * day, anchor: from });

    const registered = registeredWindows(windows, all);

    const install = registered.find(({ durationHours }) => durationHours === windowHours);
    expect(install?.executions.map(({ startsAt }) => startsAt)).toEqual(windowsOpenAt.slice(0, 3));
    expect(registered.flatMap(({ executions }) => executions)).toHaveLength(all.length);
  });
});
