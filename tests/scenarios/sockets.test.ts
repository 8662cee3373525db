import { fleetOf } from '../../chaos/nodes.ts';
import { type Play, play } from '../../chaos/play.ts';
import { type RefusingProxy, refusingProxy } from './refusing-proxy.ts';

const proxies: RefusingProxy[] = [];
afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.close();
});

const options: Play = {
  seed: 3,
  nodes: fleetOf(4, ['healthy', 'patchFails', 'preHookFails']),
  faults: {
    throttle: 0.1,
    'server-error': 0.05,
    'lost-reply': 0.05,
    'stale-page': 0.3,
    'killed-handler': 0.03,
  },
};

test('a run over sockets is the run without them, whatever goes wrong', async () => {
  const seen: string[] = [];
  const overSockets = await play({
    ...options,
    begin: async (_aws, endpoint) => {
      const proxy = await refusingProxy(endpoint, ({ operation }) => {
        seen.push(operation);
        return false;
      });
      proxies.push(proxy);
      return proxy.url;
    },
  });
  const without = await play(options);

  expect(seen.length).toBeGreaterThan(50);
  expect(without.record).toEqual(overSockets.record);
  expect(without.published).toEqual(overSockets.published);
  expect(without.calls).toEqual(overSockets.calls);
  expect(Object.keys(without.calls.faults).join()).toMatch(/lost-reply.*server-error.*stale-page/);
});
