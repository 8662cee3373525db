import type { NodeState, RunSettings } from '../../../shared/domain/batch.ts';
import { endingOf, nextStep, owesPostHook } from '../../../shared/domain/node-life.ts';
import type { Outcome } from '../../../shared/domain/outcome.ts';
import {
  awaitingReboot,
  compliant,
  lacking,
  minute,
  nodeAfter,
  settingsOf,
  settingsWithPatch,
  startedAt,
  stepOf,
  waitingNode,
} from '../../support/domain-builders.ts';

const install = settingsOf();
const scan = settingsOf({ operation: 'Scan' });
const unverified = settingsWithPatch({ verify: false });
const noReboot = settingsWithPatch({ rebootOption: 'NoReboot' });

describe('what comes next for a node', () => {
  const closing = settingsOf({ deadline: startedAt + 10 * minute });

  test.each<[string, NodeState, RunSettings, string]>([
    ['before its first step', waitingNode(), install, 'preHook'],
    ['before the one step of a scan', waitingNode(), scan, 'patch'],
    ['after its pre-hook', nodeAfter({ preHook: 'Success' }), install, 'patch'],
    ['after its patch', nodeAfter({ preHook: 'Success', patch: 'Success' }), install, 'postHook'],
    ['after a failed patch', nodeAfter({ preHook: 'Success', patch: 'Failed' }), install, 'postHook'],
    [
      'after a patch that timed out',
      nodeAfter({ preHook: 'Success', patch: 'TimedOut' }),
      install,
      'postHook',
    ],
    [
      'after a patch that was refused',
      nodeAfter({ preHook: 'Success', patch: 'Refused' }),
      install,
      'postHook',
    ],
    [
      'after the connection was lost',
      nodeAfter({ preHook: 'Success', patch: 'ConnectionLost' }),
      install,
      'postHook',
    ],
    [
      'after its post-hook',
      nodeAfter({ preHook: 'Success', patch: 'Success', postHook: 'Success' }),
      install,
      'verify',
    ],
    [
      'after a failed patch and its post-hook',
      nodeAfter({ preHook: 'Success', patch: 'Failed', postHook: 'Success' }),
      install,
      'verify',
    ],
    [
      'without a verify',
      nodeAfter({ preHook: 'Success', patch: 'Success', postHook: 'Success' }),
      unverified,
      'end',
    ],
    [
      'after a failed post-hook',
      nodeAfter({ preHook: 'Success', patch: 'Success', postHook: 'Failed' }),
      install,
      'end',
    ],
    [
      'where nothing was patched',
      nodeAfter({ preHook: 'Success', patch: 'Skipped', postHook: 'Success' }),
      install,
      'end',
    ],
    [
      'after its verify',
      nodeAfter({ preHook: 'Success', patch: 'Success', postHook: 'Success', verify: 'Failed' }),
      install,
      'end',
    ],
    ['after its scan', nodeAfter({ patch: 'Success' }), scan, 'end'],
  ])('%s', (_when, node, settings, expected) => {
    const next = nextStep(node, settings, startedAt);

    expect(next.kind === 'step' ? next.step : next.kind).toBe(expected);
  });

  test.each([
    'Failed',
    'TimedOut',
    'Undelivered',
    'Cancelled',
    'ConnectionLost',
    'Refused',
    'NoRecord',
  ] as const)('after a pre-hook that ended %s: nothing, it is not patched', (status) => {
    expect(nextStep(nodeAfter({ preHook: status }), install, startedAt)).toEqual({ kind: 'end' });
  });

  test('[F26] is its post-hook, if the window closes between pre-hook and patch', () => {
    const next = nextStep(nodeAfter({ preHook: 'Success' }), closing, startedAt);

    expect(next).toEqual({ kind: 'skipPatch', reason: expect.stringContaining('window closing') });
  });

  test('[F26] is its patch, if that just fits into the window', () => {
    const fitting = settingsOf({ deadline: startedAt + 30 * minute });

    expect(nextStep(nodeAfter({ preHook: 'Success' }), fitting, startedAt).kind).toBe('step');
    expect(nextStep(nodeAfter({ preHook: 'Success' }), fitting, startedAt + 1).kind).toBe('skipPatch');
  });
});

type Steps = Parameters<typeof nodeAfter>[0];
const untilPostHook: Steps = { preHook: 'Success', patch: 'Success', postHook: 'Success' };
const verified: Steps = { ...untilPostHook, verify: 'Success' };

describe('the outcome of an Install', () => {
  test.each<[Outcome, string, Steps, Partial<NodeState>]>([
    ['Patched', 'proven by its patch state', verified, { after: compliant }],
    [
      'AlreadyCompliant',
      'nothing was missing before or after',
      verified,
      { before: compliant, after: compliant },
    ],
    ['Patched', 'nobody had looked before', verified, { before: null, after: compliant }],
    ['NonCompliant', 'a patch is still missing', verified, { after: lacking }],
    ['NonCompliant', 'a patch failed', verified, { after: { ...compliant, failed: 1 } }],
    ['NonCompliant', 'the verify failed', { ...untilPostHook, verify: 'Failed' }, {}],
    ['NonCompliant', 'the verify was never heard of', { ...untilPostHook, verify: 'ConnectionLost' }, {}],
    [
      'Patched',
      'the command failed, the patch state shows success',
      { ...verified, patch: 'Failed' },
      { after: compliant },
    ],
    ['PatchFailed', 'the command failed', { ...verified, patch: 'Failed' }, { after: lacking }],
    ['PatchFailed', 'the command was cancelled', { ...verified, patch: 'Cancelled' }, { after: lacking }],
    [
      'PatchFailed',
      'the command failed, and nothing is known after it',
      { ...untilPostHook, patch: 'Failed' },
      {},
    ],
    ['TimedOut', 'the patch timed out', { ...verified, patch: 'TimedOut' }, { after: lacking }],
    [
      'TimedOut',
      'the patch was not delivered, and the node has answered since',
      { ...verified, patch: 'Undelivered' },
      { after: lacking },
    ],
    [
      'PatchFailed',
      'the patch was refused by SSM, and the post-hook has succeeded since',
      { preHook: 'Success', patch: 'Refused', postHook: 'Success' },
      {},
    ],
    [
      'Unreachable',
      'patch and post-hook were refused by SSM: it was not the reboot',
      { preHook: 'Success', patch: 'Refused', postHook: 'Refused' },
      {},
    ],
    [
      'Unreachable',
      'SSM has no record of the patch, and the post-hook was not delivered',
      { preHook: 'Success', patch: 'NoRecord', postHook: 'Undelivered' },
      {},
    ],
    [
      'LostAfterReboot',
      'the patch was never answered, nor was the post-hook',
      { preHook: 'Success', patch: 'Undelivered', postHook: 'Undelivered' },
      {},
    ],
    ['Unknown', 'SSM knows nothing of the patch', { ...untilPostHook, patch: 'NoRecord' }, {}],
    ['PreHookFailed', 'the pre-hook failed', { preHook: 'Failed' }, {}],
    ['PreHookFailed', 'the pre-hook timed out', { preHook: 'TimedOut' }, {}],
    ['PreHookFailed', 'the pre-hook was cancelled', { preHook: 'Cancelled' }, {}],
    ['Unreachable', 'the pre-hook was never delivered', { preHook: 'Undelivered' }, {}],
    ['Unreachable', 'the connection was lost in the pre-hook', { preHook: 'ConnectionLost' }, {}],
    ['Unreachable', 'SSM does not accept the node', { preHook: 'Refused' }, {}],
    ['Unknown', 'SSM knows nothing of the pre-hook', { preHook: 'NoRecord' }, {}],
    [
      'PostHookFailed',
      'the post-hook failed',
      { ...untilPostHook, postHook: 'Failed' },
      { after: compliant },
    ],
    [
      'PostHookFailed',
      'the post-hook failed after a failed patch',
      { preHook: 'Success', patch: 'Failed', postHook: 'Failed' },
      {},
    ],
    ['PostHookFailed', 'the post-hook timed out', { ...untilPostHook, postHook: 'TimedOut' }, {}],
    [
      'PostHookFailed',
      'the post-hook failed where nothing was patched',
      { preHook: 'Success', patch: 'Skipped', postHook: 'Failed' },
      {},
    ],
    [
      'LostAfterReboot',
      'the node was lost in the patch and stays lost',
      { preHook: 'Success', patch: 'ConnectionLost', postHook: 'Undelivered' },
      {},
    ],
    [
      'Unreachable',
      'the node was lost after it had been patched',
      { ...untilPostHook, postHook: 'ConnectionLost' },
      {},
    ],
    [
      'Unreachable',
      'the node was lost where nothing was patched',
      { preHook: 'Success', patch: 'Skipped', postHook: 'Undelivered' },
      {},
    ],
    [
      'NotReached',
      'the window closed before the patch',
      { preHook: 'Success', patch: 'Skipped', postHook: 'Success' },
      {},
    ],
  ])('is %s if %s', (outcome, _why, steps, rest) => {
    const ending = endingOf(nodeAfter(steps, rest), install);

    expect(ending.outcome).toBe(outcome);
  });

  test('[F15] is PatchedPendingReboot if the policy does not reboot and a reboot is pending', () => {
    const ending = endingOf(nodeAfter(verified, { after: awaitingReboot }), noReboot);

    expect(ending).toEqual({ outcome: 'PatchedPendingReboot', reason: '2 pending a reboot' });
  });

  test('says of a pre-hook that was not delivered that nobody knows whether it ran', () => {
    const { outcome, reason } = endingOf(nodeAfter({ preHook: 'Undelivered' }), install);

    expect(outcome).toBe('Unreachable');
    expect(reason).toMatch(/^pre-hook: Undelivered.*; whether it ran is not known$/);
  });

  test('[F15] is not LostAfterReboot where nothing reboots', () => {
    const lost = nodeAfter({ preHook: 'Success', patch: 'ConnectionLost', postHook: 'Undelivered' });

    expect(endingOf(lost, noReboot).outcome).toBe('Unreachable');
  });

  test('[F07] is no success if all commands succeeded and no patch state of this run appeared', () => {
    const ending = endingOf(nodeAfter(verified), install);

    expect(ending).toEqual({
      outcome: 'NonCompliant',
      reason: 'not proven: no patch state of this run appeared',
    });
  });

  test('[F07] is not proven by commands alone where the policy does not verify', () => {
    expect(endingOf(nodeAfter(untilPostHook), unverified).outcome).toBe('NonCompliant');
    expect(endingOf(nodeAfter(untilPostHook, { after: compliant }), unverified).outcome).toBe('Patched');
  });

  test('has a reason with the step, its status and what the node wrote', () => {
    const node = waitingNode(1, { steps: [stepOf('preHook', 'Failed', { detail: 'exit 1' })] });

    expect(endingOf(node, install).reason).toBe('pre-hook: Failed (exit 1)');
  });

  test('says of a node that was lost that its post-hook is owed', () => {
    const lost = nodeAfter({ preHook: 'Success', patch: 'ConnectionLost', postHook: 'Undelivered' });

    expect(endingOf(lost, install).reason).toContain('its post-hook is owed');
  });
});

describe('the outcome of a Scan', () => {
  test.each<[Outcome, string, Steps, Partial<NodeState>]>([
    ['Scanned', 'nothing is missing', { patch: 'Success' }, { after: compliant }],
    ['Scanned', 'something is missing: that is what it is for', { patch: 'Success' }, { after: lacking }],
    ['PatchFailed', 'no patch state of it appeared', { patch: 'Success' }, {}],
    ['PatchFailed', 'it failed', { patch: 'Failed' }, { after: compliant }],
    ['TimedOut', 'it timed out', { patch: 'TimedOut' }, {}],
    ['Unreachable', 'it was not delivered', { patch: 'Undelivered' }, {}],
    ['Unreachable', 'SSM does not accept the node', { patch: 'Refused' }, {}],
  ])('is %s if %s', (outcome, _why, steps, rest) => {
    expect(endingOf(nodeAfter(steps, rest), scan).outcome).toBe(outcome);
  });

  test('names what is missing', () => {
    expect(endingOf(nodeAfter({ patch: 'Success' }, { after: lacking }), scan).reason).toBe('3 missing');
    expect(endingOf(nodeAfter({ patch: 'Success' }, { after: compliant }), scan).reason).toBe('compliant');
  });
});

test('a post-hook is owed exactly where the pre-hook succeeded and the post-hook did not', () => {
  expect(owesPostHook(nodeAfter({ preHook: 'Success' }))).toBe(true);
  expect(owesPostHook(nodeAfter({ preHook: 'Success', patch: 'Success', postHook: 'Failed' }))).toBe(true);
  expect(owesPostHook(nodeAfter(untilPostHook))).toBe(false);
  expect(owesPostHook(nodeAfter({ preHook: 'Failed' }))).toBe(false);
  expect(owesPostHook(waitingNode())).toBe(false);
});
