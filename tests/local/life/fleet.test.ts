import { makeFleet } from '../../../local/life/fleet.ts';
import { rescans, worldEvents } from '../../../local/life/world.ts';
import { day, policies } from './lives.ts';

const startsAt = Date.parse('2026-01-05T00:00:00Z');

function fleetOf(
  names: readonly string[],
  changes: { readonly seed?: number; readonly nodes?: number } = {},
) {
  const chosen = Object.fromEntries(
    names.flatMap((patchGroup) =>
      Object.values(policies.policies).map((policy) => [patchGroup, { ...policy, patchGroup }]),
    ),
  );
  return makeFleet({ seed: 1, nodes: 40, days: 21, startsAt, policies: chosen, ...changes });
}

describe('the fleet of a life', () => {
  test('is dealt out to the policies, with ids that nobody shares', () => {
    const { nodes, bystanders } = fleetOf(['stg', 'prd', 'dev'], { nodes: 41 });

    const counts = Map.groupBy(nodes, ({ policy }) => policy);
    expect([...counts.values()].map((those) => those.length)).toEqual([14, 14, 13]);
    const ids = [...nodes.map(({ node }) => node), ...bystanders].map(({ nodeId }) => nodeId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each([1, 2, 3, 4, 5])('has one node of each oddity, seed %d', (seed) => {
    const { nodes } = fleetOf(['stg', 'prd'], { seed });

    const odd = nodes.filter(({ oddity }) => oddity !== null);
    expect(odd.map(({ oddity }) => oddity).toSorted()).toEqual([
      'hybrid',
      'preHookFails',
      'rescanned',
      'stubborn',
      'switchedOff',
    ]);
    const hybrid = odd.find(({ oddity }) => oddity === 'hybrid');
    expect(hybrid?.node).toMatchObject({ nodeId: expect.stringMatching(/^mi-[0-9a-f]{17}$/) });
  });

  test('knows what will be released: each node its own part of each release', () => {
    const { nodes, releases } = fleetOf(['stg', 'prd']);

    expect(releases).toHaveLength(6);
    for (const { policy, at, patches } of releases) {
      expect(at).toBeGreaterThan(startsAt);
      expect(at).toBeLessThan(startsAt + 21 * day);
      for (const member of nodes.filter((each) => each.policy === policy)) {
        const own = member.node.fate.releases?.find((release) => release.at === at);
        expect(own?.patches).toBe(patches.get(member.node.nodeId));
      }
    }
  });
});

describe('what befalls the fleet', () => {
  test('is in the order of its time and within it, with ten days for who is switched off', () => {
    const fleet = fleetOf(['stg', 'prd']);

    const events = worldEvents({ seed: 1, ...fleet, startsAt, endsAt: startsAt + 21 * day });

    const times = events.map(({ entry }) => entry.at);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    const [off, on] = events.filter(({ entry }) => entry.text.includes('switched'));
    expect((on?.entry.at ?? 0) - (off?.entry.at ?? 0)).toBe(10 * day);
    expect(events.filter(({ entry }) => entry.text.includes('scanned by somebody else'))).toHaveLength(3);
    const early = worldEvents({ seed: 1, ...fleet, startsAt, endsAt: startsAt + day });
    expect(early.every(({ entry }) => entry.at < startsAt + day)).toBe(true);
  });

  test('happens to the node it is told of', () => {
    const fleet = fleetOf(['stg', 'prd']);
    const plan = { seed: 1, ...fleet, startsAt, endsAt: startsAt + 21 * day };
    const done: string[] = [];

    for (const event of worldEvents(plan))
      event.happen({
        setNode: ({ nodeId, instanceState }) => done.push(`${nodeId} ${instanceState}`),
        ssm: { rescan: (nodeId) => done.push(`${nodeId} rescanned`) },
      });

    const idOf = (wanted: string): string =>
      fleet.nodes.find(({ oddity }) => oddity === wanted)?.node.nodeId ?? '';
    expect(done.toSorted()).toEqual(
      [
        ...[1, 2, 3].map(() => `${idOf('rescanned')} rescanned`),
        `${idOf('switchedOff')} running`,
        `${idOf('switchedOff')} stopped`,
      ].toSorted(),
    );
    expect(rescans(plan, idOf('rescanned'))).toHaveLength(3);
  });
});
