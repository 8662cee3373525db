import { play } from '../../bench/designs/designs.ts';
import { setUp } from '../../bench/designs/setup.ts';
import { policyOf } from '../../bench/fleet.ts';
import { boundSeconds, serviceSeconds } from '../../bench/lower-bound.ts';
import { livesOf } from '../../bench/promises/life.ts';
import { node } from '../local/aws/ssm/account-under-test.ts';

const setup = setUp({ seed: 5, nodes: 40, concurrencyPercent: 10, maxErrorsPercent: 100 });
const policy = policyOf(setup.policies);
const delivery = 2.25;

describe("a node's time in the bound", () => {
  test.each([
    ['a whole life', {}, 4 * delivery + 10 + 300 + 120 + 10 + 30],
    ['a failed pre-hook', { preHook: { kind: 'fails', seconds: 10 } }, delivery + 10],
    [
      'a failed post-hook, after which nothing is verified',
      { postHook: { kind: 'fails', seconds: 10 } },
      3 * delivery + 440,
    ],
    ['nothing to install, and so no reboot', { missingPatches: 0 }, 4 * delivery + 350],
    ['an agent that no longer answers', { agent: 'dropsOut' }, 300],
    ['a reboot without return', { returnsFromReboot: false }, 2 * delivery + 10 + 900 + 60],
  ] as const)('of %s', (_, fates, seconds) => {
    expect(serviceSeconds(node(0, { fates }), policy)).toBeCloseTo(seconds, 5);
  });
});

describe('the bound', () => {
  test('leaves out nodes that no run can reach', () => {
    const nodes = [node(0), node(1, { isManaged: false }), node(2, { fates: { agent: 'offline' } })];

    expect(boundSeconds(nodes, policy)).toBe(boundSeconds([node(0)], policy));
  });

  test('is no longer than a design takes, and its service times are those that nodes really take', async () => {
    const { evidence } = await play('automation', setup);
    const lives = livesOf(evidence);
    const usual = evidence.targets.filter(
      ({ node: { nodeId }, lacks }) => lacks === 0 && lives.get(nodeId)?.steps.length === 4,
    );

    const busy = usual.map(({ node: { nodeId } }) =>
      (lives.get(nodeId)?.steps ?? []).reduce(
        (sum, { startedAt, endedAt }) => sum + (endedAt ?? startedAt) - startedAt,
        0,
      ),
    );
    const foreseen = usual.map((each) => 1000 * (serviceSeconds(each.node, policy) - 4 * delivery));
    expect(usual.length).toBeGreaterThan(20);
    for (const [index, milliseconds] of busy.entries()) {
      // An absent hook answers in a moment; the bound has it take no time at all.
      expect(Math.abs(milliseconds - (foreseen[index] ?? 0))).toBeLessThanOrEqual(700);
    }
    expect((evidence.endedAt - evidence.startedAt) / 1000).toBeGreaterThan(
      boundSeconds(setup.targets, policy),
    );
  });
});
