import {
  answerOfState,
  answersIn,
  isOfSnapshot,
  isOwnOperation,
  movedNodes,
  overdueNodes,
  readingOf,
  waitsForPatchState,
} from '../../../shared/domain/poll.ts';
import { compliant, minute, nodeIdOf, openCommand, startedAt } from '../../support/domain-builders.ts';

const [first, second] = [nodeIdOf(1), nodeIdOf(2)];
const command = openCommand({ accepted: 2, awaiting: [first, second] });
const row = { nodeId: first, statusDetails: 'Success', endedAt: startedAt + minute, output: '' };
const soon = startedAt + 2 * minute;

const counted = (completed: number) => new Map([[command.commandId, completed]]);

describe('a command', () => {
  test('has moved by as many nodes as have ended and were not heard of', () => {
    const half = openCommand({ accepted: 3, awaiting: [first, second] });

    expect([0, 1, 2, 3].map((completed) => movedNodes(half, counted(completed), soon))).toEqual([0, 0, 1, 2]);
  });

  test('[F05] has not moved just after its sending, though no listing shows it', () => {
    expect(movedNodes(command, new Map(), startedAt + 5_000)).toBe(0);
    expect(movedNodes(command, new Map(), startedAt + 11_000)).toBe(2);
  });

  test('[F10] is looked at after its expiry, whatever SSM counts', () => {
    expect(movedNodes(command, counted(0), command.expiresAt)).toBe(0);
    expect(movedNodes(command, counted(0), command.expiresAt + 2 * minute + 1)).toBe(2);
  });
});

describe('the reading of what moved', () => {
  const commandOf = (index: number, rest: Parameters<typeof openCommand>[0] = {}) =>
    openCommand({ commandId: `c${index}`, accepted: 5, awaiting: [nodeIdOf(index)], ...rest });
  const young = [1, 2, 3, 4].map((index) => commandOf(index, { sentAt: startedAt + index * 1000 }));

  test('takes young commands together, by one listing since the oldest of them', () => {
    const { recent, singly } = readingOf(young, young, startedAt + minute);

    expect(recent).toEqual({ since: startedAt + 1000, commands: young.toReversed(), pagesAtMost: 3 });
    expect(singly).toEqual([]);
  });

  test('asks for one command alone, and for old ones, each by itself', () => {
    const old = commandOf(5, { sentAt: startedAt - 6 * minute });

    const alone = readingOf(young.slice(0, 1), young, startedAt + minute);
    const mixed = readingOf([old, ...young], [old, ...young], startedAt + minute);

    expect(alone).toEqual({ recent: null, singly: young.slice(0, 1) });
    expect(mixed).toMatchObject({ recent: { commands: young.toReversed() }, singly: [old] });
  });

  test('leaves out those whose neighbours would fill more pages than it saves', () => {
    const large = commandOf(6, { sentAt: startedAt, accepted: 50 });

    const { recent, singly } = readingOf([...young, large], [...young, large], startedAt + minute);

    expect(recent?.commands).toEqual(young.toReversed());
    expect(singly).toEqual([large]);
  });

  test('[F10] does not look among young ones for a command that SSM has given up', () => {
    const expired = young.map((each) => ({ ...each, expiresAt: startedAt + 30_000 }));

    expect(readingOf(expired, expired, startedAt + minute)).toEqual({ recent: null, singly: expired });
  });
});

describe("a Scan's own patch state", () => {
  const snapshot = '052a3f1f-a92a-53e8-8285-3b95b147eb79';
  const state = { nodeId: first, operation: 'Scan', snapshotId: snapshot, endedAt: 0, counts: compliant };

  test('[F18] is known by the SnapshotId alone, in capitals too', () => {
    expect(isOfSnapshot({ ...state, snapshotId: snapshot.toUpperCase() }, snapshot)).toBe(true);
    expect(isOfSnapshot({ ...state, snapshotId: null, endedAt: soon }, snapshot)).toBe(false);
  });

  test("ends the step between its sending and now, whatever the node's clock says", () => {
    const ends = [startedAt - 99 * minute, startedAt + minute, soon + 99 * minute].map(
      (endedAt) => answerOfState(command, { ...state, endedAt }, soon).endedAt,
    );

    expect(ends).toEqual([startedAt, startedAt + minute, soon]);
  });
});

describe('the answers in a command', () => {
  test('[F05] are none in an empty listing: not yet, never done', () => {
    expect(answersIn(command, [], soon)).toEqual([]);
  });

  test('[F05] are NoRecord only when SSM has shown nothing for many minutes', () => {
    expect(answersIn(command, [], startedAt + 10 * minute)).toEqual([]);
    expect(answersIn(command, [], startedAt + 10 * minute + 1).map((each) => each.status)).toEqual([
      'NoRecord',
      'NoRecord',
    ]);
  });

  test('are only those that are final', () => {
    const rows = [row, { ...row, nodeId: second, statusDetails: 'InProgress', endedAt: null }];

    expect(answersIn(command, rows, soon)).toEqual([
      { sequence: 1, nodeId: first, status: 'Success', endedAt: startedAt + minute },
    ]);
  });

  test('[F12] are one for a node that is listed twice, and none for one that is not awaited', () => {
    const answers = answersIn(command, [row, row, { ...row, nodeId: nodeIdOf(9) }], soon);

    expect(answers.map((each) => each.nodeId)).toEqual([first]);
  });

  test('[F10] are Undelivered for nodes that SSM still calls InProgress long after the expiry', () => {
    const rows = [{ ...row, statusDetails: 'InProgress' }];

    const answers = answersIn(command, rows, command.expiresAt + 2 * minute + 1);

    expect(answers.map((each) => each.status)).toEqual(['Undelivered', 'Undelivered']);
  });

  test('lie between the sending and now, though a node has another clock', () => {
    const endOf = (endedAt: number | null) => answersIn(command, [{ ...row, endedAt }], soon)[0]?.endedAt;

    expect([endOf(startedAt - minute), endOf(soon + minute), endOf(null)]).toEqual([startedAt, soon, soon]);
  });

  test.each([
    ['DeliveryTimedOut', 'Undelivered'],
    ['Undeliverable', 'Undelivered'],
    ['Cancelled', 'Cancelled'],
  ])(
    'of a node that never answered end now, whatever the steps of other platforms say: %s',
    (word, status) => {
      const [answer] = answersIn(command, [{ ...row, statusDetails: word, endedAt: startedAt + 1 }], soon);

      expect(answer).toMatchObject({ status, endedAt: soon });
    },
  );

  test('[F13] quote the last line of a failure, short, and never a success', () => {
    const failed = { ...row, statusDetails: 'Failed', output: 'first\nlast line\n\n' };
    const timedOut = { ...failed, statusDetails: 'ExecutionTimedOut' };
    const cut = { ...failed, output: 'x'.repeat(2500) };
    const long = { ...failed, output: '漏'.repeat(900) };
    const details = [failed, timedOut, cut, long, { ...row, output: 'done' }].map(
      (each) => answersIn(command, [each], soon)[0]?.detail,
    );

    expect(details).toEqual([
      'last line',
      'ExecutionTimedOut: last line',
      undefined,
      '漏'.repeat(40),
      undefined,
    ]);
  });
});

describe('a patch state', () => {
  const scan = openCommand({ readsPatchState: 'Scan' });
  const snapshotId = '2c30da02-1b26-5265-b090-03f0bb341028';
  const found = { operation: 'Scan', snapshotId, endedAt: soon, counts: compliant };

  test("[F18] is this run's by its SnapshotId and operation", () => {
    expect(isOwnOperation(found, scan, snapshotId)).toBe(true);
    expect(isOwnOperation({ ...found, snapshotId: snapshotId.toUpperCase() }, scan, snapshotId)).toBe(true);
  });

  test.each([
    ['there is none', undefined],
    ['it is of another operation', { ...found, operation: 'Install' }],
    [
      'it is of another run, though later',
      { ...found, snapshotId: '00000000-0000-4000-8000-000000000000', endedAt: soon + 60 * minute },
    ],
    ['it has no SnapshotId and is older', { ...found, snapshotId: null, endedAt: startedAt - 1 }],
  ])("[F18] is not this run's if %s", (_why, state) => {
    expect(isOwnOperation(state, scan, snapshotId)).toBe(false);
  });

  test('[F18] without a SnapshotId is judged by its time', () => {
    expect(isOwnOperation({ ...found, snapshotId: null, endedAt: startedAt }, scan, snapshotId)).toBe(true);
  });

  test('[F18] keeps a success back until it is there, but not for ever', () => {
    const answer = { sequence: 1, nodeId: first, status: 'Success', endedAt: startedAt } as const;

    const held = { ...scan, heldSince: { [first]: startedAt } };

    expect(waitsForPatchState(held, answer, startedAt + 2 * minute - 1)).toBe(true);
    expect(waitsForPatchState(held, answer, startedAt + 2 * minute)).toBe(false);
    expect(waitsForPatchState(held, { ...answer, status: 'Failed' }, startedAt)).toBe(false);
    expect(waitsForPatchState(command, answer, startedAt)).toBe(false);
  });
});

test.each([
  ['behind', -60 * minute],
  ['ahead', 60 * minute],
])('[F18] a patch state is waited for by our clock, though the node has its own: %s', (_what, skew) => {
  const scan = openCommand({ readsPatchState: 'Scan' });
  const answer = { sequence: 1, nodeId: first, status: 'Success', endedAt: soon + skew } as const;
  const held = { ...scan, heldSince: { [first]: soon } };

  expect(waitsForPatchState(scan, answer, soon)).toBe(true);
  expect(waitsForPatchState(held, answer, soon + 2 * minute - 1)).toBe(true);
  expect(waitsForPatchState(held, answer, soon + 2 * minute)).toBe(false);
});

describe('nodes are asked after', () => {
  const asked = startedAt;

  test('if their command takes far longer than it should', () => {
    expect(overdueNodes([command], asked, startedAt + 11 * minute)).toEqual([first, second]);
  });

  test('not while a long command may still be at work', () => {
    const long = openCommand({ earliestAt: startedAt + 20 * minute });

    expect(overdueNodes([long], asked, startedAt + 59 * minute)).toEqual([]);
    expect(overdueNodes([long], asked, startedAt + 61 * minute)).toEqual([first]);
  });

  test('not again within a minute, and then all of them', () => {
    const many = openCommand({ awaiting: Array.from({ length: 500 }, (_, index) => nodeIdOf(index)) });
    const late = startedAt + 20 * minute;

    expect(overdueNodes([many], late - minute + 1, late)).toEqual([]);
    expect(overdueNodes([many], late - minute, late)).toHaveLength(500);
  });
});
