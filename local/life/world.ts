import type { EmbeddedSsm } from '../aws/ssm/ssm.ts';
import type { FleetNode } from '../fleet/node.ts';
import { hexDigits, random } from '../random.ts';
import type { LifeNode, PolicyRelease } from './fleet.ts';
import { counted, type TimelineEntry } from './timeline.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** What an embedded account lets the world do to its nodes. */
export interface WorldAccount {
  /** In Systems Manager and in EC2. */
  setNode(node: FleetNode): void;
  readonly ssm: Pick<EmbeddedSsm, 'rescan'>;
}

/** Something that the product has no hand in. */
export interface WorldEvent {
  readonly entry: TimelineEntry;
  readonly happen: (account: WorldAccount) => void;
}

/** A scan by another baseline, as it will happen. */
export interface ForeignScanPlan {
  readonly nodeId: string;
  readonly at: number;
}

export interface WorldPlan {
  readonly seed: number;
  readonly nodes: readonly LifeNode[];
  readonly releases: readonly PolicyRelease[];
  readonly startsAt: number;
  readonly endsAt: number;
}

const switchedOffFor = 10 * day;

/** What befalls the fleet in its time, in its order. A function of the plan alone. */
export function worldEvents(plan: WorldPlan): WorldEvent[] {
  const released = plan.releases.map((release) => releaseOf(release, plan));
  const odd = plan.nodes.flatMap((member): WorldEvent[] => {
    if (member.oddity === 'switchedOff') return switchedOff(member, plan);
    if (member.oddity === 'rescanned') return rescans(plan, member.node.nodeId).map(rescanOf);
    return [];
  });
  return [...released, ...odd]
    .filter(({ entry }) => entry.at < plan.endsAt)
    .toSorted((one, other) => one.entry.at - other.entry.at);
}

/** Each week once, between the first scan of ours and the install windows: what is missing is then still open. */
export function rescans({ seed, startsAt, endsAt }: WorldPlan, nodeId: string): ForeignScanPlan[] {
  const stream = random(seed, 'rescans', nodeId);
  const weeks = Math.ceil((endsAt - startsAt) / (7 * day));
  return Array.from({ length: weeks }, (_, week) => ({
    nodeId,
    at: startsAt + Math.floor((week * 7 + 0.5 + 1.2 * stream.next()) * day),
  }));
}

function releaseOf({ policy, at, patches }: PolicyRelease, { nodes }: WorldPlan): WorldEvent {
  const all = nodes.filter((member) => member.policy === policy).length;
  const sum = [...patches.values()].reduce((total, count) => total + count, 0);
  const text = `${policy}: ${counted(sum, 'patch', 'patches')} approved, on ${patches.size} of ${all} nodes`;
  // The nodes know it from the beginning, and meet it when its time has come.
  return { entry: { at, kind: 'released', text }, happen: () => undefined };
}

function switchedOff({ policy, node }: LifeNode, { seed, startsAt }: WorldPlan): WorldEvent[] {
  const from = startsAt + Math.floor((2 + random(seed, 'switched off', node.nodeId).next()) * day);
  const turn = (at: number, isOn: boolean): WorldEvent => ({
    entry: { at, kind: 'node', text: `${policy}: ${node.nodeId} is switched ${isOn ? 'on again' : 'off'}` },
    happen: (account) => account.setNode({ ...node, instanceState: isOn ? 'running' : 'stopped' }),
  });
  return [turn(from, false), turn(from + switchedOffFor, true)];
}

function rescanOf({ nodeId, at }: ForeignScanPlan): WorldEvent {
  const baselineId = `pb-${hexDigits(random('somebody else'), 17)}`;
  const text = `${nodeId} is scanned by somebody else, by the baseline ${baselineId}`;
  return {
    entry: { at, kind: 'node', text },
    happen: (account) => account.ssm.rescan(nodeId, { baselineId, missing: 2 }),
  };
}
