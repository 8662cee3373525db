import type { RunRecord } from '../../../shared/domain/account.ts';
import type { Step } from '../../../shared/domain/step.ts';
import { stillAtWork } from '../../../shared/domain/still-at-work.ts';
import { hour, minute, nodeIdOf, settingsOf, startedAt } from '../../support/domain-builders.ts';

const settings = settingsOf();
const endedAt = new Date(startedAt + hour).toISOString();
const place = { accountId: '111122223333', region: 'us-east-1' };

function nodeWith(step: Step, status: string, commandId: string | null = 'c1'): RunRecord['nodes'][number] {
  const at = new Date(startedAt + 50 * minute).toISOString();
  return {
    nodeId: nodeIdOf(1),
    scope: place,
    wave: 1,
    batch: 'w1-b1',
    outcome: 'Unknown',
    reason: 'its batch died',
    steps: [{ step, commandId, status, startedAt: at, endedAt: status === 'InProgress' ? null : at }],
  };
}

const untilOf = (node: RunRecord['nodes'][number]) =>
  stillAtWork({ nodes: [node], endedAt }, settings).map(({ until }) => (until - startedAt) / minute);

describe('a node that may still be worked on', () => {
  test.each<[string, ReturnType<typeof nodeWith>, number[]]>([
    ['is one with a hook, until SSM gives it up', nodeWith('preHook', 'InProgress'), [50 + 15 + 2]],
    ['is one with a patch, likewise', nodeWith('patch', 'InProgress'), [50 + 125 + 2]],
    ['is one with a verify, likewise', nodeWith('verify', 'InProgress'), [50 + 125 + 2]],
    [
      'is one whose command nobody knows: it may be sent by a function that has not ended',
      nodeWith('postHook', 'InProgress', null),
      [60 + 130 / 60 + 15 + 2],
    ],
    ['is none whose step has ended', nodeWith('patch', 'Failed'), []],
    ['is none that was never begun', { ...nodeWith('patch', 'Failed'), steps: [] }, []],
  ])('%s', (_what, node, minutes) => {
    expect(untilOf(node)).toEqual(minutes.map((each) => expect.closeTo(each, 6)));
  });
});
