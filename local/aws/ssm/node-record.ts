import { heartbeatMilliseconds, isReachable, lastHeartbeat } from '../../fleet/agent.ts';
import { initialMemory } from '../../fleet/agent-memory.ts';
import type { FleetNode } from '../../fleet/node.ts';
import { random } from '../../random.ts';
import type { Weather } from '../../weather.ts';
import { uuid } from '../http/identifiers.ts';
import type { PatchBaselines } from './patch-baselines.ts';
import type { NodeRecord } from './records.ts';

const hour = 3_600_000;

/** A node as it stands when the embedded AWS starts: scanned some hours ago, its agent away if its fate says so. */
export function recordOf(
  node: FleetNode,
  start: {
    readonly seed: number;
    readonly now: number;
    readonly baselines: PatchBaselines;
    readonly weather: Weather;
  },
): NodeRecord {
  const draw = random(start.seed, 'node', node.nodeId);
  const scannedAt = start.now - Math.floor((1 + 11 * draw.next()) * hour);
  const awaySince = start.now - Math.floor((1 + 71 * draw.next()) * hour);
  return {
    node,
    memory: initialMemory(node, {
      scannedAt,
      snapshotId: uuid(draw),
      baselineId: start.baselines.governing(node),
    }),
    registeredAt: start.now - Math.floor((100 + 900 * draw.next()) * hour),
    heartbeatPhase: draw.integer(heartbeatMilliseconds),
    clockOffset: clockOffsetOf(node, start),
    onlineSince: Number.NEGATIVE_INFINITY,
    absence: isReachable(node) ? undefined : { since: awaySince },
    waiting: new Set(),
    running: new Set(),
    invocations: [],
  };
}

/** The fault `wrong-clock`: up to twelve hours ahead or behind. */
function clockOffsetOf(
  { nodeId }: FleetNode,
  { seed, now, weather }: { readonly seed: number; readonly now: number; readonly weather: Weather },
): number {
  if (!weather.knows('wrong-clock')) return 0;
  const stream = random(seed, 'wrong-clock', nodeId);
  const offset = Math.round((24 * stream.next() - 12) * hour);
  return weather.strikesNow('wrong-clock', { now, draw: stream.next() }) ? offset : 0;
}

/** `PingStatus` and `LastPingDateTime`: Online stays for as long as the next heartbeat may still come. */
export function pingOf(
  record: NodeRecord,
  now: number,
): { readonly status: 'Online' | 'ConnectionLost'; readonly at: number } {
  const until = record.absence?.since ?? now;
  const at = lastHeartbeat({ phase: record.heartbeatPhase, since: record.onlineSince, until });
  return { status: now - at <= heartbeatMilliseconds ? 'Online' : 'ConnectionLost', at };
}
