import { decide } from '../../../shared/domain/decide.ts';
import type { Answers } from '../../../shared/domain/turn.ts';
import {
  heard,
  minute,
  nodeAfter,
  nodeIdOf,
  openCommand,
  runningBatch,
  startedAt,
  stepOf,
  waitingNode,
} from '../../support/domain-builders.ts';

const waiting = waitingNode(2);
const busy = waitingNode(2, { steps: [stepOf('preHook', null, { sequence: 9 })] });
const stillOpen = [openCommand({ sequence: 9, awaiting: [nodeIdOf(2)] })];
const inPatch = nodeAfter({ preHook: 'Success', patch: null });
const inPostHook = nodeAfter({ preHook: 'Success', patch: 'Success', postHook: null });
const openForBoth = [...stillOpen, openCommand({ sequence: 1 })];
const failedPostHook: Partial<Answers> = {
  invocations: [{ sequence: 1, nodeId: nodeIdOf(1), status: 'Failed', endedAt: startedAt }],
};
const silent: Partial<Answers> = { pings: [{ nodeId: nodeIdOf(1), isOnline: false, lastPingAt: 0 }] };
const muchLater = startedAt + 60 * minute;

describe('a long history', () => {
  const batch = runningBatch([waiting], { legEvents: 3990 });

  test('[F29] is handed over to a fresh execution, with nothing begun that it would have to end', () => {
    const { state, sends } = decide(batch, heard({}, { events: 20 }), startedAt);

    expect(state).toMatchObject({ status: 'handedOver', legEvents: 0, turn: 1 });
    expect(sends).toEqual([]);
    expect(state.nodes).toEqual([waiting]);
  });

  test('[F29] goes on below its limit', () => {
    const { state } = decide(batch, heard({}, { events: 9 }), startedAt);

    expect(state).toMatchObject({ status: 'running', legEvents: 3999 });
  });

  test('[F29] takes along what was heard and what is awaited', () => {
    const known = runningBatch([inPostHook, busy], { legEvents: 4000 });

    const { state } = decide(known, heard(failedPostHook, { open: stillOpen }), startedAt);

    expect(state.nodes[0]?.steps.at(-1)?.status).toBe('Failed');
    expect(state.nodes[0]?.outcome).toBeNull();
    expect(state.open).toEqual(stillOpen);
  });

  test('is not handed over before the commands of lost nodes are cancelled', () => {
    const known = runningBatch([inPatch, busy], { legEvents: 4000, maxErrors: 9 });

    const { state, cancels } = decide(known, heard(silent, { open: stillOpen }), muchLater);

    expect(cancels).toHaveLength(1);
    expect(state.status).toBe('running');
    expect(decide(state, heard({}, { open: openForBoth }), muchLater).state.status).toBe('handedOver');
  });
});

describe('a long history of a batch that has neighbours in its wave', () => {
  const shared = { sharesBudget: true, concurrency: 2 };

  test.each([4_000, 15_990])('[F29] goes on at %i events: its neighbours would have to wait', (legEvents) => {
    const batch = runningBatch([busy, waitingNode(3)], { ...shared, legEvents });

    const { state, sends } = decide(batch, heard({}, { open: stillOpen }), startedAt);

    expect(state.status).toBe('running');
    expect(sends.flatMap((send) => send.nodeIds)).toEqual([nodeIdOf(3)]);
  });

  test('[F29] starts nothing more from 16,000 events on, and lets what is in flight go on', () => {
    const batch = runningBatch([inPostHook, busy, waitingNode(3)], {
      ...shared,
      concurrency: 3,
      maxErrors: 9,
      legEvents: 16_000,
    });
    const succeeded = { sequence: 1, nodeId: nodeIdOf(1), status: 'Success', endedAt: startedAt } as const;

    const { state, sends, hasMoreToStart } = decide(
      batch,
      heard({ invocations: [succeeded] }, { open: openForBoth }),
      startedAt,
    );

    expect(state.status).toBe('running');
    expect(sends.map((send) => [send.step, send.nodeIds])).toEqual([['verify', [nodeIdOf(1)]]]);
    expect(hasMoreToStart).toBe(false);
  });

  test('[F29] is handed over once none is in flight, with all that wait', () => {
    const batch = runningBatch([waiting, waitingNode(3)], { ...shared, legEvents: 16_000 });

    const { state, sends } = decide(batch, heard({}, { open: [] }), startedAt);

    expect(state).toMatchObject({ status: 'handedOver', legEvents: 0 });
    expect(sends).toEqual([]);
  });

  test('[F29] is handed over at 21,000 events with whatever is in flight', () => {
    const batch = runningBatch([busy], { ...shared, legEvents: 20_999 });

    const below = decide(batch, heard({}, { open: stillOpen }), startedAt);
    const beyond = decide(batch, heard({}, { open: stillOpen, events: 1 }), startedAt);

    expect([below.state.status, beyond.state.status]).toEqual(['running', 'handedOver']);
  });
});
