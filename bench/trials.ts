import { NetworkFaults } from '../local/aws/network-faults.ts';
import type { FaultRates } from '../local/faults.ts';
import type { FleetNode } from '../local/fleet/node.ts';
import { Weather } from '../local/weather.ts';
import { type Setup, setUp, startsAt } from './designs/setup.ts';
import { policyOf } from './fleet.ts';
import { boundSeconds } from './lower-bound.ts';
import type { Trials } from './promises/promises.ts';

/** Nodes of a run in which one thing goes wrong. */
const nodes = 60;
const concurrencyPercent = 25;

/** SendCommand's default for TimeoutSeconds: what a trial shows must not come of a shorter one that we have chosen. */
const leastDeliverySeconds = 3600;

/** No misfortune of nodes but the one that is tried. */
const calm: FaultRates = {
  'pre-hook-fails': 0,
  'pre-hook-hangs': 0,
  'post-hook-fails': 0,
  'post-hook-hangs': 0,
  'patch-fails': 0,
  'lost-after-reboot': 0,
  'agent-offline': 0,
  'agent-drops-out': 0,
};

/** The small runs by which a design's promises are judged beside its row. */
export function trialSetups(seed: number): Readonly<Record<keyof Trials, Setup>> {
  const plan = { seed, nodes, concurrencyPercent, maxErrorsPercent: 100, leastDeliverySeconds };
  const trial = (
    faults: FaultRates,
    special: Parameters<typeof setUp>[1] = {},
    maxErrorsPercent = 100,
  ): Setup => setUp({ ...plan, maxErrorsPercent, faults: { ...calm, ...faults } }, special);
  return {
    lostReplies: setUp({
      ...plan,
      seed: seedThatLosesTheFirstSend(seed),
      faults: { ...calm, ...lostReplies },
    }),
    throttling: trial({ throttle: 0.3 }),
    goneNodes: trial({}, { gone: everyTwentiethOnline }),
    silentNodes: trial(
      { 'agent-offline': 0.05, 'agent-drops-out': 0.05, 'lost-after-reboot': 0.1 },
      { change: absent },
    ),
    stubbornPatches: trial({}, { change: stubborn }),
    failingHooks: trial({ 'pre-hook-fails': 0.3, 'post-hook-fails': 0.1, 'patch-fails': 0.2 }),
    errorBudget: trial({ 'pre-hook-fails': 0.5 }, {}, 10),
    deadline: trial({}, { deadline: inTheMiddle(trial({})) }),
  };
}

const lostReplies = { 'lost-reply': 0.2 } as const;

/** From the given seed on, the first with which the first SendCommand takes effect and its answer never arrives. */
function seedThatLosesTheFirstSend(from: number): number {
  const weather = new Weather({ rates: lostReplies });
  let seed = from;
  while (new NetworkFaults(seed, weather).draw('ssm:SendCommand', 0) !== 'lost-reply') seed += 1;
  return seed;
}

function everyTwentiethOnline(targets: readonly FleetNode[]): readonly string[] {
  return targets
    .filter(({ isManaged, instanceState }) => isManaged && instanceState === 'running')
    .filter((_, index) => index % 20 === 5)
    .map(({ nodeId }) => nodeId);
}

/** One server that Systems Manager does not know, and one that is switched off: both carry the tags. */
function absent(node: FleetNode, index: number): FleetNode {
  if (node.resourceType !== 'EC2Instance') return node;
  if (index % 20 < 3) return { ...node, isManaged: false };
  return index % 20 < 6 ? { ...node, instanceState: 'stopped' } : node;
}

/** Every fifth node lacks patches of which one never installs. */
function stubborn(node: FleetNode, index: number): FleetNode {
  if (index % 5 > 0) return node;
  const missingPatches = Math.max(2, node.fate.missingPatches);
  return { ...node, fate: { ...node.fate, missingPatches, stubbornPatches: 1 } };
}

/** A window that closes when half of the work can be done. */
function inTheMiddle({ targets, policies }: Setup): number {
  return startsAt + 0.5 * boundSeconds(targets, policyOf(policies)) * 1000;
}
