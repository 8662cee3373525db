import { parseFaults } from '../../../local/faults.ts';
import { generateFleet } from '../../../local/fleet/generate.ts';
import type { FleetNode } from '../../../local/fleet/node.ts';
import { quotaWarnings } from '../../../local/fleet/quotas.ts';

const target = { PatchGroup: 'prd-web' };
const fleet = generateFleet({ seed: 7, nodes: 5000, target });
const targeted = fleet.filter(isTargeted);

function isTargeted({ tags }: FleetNode): boolean {
  return [tags['PatchGroup'], tags['Patch Group']].includes('prd-web');
}

function share(nodes: readonly FleetNode[], holds: (node: FleetNode) => boolean): number {
  return nodes.filter(holds).length / nodes.length;
}

describe('a generated fleet', () => {
  test('has as many nodes of the target as asked for, and nodes of other groups on top', () => {
    expect(targeted).toHaveLength(5000);
    expect(fleet.length).toBe(5500);
    expect(generateFleet({ seed: 7, nodes: 1, target }).filter(isTargeted)).toHaveLength(1);
  });

  test('carries every tag of the target, the patch group under either of its keys', () => {
    const tagged = generateFleet({ seed: 7, nodes: 300, target: { ...target, Role: 'web' } }).filter(
      ({ tags }) => tags['Role'] === 'web',
    );
    const spaced = share(targeted, ({ tags }) => 'Patch Group' in tags);

    expect(tagged).toHaveLength(300);
    expect(spaced).toBeGreaterThan(0.1);
    expect(spaced).toBeLessThan(0.2);
    expect(targeted.some(({ tags }) => 'Patch Group' in tags && 'PatchGroup' in tags)).toBe(false);
  });

  test.each<[string, number, number, (node: FleetNode) => boolean]>([
    ['Linux', 0.65, 0.75, ({ platformType }) => platformType === 'Linux'],
    ['hybrid', 0.12, 0.18, ({ nodeId }) => nodeId.startsWith('mi-')],
    ['opted out', 0.005, 0.015, ({ tags }) => tags['PatchOptOut'] === 'true'],
    ['stopped', 0.004, 0.015, ({ instanceState }) => instanceState === 'stopped'],
    ['unmanaged', 0.002, 0.012, ({ isManaged }) => !isManaged],
    ['offline', 0.005, 0.015, ({ fate }) => fate.agent === 'offline'],
    ['dropping out', 0.002, 0.009, ({ fate }) => fate.agent === 'dropsOut'],
    ['without hooks', 0.22, 0.28, ({ fate }) => fate.preHook.kind === 'absent'],
    ['failing their pre-hook', 0.005, 0.015, ({ fate }) => fate.preHook.kind === 'fails'],
    ['failing their post-hook', 0.002, 0.009, ({ fate }) => fate.postHook.kind === 'fails'],
    ['failing to patch', 0.005, 0.015, ({ fate }) => fate.install === 'fails'],
    ['with nothing missing', 0.08, 0.12, ({ fate }) => fate.missingPatches === 0],
    ['lost after their reboot', 0.001, 0.006, ({ fate }) => !fate.returnsFromReboot],
  ])('has a believable share of nodes %s', (_what, lowest, highest, holds) => {
    expect(share(targeted, holds)).toBeGreaterThan(lowest);
    expect(share(targeted, holds)).toBeLessThan(highest);
  });

  test('has unique ids of the right form, in clusters of at most five of one platform', () => {
    const clusters = Map.groupBy(fleet, ({ tags }) => tags['Cluster']);

    expect(new Set(fleet.map(({ nodeId }) => nodeId)).size).toBe(fleet.length);
    expect(fleet.every(({ nodeId }) => /^m?i-[0-9a-f]{17}$/.test(nodeId))).toBe(true);
    expect(Math.max(...[...clusters.values()].map((nodes) => nodes.length))).toBe(5);
    expect(
      [...clusters.values()].every(
        (nodes) => new Set(nodes.map(({ platformName }) => platformName)).size === 1,
      ),
    ).toBe(true);
  });

  test('takes times that an estimate from the scan and the missing patches foretells', () => {
    const linux = targeted.filter(
      ({ platformType, fate }) => platformType === 'Linux' && fate.missingPatches > 0,
    );
    const near = share(linux, ({ fate }) => {
      const estimate = fate.scanSeconds + fate.missingPatches * 20;
      return fate.installSeconds > estimate / 2 && fate.installSeconds < estimate * 2;
    });

    expect(near).toBeGreaterThan(0.95);
    expect(near).toBeLessThan(1);
    expect(targeted.every(({ fate }) => fate.scanSeconds >= 20 && fate.scanSeconds <= 120)).toBe(true);
    expect(targeted.every(({ fate }) => fate.stubbornPatches <= fate.missingPatches)).toBe(true);
  });

  test('gives a node the same fate whatever else is in the fleet', () => {
    const small = generateFleet({ seed: 7, nodes: 100, target });
    const byId = new Map(fleet.map((node) => [node.nodeId, node]));

    expect(small.filter(isTargeted).map(({ nodeId }) => byId.get(nodeId))).toEqual(small.filter(isTargeted));
    expect(generateFleet({ seed: 8, nodes: 100, target })).not.toEqual(small);
  });

  test('lets a fault override its rate and nothing else', () => {
    const faulty = generateFleet({
      seed: 7,
      nodes: 500,
      target,
      faults: parseFaults(['pre-hook-fails=1', 'agent-offline=0']),
    });
    const sound = generateFleet({ seed: 7, nodes: 500, target });

    expect(faulty.every(({ fate }) => fate.preHook.kind === 'fails')).toBe(true);
    expect(faulty.some(({ fate }) => fate.agent === 'offline')).toBe(false);
    expect(faulty.map(({ fate }) => [fate.installSeconds, fate.postHook, fate.install])).toEqual(
      sound.map(({ fate }) => [fate.installSeconds, fate.postHook, fate.install]),
    );
  });

  test('spreads over scopes, a cluster in one of them', () => {
    const scopes = ['111122223333', '444455556666'].map((accountId) => ({ accountId, region: 'us-east-1' }));

    const spread = generateFleet({ seed: 7, nodes: 400, target, scopes });
    const clusters = Map.groupBy(spread, ({ tags }) => tags['Cluster']);

    expect(share(spread, ({ accountId }) => accountId === '444455556666')).toBeCloseTo(0.5, 1);
    expect(
      [...clusters.values()].every((nodes) => new Set(nodes.map(({ accountId }) => accountId)).size === 1),
    ).toBe(true);
  });

  test('refuses a size that is none', () => {
    expect(() => generateFleet({ seed: 1, nodes: 0, target })).toThrow(
      'a fleet cannot have 0 nodes; allowed: a whole number from 1',
    );
  });
});

test('[F14] a scope beyond the quotas of managed and of hybrid nodes is warned of', () => {
  const hybrid = targeted.map(
    (node): FleetNode => ({ ...node, resourceType: 'ManagedInstance', isManaged: true }),
  );

  expect(quotaWarnings(targeted.slice(0, 2000))).toEqual([]);
  expect(quotaWarnings(hybrid.slice(0, 2401))).toEqual([
    expect.stringMatching(/^111122223333 in us-east-1 has 2401 managed nodes; AWS allows 2400/),
    expect.stringMatching(/^111122223333 in us-east-1 has 2401 hybrid nodes; the standard tier holds 1000/),
  ]);
});
