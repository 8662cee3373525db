import { chunksOf, commandsFor, openCommandOf, patchResultOf } from '../../../shared/domain/command.ts';
import { hookParameterNames, hookPatchResults } from '../../../shared/domain/hook-contract.ts';
import { type Step, stepStatuses } from '../../../shared/domain/step.ts';
import { sendSchema } from '../../../shared/domain/turn.ts';
import {
  hour,
  nodeAfter,
  nodeIdOf,
  settingsOf,
  settingsWithPatch,
  startedAt,
  waitingNode,
} from '../../support/domain-builders.ts';

const batch = { batchId: 'w1-b1', settings: settingsOf(), nextSequence: 7 };

function dueNodes(count: number, step: Step) {
  return Array.from({ length: count }, (_, index) => ({ node: waitingNode(index), step }));
}

describe('commands', () => {
  test('[F01] carry at most 50 nodes each, every node once', () => {
    const sends = commandsFor(dueNodes(120, 'preHook'), batch);

    expect(sends.map((send) => send.nodeIds.length)).toEqual([50, 50, 20]);
    expect(new Set(sends.flatMap((send) => send.nodeIds)).size).toBe(120);
    expect(sends.map((send) => sendSchema.parse(send))).toEqual(sends);
  });

  test('[F03] are numbered one after the other, and their comments say so', () => {
    const sends = commandsFor([...dueNodes(60, 'preHook'), ...dueNodes(1, 'patch')], batch);

    expect(sends.map((send) => send.comment)).toEqual([
      'prd-web-1 w1-b1 preHook 7',
      'prd-web-1 w1-b1 preHook 8',
      'prd-web-1 w1-b1 patch 9',
    ]);
  });

  test('of hooks use the hook document with parameters that it knows, each a list of text', () => {
    const [send] = commandsFor(dueNodes(1, 'preHook'), batch);

    expect(send).toMatchObject({ document: 'hooks', readsPatchState: null });
    expect(send?.parameters).toMatchObject({ RunId: ['prd-web-1'], Step: ['preHook'], Required: ['false'] });
    expect(hookParameterNames).toEqual(expect.arrayContaining(Object.keys(send?.parameters ?? {})));
    expect(send?.parameters).not.toHaveProperty('PatchResult');
  });

  test('of post-hooks tell nodes apart by what became of their patch', () => {
    const due = (['Success', 'Failed', 'Success'] as const).map((patch, index) => ({
      node: nodeAfter({ preHook: 'Success', patch }, { nodeId: nodeIdOf(index) }),
      step: 'postHook' as const,
    }));

    const sends = commandsFor(due, batch);

    expect(sends.map((send) => [send.parameters['PatchResult'], send.nodeIds])).toEqual([
      [['Success'], [nodeIdOf(0), nodeIdOf(2)]],
      [['Failed'], [nodeIdOf(1)]],
    ]);
  });

  test('of a post-hook are not waited for as long where the node was silent until it was given up', () => {
    const due = (['Success', 'ConnectionLost'] as const).map((patch) => ({
      node: nodeAfter({ preHook: 'Success', patch }),
      step: 'postHook' as const,
    }));
    const settings = settingsWithPatch({ deliveryTimeoutSeconds: 30 });

    const timeouts = (run: typeof batch) => commandsFor(due, run).map((send) => send.deliveryTimeoutSeconds);

    expect(timeouts(batch)).toEqual([300, 60]);
    expect(timeouts({ ...batch, settings })).toEqual([30, 30]);
  });

  test.each(['NoRecord', 'Undelivered'] as const)(
    'of a post-hook are waited for as always after a patch that is %s',
    (patch) => {
      const due = [{ node: nodeAfter({ preHook: 'Success', patch }), step: 'postHook' as const }];

      expect(commandsFor(due, batch)[0]?.deliveryTimeoutSeconds).toBe(300);
    },
  );

  test('[F16] of patch and verify ask for the same patches: one SnapshotId for the run', () => {
    const sends = commandsFor([...dueNodes(1, 'patch'), ...dueNodes(1, 'verify')], batch);

    expect(sends.map((send) => send.parameters['SnapshotId'])).toEqual(
      Array(2).fill([batch.settings.snapshotId]),
    );
  });

  test('[F18] of verify are a Scan that reboots nothing, whose patch state is read', () => {
    const [send] = commandsFor(dueNodes(1, 'verify'), batch);

    expect(send?.parameters).toMatchObject({ Operation: ['Scan'], RebootOption: ['NoReboot'] });
    expect(send?.readsPatchState).toBe('Scan');
  });

  test('[F18] of a patch have their own state read only where no verify follows', () => {
    const read = (settings: typeof batch.settings) =>
      commandsFor(dueNodes(1, 'patch'), { ...batch, settings })[0]?.readsPatchState;

    expect(read(settingsOf())).toBeNull();
    expect(read(settingsWithPatch({ verify: false }))).toBe('Install');
    expect(read(settingsOf({ operation: 'Scan' }))).toBe('Scan');
  });

  test('[F15] of a patch reboot as the policy says, and never in a Scan run', () => {
    const reboot = (settings: typeof batch.settings) =>
      commandsFor(dueNodes(1, 'patch'), { ...batch, settings })[0]?.parameters['RebootOption'];

    expect(reboot(settingsOf())).toEqual(['RebootIfNeeded']);
    expect(reboot(settingsWithPatch({ rebootOption: 'NoReboot' }))).toEqual(['NoReboot']);
    expect(reboot(settingsOf({ operation: 'Scan' }))).toEqual(['NoReboot']);
  });

  test('[F10] expire after delivery and execution together', () => {
    const [hook] = commandsFor(dueNodes(1, 'preHook'), batch);
    const [patch] = commandsFor(dueNodes(1, 'patch'), batch);

    expect(hook).toMatchObject({ deliveryTimeoutSeconds: 300, expirySeconds: 900 });
    expect(patch).toMatchObject({ deliveryTimeoutSeconds: 300, expirySeconds: 7500 });
  });
});

describe('a command is not sent after', () => {
  const deadline = startedAt + 4 * hour;
  const settings = settingsOf({ deadline, cutoffSeconds: 1800 });
  const quick = { expected: { patch: 600, verify: 60, total: 780 } };
  const startBy = (step: Step, node = waitingNode(), of = settings) =>
    commandsFor([{ node, step }], { ...batch, settings: of })[0]?.startBy;

  test.each<[string, number | null | undefined, number | null]>([
    ['the last start of its node, for a pre-hook', startBy('preHook'), deadline - 1980_000],
    ['the cutoff, where that is earlier', startBy('preHook', waitingNode(1, quick)), deadline - 1800_000],
    ['the last moment for a patch', startBy('patch'), deadline - 1800_000],
    [
      'the last start of its node, for the one step of a scan',
      startBy('patch', waitingNode(), { ...settings, operation: 'Scan' }),
      deadline - 1980_000,
    ],
    [
      "the run's own limit, without a window",
      startBy('preHook', waitingNode(), settingsOf()),
      startedAt + 48 * hour - 1980_000,
    ],
    ['no time at all, for a post-hook', startBy('postHook'), null],
    ['no time at all, for a verify', startBy('verify'), null],
  ])('%s', (_what, found, expected) => {
    expect(found).toBe(expected);
  });

  test('the last start of whoever of its nodes has the least time', () => {
    const due = [waitingNode(1, quick), waitingNode(2)].map((node) => ({ node, step: 'preHook' as const }));

    expect(commandsFor(due, { ...batch, settings })[0]?.startBy).toBe(deadline - 1980_000);
  });

  test('no time at all, in a payload of an earlier version', () => {
    const [send] = commandsFor(dueNodes(1, 'preHook'), batch);
    const { startBy: _startBy, ...older } = { ...send };

    expect(sendSchema.parse(older).startBy).toBeNull();
  });
});

test('a post-hook is told of its patch in words of the hook document, whatever became of it', () => {
  const told = stepStatuses.map((patch) => patchResultOf(nodeAfter({ preHook: 'Success', patch })));

  expect(hookPatchResults).toEqual(expect.arrayContaining(told));
  expect(Object.fromEntries(stepStatuses.map((status, index) => [status, told[index]]))).toEqual({
    Success: 'Success',
    Failed: 'Failed',
    TimedOut: 'TimedOut',
    Undelivered: 'Unreachable',
    Cancelled: 'Failed',
    ConnectionLost: 'Unreachable',
    Refused: 'NotRun',
    Skipped: 'NotRun',
    NoRecord: 'Unreachable',
  });
});

test('a command that SSM took is awaited from those nodes that it took', () => {
  const [send] = commandsFor(dueNodes(3, 'preHook'), batch);
  if (!send) throw new Error('no command was made');

  const open = openCommandOf(send, {
    commandId: 'c1',
    sentAt: startedAt,
    expiresAt: null,
    nodeIds: [nodeIdOf(0), nodeIdOf(2)],
  });

  expect(open).toEqual({
    sequence: 7,
    commandId: 'c1',
    sentAt: startedAt,
    earliestAt: startedAt + 5_000,
    expiresAt: startedAt + 900_000,
    readsPatchState: null,
    heldSince: {},
    accepted: 2,
    awaiting: [nodeIdOf(0), nodeIdOf(2)],
  });
});

test.each([
  ['later than ours', 20, 20],
  ['earlier than ours', 10, 15],
  ['not said', null, 15],
])('a command expires when SSM says so, if that is %s', (_what, minutes, expected) => {
  const [send] = commandsFor(dueNodes(1, 'preHook'), batch);
  if (!send) throw new Error('no command was made');
  const expiresAt = minutes === null ? null : startedAt + minutes * 60_000;

  const open = openCommandOf(send, { commandId: 'c1', sentAt: startedAt, expiresAt, nodeIds: [nodeIdOf(0)] });

  expect(open.expiresAt).toBe(startedAt + expected * 60_000);
});

test('chunks keep order, and lose and repeat nothing', () => {
  expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunksOf([], 2)).toEqual([]);
});
