import { decide } from '../../../shared/domain/decide.ts';
import type { Answers } from '../../../shared/domain/turn.ts';
import {
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

const inPostHook = nodeAfter({ preHook: 'Success', patch: 'Success', postHook: null });
const stillOpen = [openCommand({ sequence: 9, awaiting: [nodeIdOf(2)] })];
const busy = waitingNode(2, { steps: [stepOf('preHook', null, { sequence: 9 })] });

const answer = { sequence: 1, nodeId: nodeIdOf(1), endedAt: startedAt };
const failedPostHook: Partial<Answers> = { invocations: [{ ...answer, status: 'Failed' }] };
const silent: Partial<Answers> = { pings: [{ nodeId: nodeIdOf(1), isOnline: false, lastPingAt: 0 }] };
const muchLater = startedAt + 60 * minute;

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
    const undelivered = { invocations: [{ ...answer, status: 'Undelivered' as const }] };

    const { urgent } = decide(runningBatch([lost, busy], roomy), heard(undelivered), muchLater);

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

  test('is paused for longer with each that went out, up to four hours', () => {
    const pauseAfter = (urgentMessages: number) => {
      const gathered = [{ nodeId: nodeIdOf(7), what: 'PostHookFailed', reason: 'x' }];
      const batch = runningBatch([busy], {
        urgentMessages,
        urgentSentAt: startedAt,
        urgentPending: gathered,
      });
      const isTold = (minutes: number) =>
        decide(batch, heard({}, { open: stillOpen }), startedAt + minutes * minute).urgent.length > 0;
      return [5, 10, 20, 40, 80, 160, 240].find(isTold);
    };

    expect([1, 2, 3, 4, 7, 40].map(pauseAfter)).toEqual([5, 10, 20, 40, 240, 240]);
  });

  test('counts the messages that went out, and not the turns without one', () => {
    const first = decide(runningBatch([inPostHook, busy], roomy), heard(failedPostHook), startedAt);
    const second = decide(first.state, heard(), startedAt + minute);

    expect([first, second].map(({ state }) => state.urgentMessages)).toEqual([1, 1]);
  });

  test('has 25 entries at most, and says how many more there are', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ ...inPostHook, nodeId: nodeIdOf(index) }));
    const invocations = many.map(({ nodeId }) => ({ ...answer, nodeId, status: 'Failed' as const }));

    const { urgent, state } = decide(
      runningBatch(many, { maxErrors: 99 }),
      heard({ invocations }),
      startedAt,
    );

    expect(urgent).toHaveLength(26);
    expect(urgent.at(-1)).toEqual({ nodeId: null, what: '35 more', reason: 'see run.json' });
    expect(state.urgentPending).toEqual([]);
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
    const settings = settingsOf({ operation: 'Scan' });
    const lost = waitingNode(1, { steps: [stepOf('patch', null, { commandId: 'c1' })] });

    const first = decide(runningBatch([lost], { settings, maxErrors: 5 }), heard(silent), muchLater);
    const second = decide(first.state, heard(), muchLater);

    expect(first.state.nodes[0]?.outcome).toBe('Unreachable');
    expect(first.cancels).toEqual([{ commandId: 'c1', nodeIds: [nodeIdOf(1)] }]);
    expect(first.state.status).toBe('running');
    expect(second.state.status).toBe('done');
  });
});
