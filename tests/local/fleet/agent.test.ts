import {
  cancelled,
  collided,
  isAnswering,
  isReachable,
  lastHeartbeat,
  play,
} from '../../../local/fleet/agent.ts';
import type { Delivery } from '../../../local/fleet/agent-execution.ts';
import { initialMemory } from '../../../local/fleet/agent-memory.ts';
import type { Fate } from '../../../local/fleet/node.ts';
import { random } from '../../../local/random.ts';
import { node } from '../aws/ssm/account-under-test.ts';

const at = Date.parse('2026-11-22T00:00:00Z');
const minute = 60_000;

function install(
  fates: Partial<Fate> = {},
  parameters: Readonly<Record<string, readonly string[]>> = {},
): Delivery {
  const server = node(0, { fates });
  return {
    node: server,
    memory: initialMemory(server, {
      scannedAt: at - 60 * minute,
      snapshotId: 'earlier',
      baselineId: 'pb-own',
    }),
    documentName: 'AWS-RunPatchBaseline',
    kind: 'patch',
    parameters: { Operation: ['Install'], ...parameters },
    timeoutSeconds: 7200,
    at,
    baselineId: 'pb-own',
    isPatching: false,
    isSnapshotExpired: false,
    random: random(1),
  };
}

describe('an agent', () => {
  test('[F15] is away for its reboot between the Install and its report', () => {
    const execution = play(install());

    expect(execution.away).toEqual({ from: at + 5 * minute, until: at + 7 * minute });
    expect([execution.endedAt, execution.result]).toEqual([at + 7 * minute, 'Success']);
  });

  test('[F10] never ends what it was doing when it does not come back', () => {
    const execution = play(install({ returnsFromReboot: false }));

    expect(execution.away?.until).toBe(Number.POSITIVE_INFINITY);
    expect(execution.endedAt).toBe(Number.POSITIVE_INFINITY);
  });

  test('[F15] stays where it is with NoReboot, and remembers what waits', () => {
    const delivery = install({}, { RebootOption: ['NoReboot'] });

    const execution = play(delivery);

    expect(execution.away).toBeUndefined();
    const after = execution.leave(delivery.memory);
    expect(after).toMatchObject({ presentAtFirst: 40, installed: [], missing: [] });
    expect(after.pendingReboot.map(({ index }) => index)).toEqual([40, 41, 42, 43, 44]);
  });

  test('reboots for what an earlier NoReboot left pending, though nothing is missing any more', () => {
    const delivery = install();
    const pendingReboot = delivery.memory.missing.map((index) => ({ index, installedAt: at - minute }));
    const memory = { ...delivery.memory, missing: [], pendingReboot };

    const execution = play({ ...delivery, memory });

    expect(execution.away).toBeDefined();
    expect(execution.leave(memory)).toMatchObject({ installed: pendingReboot, pendingReboot: [] });
  });

  test.each([{ install: 'hangs' }, { installSeconds: 7201 }] as const)(
    'is stopped by the timeout of its step: %j',
    (fates) => {
      const delivery = install(fates);

      const execution = play(delivery);

      expect([execution.result, execution.endedAt]).toEqual(['ExecutionTimedOut', at + 120 * minute]);
      expect(execution.leave(delivery.memory)).toEqual(delivery.memory);
    },
  );

  test('[F18] reports nothing Missing after an Install that left stubborn patches', () => {
    const delivery = install({ stubbornPatches: 2 });

    const after = play(delivery).leave(delivery.memory);

    expect([after.missing, after.report.missing, after.report.failed]).toEqual([[43, 44], [], []]);
  });

  test('[F17] refuses a second patch operation, and loses the first', () => {
    const delivery = install();
    const first = play(delivery);

    const second = play({ ...delivery, isPatching: true });
    const lost = collided(first, at + minute);

    expect([second.result, second.responseCode]).toEqual(['Failed', 152]);
    expect([lost.result, lost.responseCode, lost.away]).toEqual(['Failed', 155, undefined]);
    expect(lost.leave(delivery.memory)).toEqual(delivery.memory);
  });

  test('stops for a cancellation or not, by chance, and never in its reboot', () => {
    const execution = play(install());

    const stopped = cancelled(execution, { at: at + minute, chance: 0.4 });

    expect([stopped.result, stopped.endedAt]).toEqual(['Cancelled', at + minute + 2000]);
    expect(cancelled(execution, { at: at + minute, chance: 0.5 })).toBe(execution);
    expect(cancelled(execution, { at: at + 6 * minute, chance: 0.4 })).toBe(execution);
  });

  test('is reachable unless offline or stopped, and answers unless it drops out', () => {
    const dropsOut = node(0, { fates: { agent: 'dropsOut' } });
    const stopped = node(0, { instanceState: 'stopped' });

    expect([isReachable(dropsOut), isAnswering(dropsOut)]).toEqual([true, false]);
    expect([isReachable(stopped), isAnswering(stopped)]).toEqual([false, false]);
    expect(isReachable(node(0, { fates: { agent: 'offline' } }))).toBe(false);
  });

  test('reports every five minutes at its own phase, and at once when it returns', () => {
    const beat = { phase: minute, since: Number.NEGATIVE_INFINITY, until: at + 10 * minute };

    expect(lastHeartbeat(beat)).toBe(at + 6 * minute);
    expect(lastHeartbeat({ ...beat, since: at + 8 * minute })).toBe(at + 8 * minute);
  });
});
