import type { BatchState, NodeState } from '../../../shared/domain/batch.ts';
import { decide } from '../../../shared/domain/decide.ts';
import type { StepStatus } from '../../../shared/domain/step.ts';
import type { Answers } from '../../../shared/domain/turn.ts';
import {
  compliant,
  heard,
  minute,
  nodeAfter,
  nodeIdOf,
  openCommand,
  runningBatch,
  settingsOf,
  startedAt,
  stepOf,
  waitingNode,
} from '../../support/domain-builders.ts';

/** Answers for nodes 1, 2, ... in the order of the statuses, all of the command with this sequence. */
function answersOf(sequence: number, statuses: readonly StepStatus[]): Partial<Answers> {
  const endedAt = startedAt + minute;
  return {
    invocations: statuses.map((status, index) => ({
      sequence,
      nodeId: nodeIdOf(index + 1),
      status,
      endedAt,
    })),
  };
}

function waitingNodes(count: number): NodeState[] {
  return Array.from({ length: count }, (_, index) => waitingNode(index + 1));
}

function inPreHook(index: number): NodeState {
  return waitingNode(index, { steps: [stepOf('preHook', null)] });
}

function outcomesOf(state: BatchState) {
  return state.nodes.map((node) => node.outcome);
}

describe('the sliding window', () => {
  test('starts as many nodes as may be in flight, the first ones first', () => {
    const decision = decide(runningBatch(waitingNodes(5), { concurrency: 2 }), heard(), startedAt);

    expect(decision.sends.map((send) => [send.step, send.nodeIds])).toEqual([
      ['preHook', [nodeIdOf(1), nodeIdOf(2)]],
    ]);
    expect(decision.state.nodes.map((node) => node.steps.length)).toEqual([1, 1, 0, 0, 0]);
  });

  test('starts a node as another ends', () => {
    const batch = runningBatch([inPreHook(1), inPreHook(2), waitingNode(3)], {
      concurrency: 2,
      maxErrors: 9,
    });

    const { sends, state } = decide(batch, heard(answersOf(1, ['Failed'])), startedAt);

    expect(outcomesOf(state)).toEqual(['PreHookFailed', null, null]);
    expect(sends.map((send) => [send.step, send.nodeIds])).toEqual([['preHook', [nodeIdOf(3)]]]);
  });

  test('has no room for a node while others go from step to step', () => {
    const batch = runningBatch([inPreHook(1), inPreHook(2), waitingNode(3)], { concurrency: 2 });

    const { sends } = decide(batch, heard(answersOf(1, ['Success', 'Success'])), startedAt);

    expect(sends.map((send) => [send.step, send.nodeIds])).toEqual([['patch', [nodeIdOf(1), nodeIdOf(2)]]]);
  });

  test('[F09] lets each node go on without its neighbours', () => {
    const batch = runningBatch([inPreHook(1), inPreHook(2)], { open: [openCommand()] });

    const { sends, state } = decide(batch, heard(answersOf(1, ['Success'])), startedAt);

    expect(sends.map((send) => [send.step, send.nodeIds])).toEqual([['patch', [nodeIdOf(1)]]]);
    expect(state.nodes[1]).toEqual(inPreHook(2));
  });
});

describe('the error budget', () => {
  const batch = runningBatch([inPreHook(1), inPreHook(2), inPreHook(3), waitingNode(4)], {
    concurrency: 3,
    maxErrors: 1,
  });

  test('lets nodes start while it lasts', () => {
    const { state } = decide(batch, heard(answersOf(1, ['Failed'])), startedAt);

    expect(state.halt).toBeNull();
    expect(state.nodes[3]?.steps).toHaveLength(1);
  });

  test('when it is spent ends what has not begun as NotReached, and what is in flight goes on', () => {
    const { state, sends } = decide(batch, heard(answersOf(1, ['Failed', 'Failed', 'Success'])), startedAt);

    expect(state.halt).toBe('error budget spent: 2 errors in wave 1, 1 allowed');
    expect(outcomesOf(state)).toEqual(['PreHookFailed', 'PreHookFailed', null, 'NotReached']);
    expect(state.nodes[3]?.reason).toBe(state.halt);
    expect(sends.map((send) => [send.step, send.nodeIds])).toEqual([['patch', [nodeIdOf(3)]]]);
    expect(state.status).toBe('running');
  });

  test('[F08] is spent by nodes that cannot be reached, too', () => {
    const { state } = decide(batch, heard(answersOf(1, ['Undelivered', 'Undelivered'])), startedAt);

    expect(outcomesOf(state)).toEqual(['Unreachable', 'Unreachable', null, 'NotReached']);
  });

  test('is that of the wave: errors of its other batches count', () => {
    const { state } = decide(batch, heard(answersOf(1, ['Failed']), { errorsElsewhere: 1 }), startedAt);

    expect(state.halt).toContain('2 errors in wave 1');
  });

  test('stays spent: a halt is never taken back', () => {
    const halted = { ...batch, halt: 'error budget spent', maxErrors: 100 };

    expect(decide(halted, heard(), startedAt).state).toMatchObject({ halt: 'error budget spent' });
    expect(decide(halted, heard(), startedAt).state.nodes[3]?.outcome).toBe('NotReached');
  });
});

describe('a window that closes', () => {
  const needed = 1980_000;

  function startWith(millisecondsLeft: number, cutoffSeconds = 0) {
    const settings = settingsOf({ deadline: startedAt + millisecondsLeft, cutoffSeconds });
    return decide(runningBatch([waitingNode()], { settings }), heard(), startedAt);
  }

  test('[F26] starts no node that would not finish in it', () => {
    expect(startWith(needed).sends).toHaveLength(1);
    expect(startWith(needed - 1).state.nodes[0]).toMatchObject({
      outcome: 'NotReached',
      reason: 'window closing: the node would not have finished',
    });
  });

  test('[F26] starts no node past its cutoff, however quick', () => {
    const { sends, state } = startWith(3599_000, 3600);

    expect(sends).toEqual([]);
    expect(state.nodes[0]).toMatchObject({
      outcome: 'NotReached',
      reason: 'window closing: past its cutoff',
    });
  });

  test('[F26] between pre-hook and patch leaves the patch out, and sends the post-hook', () => {
    const settings = settingsOf({ deadline: startedAt + 10 * minute });
    const batch = runningBatch([inPreHook(1)], { settings });

    const { sends, state } = decide(batch, heard(answersOf(1, ['Success'])), startedAt);

    expect(sends.map((send) => [send.step, send.parameters['PatchResult']])).toEqual([
      ['postHook', ['NotRun']],
    ]);
    expect(state.nodes[0]?.steps.map((step) => [step.step, step.status])).toEqual([
      ['preHook', 'Success'],
      ['patch', 'Skipped'],
      ['postHook', null],
    ]);
  });

  test('[F26] does not stop what is in flight: the post-hook comes after it, too', () => {
    const settings = settingsOf({ deadline: startedAt - minute });
    const patching = nodeAfter({ preHook: 'Success', patch: null });

    const { sends } = decide(
      runningBatch([patching], { settings }),
      heard(answersOf(1, ['Failed'])),
      startedAt,
    );

    expect(sends.map((send) => send.step)).toEqual(['postHook']);
  });
});

describe('a run without a window', () => {
  const lastStart = startedAt + 48 * 60 * minute - 1980_000;

  test('starts no node that would not finish within 48 hours of its own start', () => {
    const startAt = (now: number) => decide(runningBatch([waitingNode()]), heard(), now);

    expect(startAt(lastStart).sends).toHaveLength(1);
    expect(startAt(lastStart + 1).sends).toEqual([]);
    expect(startAt(lastStart + 1).state.nodes[0]).toMatchObject({
      outcome: 'NotReached',
      reason: 'window closing: the node would not have finished',
    });
  });

  test('keeps to them also where its window is open for longer', () => {
    const settings = settingsOf({ deadline: startedAt + 72 * 60 * minute });

    const { sends } = decide(runningBatch([waitingNode()], { settings }), heard(), lastStart + 1);

    expect(sends).toEqual([]);
  });

  test('leaves the patch out after them, and sends the post-hook', () => {
    const succeeded = answersOf(1, ['Success']);

    const { sends } = decide(runningBatch([inPreHook(1)]), heard(succeeded), startedAt + 48 * 60 * minute);

    expect(sends.map((send) => send.step)).toEqual(['postHook']);
  });
});

describe('a batch', () => {
  test('numbers its commands on from where it was, and its nodes know theirs', () => {
    const batch = runningBatch([waitingNode(1)], { nextSequence: 41 });

    const { sends, state } = decide(batch, heard(), startedAt);

    expect(sends[0]?.sequence).toBe(41);
    expect(state.nodes[0]?.steps[0]?.sequence).toBe(41);
    expect(state).toMatchObject({ nextSequence: 42, turn: 1, status: 'running' });
  });

  test('is done when every node has its outcome', () => {
    const verifying = nodeAfter({ preHook: 'Success', patch: 'Success', postHook: 'Success', verify: null });
    const patchStates = [{ nodeId: nodeIdOf(1), counts: compliant }];

    const { state, sends } = decide(
      runningBatch([verifying]),
      heard({ ...answersOf(1, ['Success']), patchStates }),
      startedAt,
    );

    expect(state.status).toBe('done');
    expect(outcomesOf(state)).toEqual(['Patched']);
    expect(sends).toEqual([]);
  });

  test('of a Scan run knows one step only', () => {
    const settings = settingsOf({ operation: 'Scan' });

    const { sends } = decide(runningBatch([waitingNode()], { settings }), heard(), startedAt);

    expect(sends.map((send) => [send.step, send.parameters['Operation']])).toEqual([['patch', ['Scan']]]);
  });

  test('[F05] that has heard nothing decides nothing', () => {
    const batch = runningBatch([inPreHook(1), inPreHook(2)]);

    const { state, sends } = decide(batch, heard(), startedAt + 5 * minute);

    expect(sends).toEqual([]);
    expect(state.nodes).toEqual(batch.nodes);
  });

  test('decides the same from the same, and changes nothing that it was given', () => {
    const batch = runningBatch([inPreHook(1), waitingNode(2)], { maxErrors: 5 });
    const before = structuredClone(batch);

    const first = decide(batch, heard(answersOf(1, ['Success'])), startedAt);

    expect(decide(batch, heard(answersOf(1, ['Success'])), startedAt)).toEqual(first);
    expect(batch).toEqual(before);
  });
});
