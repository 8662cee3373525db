import { decide } from '../../../shared/domain/decide.ts';
import type { Answers } from '../../../shared/domain/turn.ts';
import {
  heard,
  minute,
  nodeAfter,
  nodeIdOf,
  openCommand,
  runningBatch,
  startedAt,
  stepOf,
  waitingNode,
} from '../../support/domain-builders.ts';

const inPostHook = nodeAfter({ preHook: 'Success', patch: 'Success', postHook: null });
const waiting = waitingNode(2);
const stillOpen = [openCommand({ sequence: 9, awaiting: [nodeIdOf(2)] })];
const busy = waitingNode(2, { steps: [stepOf('preHook', null, { sequence: 9 })] });

const failedPostHook: Partial<Answers> = {
  invocations: [{ sequence: 1, nodeId: nodeIdOf(1), status: 'Failed', endedAt: startedAt }],
};
const silent: Partial<Answers> = { pings: [{ nodeId: nodeIdOf(1), isOnline: false, lastPingAt: 0 }] };
const muchLater = startedAt + 60 * minute;

describe('a long history', () => {
  const batch = runningBatch([waiting], { legEvents: 3990 });

  test('[F29] is handed over to a fresh execution, with nothing begun that it would have to end', () => {
    const { state, sends } = decide(batch, heard({}, { events: 20 }), startedAt);

    expect(state).toMatchObject({ status: 'handedOver', legEvents: 0, turn: 1 });
    expect(sends).toEqual([]);
    expect(state.nodes).toEqual([waiting]);
  });

  test('[F29] goes on below its limit', () => {
    const { state } = decide(batch, heard({}, { events: 9 }), startedAt);

    expect(state).toMatchObject({ status: 'running', legEvents: 3999 });
  });

  test('[F29] takes along what was heard and what is awaited', () => {
    const known = runningBatch([inPostHook, busy], { legEvents: 4000 });

    const { state } = decide(known, heard(failedPostHook, { open: stillOpen }), startedAt);

    expect(state.nodes[0]?.steps.at(-1)?.status).toBe('Failed');
    expect(state.nodes[0]?.outcome).toBeNull();
    expect(state.open).toEqual(stillOpen);
  });

  test('is not handed over before the commands of lost nodes are cancelled', () => {
    const known = runningBatch([inPostHook, busy], { legEvents: 4000 });

    const { state, cancels } = decide(known, heard(silent, { open: stillOpen }), muchLater);

    expect(cancels).toHaveLength(1);
    expect(state.status).toBe('running');
    expect(decide(state, heard({}, { open: stillOpen }), muchLater).state.status).toBe('handedOver');
  });
});

describe('an urgent alert', () => {
  const roomy = { maxErrors: 50 };

  test('tells at once of a post-hook that failed', () => {
    const { urgent } = decide(runningBatch([inPostHook, busy], roomy), heard(failedPostHook), startedAt);

    expect(urgent).toEqual([
      { nodeId: nodeIdOf(1), what: 'PostHookFailed', reason: expect.stringContaining('post-hook: Failed') },
    ]);
  });

  test('tells at once of a halt', () => {
    const failed = waitingNode(1, { steps: [stepOf('preHook', null)] });

    const { urgent } = decide(runningBatch([failed, busy]), heard(failedPostHook), startedAt);

    expect(urgent).toEqual([
      { nodeId: null, what: 'Halted', reason: expect.stringContaining('error budget spent') },
    ]);
  });

  test('tells at once of a node that was lost in its patch and stays lost', () => {
    const lost = nodeAfter({ preHook: 'Success', patch: 'ConnectionLost', postHook: null });

    const { urgent } = decide(runningBatch([lost, busy], roomy), heard(silent), muchLater);

    expect(urgent.map((each) => each.what)).toEqual(['LostAfterReboot']);
  });

  test('says nothing of a node that failed before anything was stopped on it', () => {
    const failed = waitingNode(1, { steps: [stepOf('preHook', null)] });

    const { urgent } = decide(runningBatch([failed, busy], roomy), heard(failedPostHook), startedAt);

    expect(urgent).toEqual([]);
  });

  test('is paused after another one, and then comes with all that has gathered', () => {
    const gathered = [{ nodeId: nodeIdOf(7), what: 'PostHookFailed', reason: 'x' }];
    const batch = runningBatch([inPostHook, busy], {
      ...roomy,
      urgentSentAt: startedAt,
      urgentPending: gathered,
    });

    const early = decide(batch, heard(failedPostHook), startedAt + 5 * minute - 1);
    const due = decide(early.state, heard(), startedAt + 5 * minute);

    expect(early.urgent).toEqual([]);
    expect(early.state.urgentPending).toHaveLength(2);
    expect(due.urgent.map((each) => each.nodeId)).toEqual([nodeIdOf(7), nodeIdOf(1)]);
    expect(due.state).toMatchObject({ urgentPending: [], urgentSentAt: startedAt + 5 * minute });
  });

  test('is told once: the next turn is silent', () => {
    const first = decide(runningBatch([inPostHook, busy], roomy), heard(failedPostHook), startedAt);

    const second = decide(first.state, heard(failedPostHook), startedAt + 60 * minute);

    expect(second.urgent).toEqual([]);
  });
});

describe('the last turn of a batch', () => {
  test('is not the one that has an alert to send: nobody would send it', () => {
    const first = decide(runningBatch([inPostHook]), heard(failedPostHook), startedAt);
    const second = decide(first.state, heard(), startedAt);

    expect(first.urgent.map((each) => each.what)).toEqual(['Halted', 'PostHookFailed']);
    expect(first.state.status).toBe('running');
    expect(second).toMatchObject({ sends: [], cancels: [], urgent: [], state: { status: 'done' } });
  });

  test('does not wait for the pause between alerts: what is pending goes out', () => {
    const batch = runningBatch([inPostHook], { maxErrors: 5, urgentSentAt: startedAt });

    const { urgent } = decide(batch, heard(failedPostHook), startedAt + minute);

    expect(urgent.map((each) => each.what)).toEqual(['PostHookFailed']);
  });

  test('is not the one that has a command to cancel: a lost node may come back and run it', () => {
    const lost = waitingNode(1, { steps: [stepOf('preHook', null, { commandId: 'c1' })] });

    const first = decide(runningBatch([lost], { maxErrors: 5 }), heard(silent), muchLater);
    const second = decide(first.state, heard(), muchLater);

    expect(first.state.nodes[0]?.outcome).toBe('Unreachable');
    expect(first.cancels).toEqual([{ commandId: 'c1', nodeIds: [nodeIdOf(1)] }]);
    expect(first.state.status).toBe('running');
    expect(second.state.status).toBe('done');
  });
});
