import { openCommandOf } from '../../../shared/domain/command.ts';
import { type Decision, decide } from '../../../shared/domain/decide.ts';
import type { OpenCommand } from '../../../shared/domain/turn.ts';
import {
  heard,
  hour,
  nodeIdOf,
  openCommand,
  runningBatch,
  settingsOf,
  startedAt,
  stepOf,
  waitingNode,
} from '../../support/domain-builders.ts';

function waitingNodes(count: number, from = 0) {
  return Array.from({ length: count }, (_, index) => waitingNode(from + index));
}

/** The commands that SSM has taken of what was decided. */
function openedBy({ sends }: Decision): OpenCommand[] {
  return sends.map((send) =>
    openCommandOf(send, {
      commandId: `c${send.sequence}`,
      sentAt: startedAt,
      expiresAt: null,
      nodeIds: send.nodeIds,
    }),
  );
}

const startedIn = (decision: Decision) => decision.sends.flatMap((send) => send.nodeIds).length;

describe('a batch with more room than one turn may start', () => {
  test('goes on to start in the next turns, without any news, until its room is taken', () => {
    const decisions: Decision[] = [];
    const open: OpenCommand[] = [];
    let state = runningBatch(waitingNodes(2_500), { concurrency: 2_400 });
    do {
      const decision = decide(state, heard({}, { open }), startedAt);
      open.push(...openedBy(decision));
      decisions.push(decision);
      state = decision.state;
    } while (decisions.at(-1)?.hasMoreToStart && decisions.length < 9);

    expect(decisions.map(startedIn)).toEqual([500, 500, 500, 500, 400]);
    expect(new Set(open.flatMap((command) => command.awaiting)).size).toBe(2_400);
    expect(state.nodes.every((node) => node.outcome === null)).toBe(true);
  });
});

describe('a batch has no more to start', () => {
  const busy = waitingNode(1, { steps: [stepOf('preHook', null)] });
  const open = [openCommand({ sequence: 1, awaiting: [nodeIdOf(1)] })];

  test.each([
    ['when all of its nodes were started', runningBatch(waitingNodes(500))],
    ['when its room is taken', runningBatch(waitingNodes(600), { concurrency: 500 })],
    ['when it was halted', runningBatch([busy, ...waitingNodes(600, 2)], { halt: 'error budget spent' })],
    [
      'when its time is up',
      runningBatch([busy, ...waitingNodes(600, 2)], {
        settings: settingsOf({ deadline: startedAt + hour / 4 }),
      }),
    ],
    [
      'when its history is long',
      runningBatch([busy, ...waitingNodes(600, 2)], { sharesBudget: true, legEvents: 16_000 }),
    ],
  ])('%s', (_what, batch) => {
    const decision = decide(batch, heard({}, { open }), startedAt);

    expect(decision.hasMoreToStart).toBe(false);
  });
});
