import { evaluateBatch } from '../../../functions/evaluate-result/evaluate-batch.ts';
import { noAnswers, type Turn } from '../../../shared/domain/turn.ts';
import { answered, ids, runOf, start } from './planned-batch.ts';

/** The turn as it comes back when SSM has refused all of its sends. */
function refused(turn: Turn): Turn {
  const sent = turn.sends.map(({ sequence, nodeIds }) => ({
    sequence,
    commands: [],
    refused: nodeIds.map((nodeId) => ({ nodeId, reason: 'AccessDeniedException: not so' })),
  }));
  return { ...turn, sends: [], answers: { ...noAnswers, sent } };
}

describe('a node whose patch was refused', () => {
  test('gets its post-hook, which is told that nothing was run, and ends as PatchFailed', async () => {
    const { dependencies, newest } = await runOf(2);
    const first = await evaluateBatch(start, dependencies);
    const patching = await evaluateBatch(answered(first, 'Success'), dependencies);

    const postHook = await evaluateBatch(refused(patching), dependencies);
    const last = await evaluateBatch(answered(postHook, 'Success'), dependencies);

    expect(postHook.sends.map((send) => [send.step, send.parameters['PatchResult']])).toEqual([
      ['postHook', ['NotRun']],
    ]);
    expect(last).toMatchObject({ next: 'done', sends: [], urgent: [] });
    expect((await newest()).nodes.map((node) => [node.outcome, node.reason])).toEqual(
      ids(2).map(() => ['PatchFailed', 'patch: Refused (AccessDeniedException: not so)']),
    );
  });

  test('whose post-hook is refused as well is told of at once: it is owed', async () => {
    const { dependencies, newest } = await runOf(1);
    const first = await evaluateBatch(start, dependencies);
    const patching = await evaluateBatch(answered(first, 'Success'), dependencies);
    const postHook = await evaluateBatch(refused(patching), dependencies);

    const last = await evaluateBatch(refused(postHook), dependencies);

    expect(last).toMatchObject({ next: 'alert', urgent: [{ nodeId: ids(1)[0], what: 'Unreachable' }] });
    expect((await newest()).nodes[0]?.reason).toContain('its post-hook is owed');
  });
});
