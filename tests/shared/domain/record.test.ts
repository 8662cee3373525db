import type { StepRecord } from '../../../shared/domain/batch.ts';
import { hasMoved } from '../../../shared/domain/poll.ts';
import { record } from '../../../shared/domain/record.ts';
import type { Answers } from '../../../shared/domain/turn.ts';
import { noAnswers } from '../../../shared/domain/turn.ts';
import {
  compliant,
  lacking,
  minute,
  nodeIdOf,
  openCommand,
  runningBatch,
  startedAt,
  stepOf,
  waitingNode,
} from '../../support/domain-builders.ts';

const nodeId = nodeIdOf(1);
const inPreHook = waitingNode(1, { steps: [stepOf('preHook', null, { sequence: 3, commandId: 'c3' })] });
const open = [openCommand({ sequence: 3, commandId: 'c3' })];
const later = startedAt + 5 * minute;
const success = { sequence: 3, nodeId, status: 'Success', endedAt: startedAt + minute } as const;

function recorded(answers: Partial<Answers>, now = later, node = inPreHook) {
  return record(runningBatch([node]), { answers: { ...noAnswers, ...answers }, open }, now);
}

describe('an answer', () => {
  test('ends the step that it is about, and its command is awaited no more', () => {
    const result = recorded({ invocations: [success] });

    expect(result.nodes[0]?.steps).toEqual([
      expect.objectContaining({ status: 'Success', endedAt: startedAt + minute }),
    ]);
    expect(result.open).toEqual([]);
  });

  test('[F12] that comes twice counts once, and the later one of two that differ in one turn is taken', () => {
    const failed = { ...success, status: 'Failed' } as const;

    const result = recorded({ invocations: [success, success, failed] });

    expect(result.nodes[0]?.steps.map((step) => step.status)).toEqual(['Failed']);
  });

  test.each([
    ['about an earlier step', [{ ...success, sequence: 1 }]],
    ['about a command not yet sent', [{ ...success, sequence: 99 }]],
    ['about a node that was never asked', [{ ...success, nodeId: nodeIdOf(77) }]],
    ['that never comes', []],
  ])('[F12] %s changes nothing', (_what, invocations) => {
    const result = recorded({ invocations });

    expect(result.nodes).toEqual([inPreHook]);
    expect(result.open).toEqual(open);
  });

  test('[F12] that comes late, for a step that has ended, changes nothing', () => {
    const ended = waitingNode(1, { steps: [stepOf('preHook', 'ConnectionLost', { sequence: 3 })] });

    expect(recorded({ invocations: [success] }, later, ended).nodes).toEqual([ended]);
  });

  test('[F12] for a node with its outcome changes nothing', () => {
    const done = { ...inPreHook, outcome: 'Unknown' as const, reason: 'given up' };

    expect(recorded({ invocations: [success] }, later, done).nodes).toEqual([done]);
  });

  test('carries the patch counts of its own operation; counts alone end nothing', () => {
    const patchStates = [{ nodeId, counts: compliant }];

    expect(recorded({ patchStates }).nodes[0]?.after).toBeNull();
    expect(recorded({ patchStates, invocations: [success] }).nodes[0]?.after).toEqual(compliant);
  });

  test('without counts leaves those known before', () => {
    const known = { ...inPreHook, after: lacking };

    expect(recorded({ invocations: [success] }, later, known).nodes[0]?.after).toEqual(lacking);
  });
});

describe('a command that was sent', () => {
  test('gives the step its command id, and starts it when SSM took it', () => {
    const commands = [{ commandId: 'c9', sentAt: startedAt + 7_000, expiresAt: null, nodeIds: [nodeId] }];

    const result = recorded({ sent: [{ sequence: 3, commands, refused: [] }] });

    expect(result.nodes[0]?.steps[0]).toMatchObject({
      commandId: 'c9',
      startedAt: startedAt + 7_000,
      status: null,
    });
  });

  test("[F02] without a node that SSM refuses ends that node's step as Refused", () => {
    const result = recorded({
      sent: [{ sequence: 3, commands: [], refused: [{ nodeId, reason: 'InvalidInstanceId: gone' }] }],
    });

    expect(result.nodes[0]?.steps[0]).toMatchObject({ status: 'Refused', endedAt: later });
    expect(result.nodes[0]?.steps[0]?.detail).toBe('InvalidInstanceId: gone');
  });

  test('and was refused quotes the beginning of the reason on one line', () => {
    const reason = `AccessDeniedException: not\nauthorized \u0007${'x'.repeat(500)}`;

    const result = recorded({ sent: [{ sequence: 3, commands: [], refused: [{ nodeId, reason }] }] });

    expect(result.nodes[0]?.steps[0]?.detail).toMatch(/^AccessDeniedException: not authorized {2}x{10,}$/);
    expect(result.nodes[0]?.steps[0]?.detail).toHaveLength(120);
  });
});

describe('a command that was held back until it was too late for it', () => {
  const late = (step: StepRecord, before: readonly StepRecord[] = []) =>
    record(
      runningBatch([waitingNode(1, { steps: [...before, { ...step, sequence: 3 }] })]),
      {
        answers: { ...noAnswers, sent: [{ sequence: 3, commands: [], refused: [], late: [nodeId] }] },
        open: [],
      },
      later,
    ).nodes[0]?.steps;

  test('leaves its node where it was before: nothing was sent', () => {
    const preHook = stepOf('preHook', 'Success');

    expect(late(stepOf('preHook', null))).toEqual([]);
    expect(late(stepOf('patch', null), [preHook])).toEqual([preHook]);
  });

  test('says nothing of a neighbour that an earlier attempt had sent to', () => {
    const sent = [{ sequence: 3, commands: [], refused: [], late: [nodeIdOf(2)] }];

    expect(recorded({ sent }).nodes).toEqual([inPreHook]);
  });

  test('in an earlier turn changes nothing', () => {
    const sent = [{ sequence: 1, commands: [], refused: [], late: [nodeId] }];

    expect(recorded({ sent }).nodes).toEqual([inPreHook]);
  });
});

describe('a node that does not ping', () => {
  const inPatch = waitingNode(1, {
    steps: [stepOf('preHook', 'Success'), stepOf('patch', null, { sequence: 3, commandId: 'c3' })],
  });
  const recorded = (answers: Partial<Answers>, now: number, node = inPatch) =>
    record(runningBatch([node]), { answers: { ...noAnswers, ...answers }, open }, now);
  const silent = { nodeId, isOnline: false, lastPingAt: startedAt - minute };
  const lostAt = startedAt + 15 * minute;

  test('is given up when it has been silent for as long as the policy says, counted from its step', () => {
    expect(recorded({ pings: [silent] }, lostAt - 1).nodes).toEqual([inPatch]);
    expect(recorded({ pings: [silent] }, lostAt).nodes[0]?.steps[1]).toMatchObject({
      status: 'ConnectionLost',
      endedAt: lostAt,
      detail: 'no ping since 2026-01-10T21:59:00.000Z',
    });
  });

  test('has its command cancelled for it, and is awaited no more', () => {
    const result = recorded({ pings: [silent] }, lostAt);

    expect(result.cancels).toEqual([{ commandId: 'c3', nodeIds: [nodeId] }]);
    expect(result.open).toEqual([]);
  });

  test('has its time counted from its last ping, if that came after the start', () => {
    const pings = [{ ...silent, lastPingAt: startedAt + 10 * minute }];

    expect(recorded({ pings }, lostAt).nodes).toEqual([inPatch]);
  });

  test('is believed if it answers in the same turn', () => {
    const result = recorded({ pings: [silent], invocations: [success] }, lostAt);

    expect(result.nodes[0]?.steps[1]?.status).toBe('Success');
    expect(result.cancels).toEqual([]);
  });

  test('is not given up while it is Online', () => {
    expect(recorded({ pings: [{ ...silent, isOnline: true }] }, lostAt).nodes).toEqual([inPatch]);
  });

  test.each([
    ['preHook', null],
    ['postHook', null],
    ['patch', 'ConnectionLost'],
    ['verify', 'ConnectionLost'],
  ] as const)('at its %s ends as %j: a hook given up might still succeed', (step, status) => {
    const node = waitingNode(1, { steps: [stepOf(step, null, { sequence: 3, commandId: 'c3' })] });

    const result = recorded({ pings: [silent] }, lostAt, node);

    expect(result.nodes[0]?.steps[0]?.status).toBe(status);
    expect(result.cancels).toHaveLength(status === null ? 0 : 1);
  });

  test('and is given up does not hide a neighbour that ends later', () => {
    const neighbours = [1, 2, 3].map((index) => ({ ...inPatch, nodeId: nodeIdOf(index) }));
    const shared = [openCommand({ sequence: 3, accepted: 3, awaiting: [1, 2, 3].map(nodeIdOf) })];

    const result = record(
      runningBatch(neighbours),
      { answers: { ...noAnswers, pings: [silent] }, open: shared },
      lostAt,
    );

    const [command] = result.open;
    if (!command) throw new Error('the command is open no more');
    expect(command).toMatchObject({ accepted: 2, awaiting: [nodeIdOf(2), nodeIdOf(3)] });
    expect([0, 1].map((completed) => hasMoved(command, completed, startedAt + minute))).toEqual([
      false,
      true,
    ]);
  });
});

describe('a step that no open command waits for', () => {
  test('ends as NoRecord, so that its node cannot stay in flight for ever', () => {
    const nobodyWaits = { answers: noAnswers, open: [] };

    const { nodes } = record(runningBatch([inPreHook]), nobodyWaits, later);

    expect(nodes[0]?.steps[0]).toMatchObject({ status: 'NoRecord', endedAt: later });
  });
});
