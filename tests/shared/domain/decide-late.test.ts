import { type Decision, decide } from '../../../shared/domain/decide.ts';
import type { Sent } from '../../../shared/domain/turn.ts';
import {
  heard,
  minute,
  nodeAfter,
  nodeIdOf,
  runningBatch,
  settingsOf,
  startedAt,
  waitingNode,
} from '../../support/domain-builders.ts';

const settings = settingsOf({ deadline: startedAt + 60 * minute });
const quick = { expected: { patch: 600, verify: 60, total: 780 } };
const slow = { expected: { patch: 1800, verify: 60, total: 1980 } };

/** What the next decision is when SSM took none of the commands, because it was too late for them. */
function afterHoldingBack({ state, sends }: Decision, until: number): Decision {
  const sent = sends.map(({ sequence, nodeIds }): Sent => {
    return { sequence, commands: [], refused: [], late: [...nodeIds] };
  });
  return decide(state, heard({ sent }, { open: [] }), until);
}

const stepsSent = ({ sends }: Decision) => sends.map(({ step, nodeIds }) => [step, nodeIds]);

describe('a command that was held back until it was too late for it', () => {
  test('of a pre-hook: its node ends NotReached, because the window closes', () => {
    const batch = runningBatch([waitingNode(1, slow)], { settings });

    const next = afterHoldingBack(decide(batch, heard(), startedAt), startedAt + 28 * minute);

    expect(next.state.nodes).toMatchObject([
      {
        outcome: 'NotReached',
        reason: 'window closing: the node would not have finished',
        steps: [],
      },
    ]);
    expect(next.state.status).toBe('done');
    expect(next.sends).toEqual([]);
  });

  test('is sent anew to whoever still has the time, by a command that is not taken for the first', () => {
    const batch = runningBatch([waitingNode(1, slow), waitingNode(2, quick)], { settings });
    const first = decide(batch, heard(), startedAt);

    const next = afterHoldingBack(first, startedAt + 28 * minute);

    expect(stepsSent(first)).toEqual([['preHook', [nodeIdOf(1), nodeIdOf(2)]]]);
    expect(stepsSent(next)).toEqual([['preHook', [nodeIdOf(2)]]]);
    expect(next.sends[0]?.comment).not.toBe(first.sends[0]?.comment);
    expect(next.state.nodes.map((node) => node.outcome)).toEqual(['NotReached', null]);
  });

  test('of a patch: it is passed over, and the post-hook follows, told that no patch has run', () => {
    const batch = runningBatch([nodeAfter({ preHook: 'Success' }, slow)], { settings });
    const first = decide(batch, heard(), startedAt);

    const next = afterHoldingBack(first, startedAt + 31 * minute);

    expect(stepsSent(first)).toEqual([['patch', [nodeIdOf(1)]]]);
    expect(next.sends).toMatchObject([{ step: 'postHook', parameters: { PatchResult: ['NotRun'] } }]);
    expect(next.state.nodes[0]?.steps.map(({ step, status }) => [step, status])).toEqual([
      ['preHook', 'Success'],
      ['patch', 'Skipped'],
      ['postHook', null],
    ]);
  });

  test('of a scan: its node ends NotReached', () => {
    const scan = settingsOf({ ...settings, operation: 'Scan' });
    const batch = runningBatch([waitingNode(1, slow)], { settings: scan });

    const next = afterHoldingBack(decide(batch, heard(), startedAt), startedAt + 28 * minute);

    expect(next.state.nodes).toMatchObject([{ outcome: 'NotReached', steps: [] }]);
  });

  test('lets nobody start who was held back beyond a halt', () => {
    const batch = runningBatch([waitingNode(1, slow), waitingNode(2, quick)], { settings });
    const first = decide(batch, heard(), startedAt);

    const next = afterHoldingBack(
      { ...first, state: { ...first.state, halt: 'error budget spent' } },
      startedAt + 28 * minute,
    );

    expect(next.state.nodes.map(({ outcome, reason }) => [outcome, reason])).toEqual(
      Array(2).fill(['NotReached', 'error budget spent']),
    );
  });
});
