import type { Unheard } from '../../../shared/domain/account.ts';
import type { Step } from '../../../shared/domain/step.ts';
import { stillAtWork } from '../../../shared/domain/still-at-work.ts';
import { hour, minute, nodeIdOf, settingsOf, startedAt } from '../../support/domain-builders.ts';

const settings = settingsOf();
const endedAt = new Date(startedAt + hour).toISOString();
const scope = { accountId: '111122223333', region: 'us-east-1' };

function unheardIn(step: Step, commandId: string | null = 'c1'): Unheard {
  const at = new Date(startedAt + 50 * minute).toISOString();
  return { nodeId: nodeIdOf(1), scope, step: { step, commandId, startedAt: at } };
}

const untilOf = (node: Unheard) =>
  stillAtWork({ unheard: [node], endedAt }, settings).map(({ until }) => (until - startedAt) / minute);

describe('a node that may still be worked on', () => {
  test.each<[string, Unheard, number]>([
    ['with a hook, until SSM gives it up', unheardIn('preHook'), 50 + 15 + 2],
    ['with a patch, likewise', unheardIn('patch'), 50 + 125 + 2],
    ['with a verify, likewise', unheardIn('verify'), 50 + 125 + 2],
    [
      'with a command that nobody knows: it may be sent by a function that has not ended',
      unheardIn('postHook', null),
      60 + 130 / 60 + 15 + 2,
    ],
  ])('is one %s', (_what, node, minutes) => {
    expect(untilOf(node)).toEqual([expect.closeTo(minutes, 6)]);
  });
});
