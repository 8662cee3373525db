import type { NodeAccount } from '../../../shared/domain/account.ts';
import { NodeTally } from '../../../shared/domain/node-tally.ts';
import { nodeIdOf } from '../../support/domain-builders.ts';

const scope = { accountId: '111122223333', region: 'us-east-1' };
const startedAt = '2026-01-10T13:00:00.000Z';

function nodeWith(steps: NodeAccount['steps']): NodeAccount {
  return { nodeId: nodeIdOf(1), scope, wave: 1, batch: 'w1-b1', outcome: 'Unknown', reason: '', steps };
}

function unheardOf(steps: NodeAccount['steps']) {
  const tally = new NodeTally();
  tally.add(nodeWith(steps));
  return tally.attention().unheard;
}

describe('what is kept of a closed account', () => {
  const ended = {
    step: 'preHook',
    commandId: 'c1',
    status: 'Success',
    startedAt,
    endedAt: startedAt,
  } as const;
  const underWay = {
    step: 'patch',
    commandId: 'c2',
    status: 'InProgress',
    startedAt,
    endedAt: null,
  } as const;

  test('is each node whose last step was never heard of to end, with that step', () => {
    const step = { step: 'patch', commandId: 'c2', startedAt };

    expect(unheardOf([ended, underWay])).toEqual([{ nodeId: nodeIdOf(1), scope, step }]);
  });

  test('is none whose step has ended, nor one that was never begun', () => {
    expect([unheardOf([ended]), unheardOf([])]).toEqual([[], []]);
  });
});
