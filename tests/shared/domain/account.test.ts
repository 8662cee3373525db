import { runRecordSchema } from '../../../shared/domain/account.ts';
import type { BatchState, NodeState } from '../../../shared/domain/batch.ts';
import type { Ending } from '../../../shared/domain/close-batch.ts';
import type { Outcome } from '../../../shared/domain/outcome.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { noUsage } from '../../../shared/domain/usage.ts';
import { closedRecord } from '../../support/closed-record.ts';
import {
  home,
  hour,
  nodeAfter,
  nodeIdOf,
  planWith,
  runningBatch,
  startedAt,
  waitingNode,
  waveOf,
} from '../../support/domain-builders.ts';

const wellEnded: Ending = { waveIndex: 0, isHalted: false, reason: 'all waves are done', error: null };

function ended(outcome: Outcome, index = 1): NodeState {
  return waitingNode(index, { outcome, reason: 'because' });
}

function doneBatch(nodes: readonly NodeState[], rest: Partial<BatchState> = {}): BatchState {
  return runningBatch(nodes, { status: 'done', turn: 9, ...rest });
}

function recordOf(run: {
  readonly plan?: Plan;
  readonly batches?: readonly BatchState[];
  readonly ending?: Partial<Ending>;
}) {
  return closedRecord({
    plan: run.plan ?? planWith(),
    batches: run.batches ?? [doneBatch([ended('Patched')])],
    ending: { ...wellEnded, ...run.ending },
    usage: noUsage,
    now: startedAt + hour,
  });
}

describe('the closed account', () => {
  test('has every node of the plan exactly once, and its outcomes sum to the scope', () => {
    const leftOut = [{ nodeId: nodeIdOf(9), scope: home, outcome: 'OptedOut' as const, reason: 'tag' }];
    const batches = [
      doneBatch([ended('Patched', 1), ended('PatchFailed', 2)]),
      doneBatch([ended('Patched', 3)], { batchId: 'w1-b2' }),
    ];

    const record = recordOf({ plan: planWith({ leftOut }), batches });

    expect(record.outcomes).toEqual({ Patched: 2, PatchFailed: 1, OptedOut: 1 });
    expect(record.nodesInScope).toBe(4);
    expect(new Set(record.nodes.map((node) => node.nodeId)).size).toBe(4);
    expect(record.nodes.at(-1)).toMatchObject({ wave: null, batch: null, outcome: 'OptedOut', steps: [] });
  });

  test('says Unknown of nodes whose batch died, and at which step', () => {
    const died = doneBatch(
      [nodeAfter({ preHook: 'Success', patch: null }), waitingNode(2), ended('Patched', 3)],
      {
        status: 'running',
      },
    );

    const record = recordOf({ batches: [died] });

    expect(record.nodes.map((node) => [node.outcome, node.reason])).toEqual([
      ['Unknown', 'its batch died during patch'],
      ['Unknown', 'its batch died before it started'],
      ['Patched', 'because'],
    ]);
    expect(record.nodes[0]?.steps.map((step) => step.status)).toEqual(['Success', 'InProgress']);
    expect(record).toMatchObject({ status: 'Failed', reason: 'batches died: w1-b1' });
  });

  test('says NotReached of waves that the run did not come to, and why', () => {
    const second = runningBatch([waitingNode(2)], { batchId: 'w2-b1', waveIndex: 1, status: 'planned' });
    const plan = planWith({ waves: [waveOf(0), waveOf(1)] });
    const batches = [doneBatch([ended('Patched')]), second];

    const because = (ending: Partial<Ending>) => recordOf({ plan, batches, ending }).nodes[1];

    expect(because({ reason: 'window closing' })).toMatchObject({
      outcome: 'NotReached',
      reason: 'window closing',
    });
    expect(because({ reason: null })).toMatchObject({ reason: 'the run ended before its wave' });
    expect(because({ error: 'States.Timeout: x' })).toMatchObject({ reason: 'States.Timeout: x' });
  });

  test('believes the batches, if the run does not know how far it came', () => {
    const died = doneBatch([nodeAfter({ preHook: null })], { status: 'running' });

    const record = recordOf({ batches: [died], ending: { waveIndex: null, reason: null } });

    expect(record.nodes[0]?.outcome).toBe('Unknown');
  });
});

describe('the end of a run', () => {
  const nothing = planWith({ waves: [] });
  const leavingOut = (...outcomes: readonly Outcome[]): Plan => ({
    ...nothing,
    leftOut: outcomes.map((outcome, index) => ({
      nodeId: nodeIdOf(index),
      scope: home,
      outcome,
      reason: 'x',
    })),
  });
  const errors = [doneBatch([ended('PatchFailed', 1), ended('NotReached', 2)])];

  test.each<[string, Parameters<typeof recordOf>[0], string, string]>([
    ['a good one', {}, 'Succeeded', 'all waves are done'],
    ['one with a fault', { ending: { error: 'Lambda.Unknown: x' } }, 'Failed', 'Lambda.Unknown: x'],
    [
      'one with a halted batch',
      { batches: [doneBatch([ended('Patched')], { halt: 'spent' })] },
      'Halted',
      'spent',
    ],
    [
      'one with the budget of a wave spent',
      { ending: { isHalted: true, reason: 'error budget spent: 2' } },
      'Halted',
      'error budget spent: 2',
    ],
    [
      'one that patched nobody',
      { batches: errors },
      'Failed',
      'no node of 2 ended well; the first: PatchFailed, because',
    ],
    [
      'one that was to patch what does not answer',
      { plan: leavingOut('Unreachable', 'OptedOut'), batches: [] },
      'Failed',
      'no node of 2 ended well; the first: Unreachable, x',
    ],
    [
      'one that was to patch what Systems Manager does not know',
      { plan: leavingOut('Stopped', 'Unmanaged'), batches: [] },
      'Failed',
      'no node of 2 ended well; the first: Unmanaged, x',
    ],
    [
      'one that patched one node, and left the others',
      { plan: { ...planWith(), leftOut: leavingOut('Unreachable').leftOut } },
      'Succeeded',
      'all waves are done',
    ],
    [
      'one without nodes',
      { plan: nothing, batches: [] },
      'Succeeded',
      'no node carries the tags of the policy',
    ],
    [
      'one whose nodes all have opted out, or are stopped',
      { plan: leavingOut('OptedOut', 'Stopped'), batches: [] },
      'Succeeded',
      'there was nothing to do',
    ],
  ])('%s', (_what, run, status, reason) => {
    expect(recordOf(run)).toMatchObject({ status, reason });
  });
});

describe('the record of a run', () => {
  test('is what its schema says, and survives JSON', () => {
    const node = nodeAfter({ preHook: 'Success', patch: 'Failed' }, { outcome: 'PatchFailed' });

    const record = recordOf({ batches: [doneBatch([node])] });

    expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  test('spans from the start to the last end of a step', () => {
    const node = nodeAfter({ preHook: 'Success', patch: 'Success' }, { outcome: 'Patched' });

    const record = recordOf({ batches: [doneBatch([node])] });

    expect(record).toMatchObject({
      startedAt: '2026-01-10T22:00:00.000Z',
      endedAt: '2026-01-10T23:00:00.000Z',
      makespanSeconds: 60,
      lowerBoundSeconds: 120,
    });
  });

  test('without a step has no length', () => {
    expect(recordOf({})).toMatchObject({ makespanSeconds: 0, lowerBoundSeconds: 0 });
  });
});
