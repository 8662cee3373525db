import fc from 'fast-check';
import { batchStateSchema, isInFlight } from '../../../shared/domain/batch.ts';
import type { Step } from '../../../shared/domain/step.ts';
import { cancelSchema, sendSchema } from '../../../shared/domain/turn.ts';
import { seeded } from '../../support/seeded.ts';
import { play, type Shape, type Story } from './chaotic-fleet.ts';

const shapes: fc.Arbitrary<Shape> = fc.record({
  seed: fc.nat(),
  nodes: fc.integer({ min: 1, max: 130 }),
  concurrency: fc.integer({ min: 1, max: 130 }),
  maxErrors: fc.integer({ min: 0, max: 60 }),
  operation: fc.constantFrom('Install' as const, 'Install' as const, 'Scan' as const),
  verify: fc.boolean(),
  windowMinutes: fc.option(fc.integer({ min: 1, max: 240 })),
  answerRate: fc.double({ min: 0.05, max: 1, noNaN: true }),
  failureRate: fc.double({ min: 0, max: 0.5, noNaN: true }),
  noiseRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
});

/** Every property is one sentence about the whole story of a batch. */
function always(check: (story: Story, shape: Shape) => void): void {
  fc.assert(
    fc.property(shapes, (shape) => check(play(shape), shape)),
    seeded(60),
  );
}

/** The nodes of a step's commands, each as often as it was sent. */
function sentTo(story: Story, step: Step): string[] {
  return story.sends.filter((send) => send.step === step).flatMap((send) => send.nodeIds);
}

function repeated(items: readonly string[]): string[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}

describe('whatever a fleet answers', () => {
  test('never more nodes are in flight than the concurrency', () => {
    always((story, shape) => {
      const most = Math.max(
        ...story.turns.map(({ decision }) => decision.state.nodes.filter(isInFlight).length),
      );

      expect(most).toBeLessThanOrEqual(shape.concurrency);
    });
  });

  test('[F12] no node is patched whose pre-hook has not succeeded by its own word', () => {
    always((story, shape) => {
      if (shape.operation === 'Scan') return;
      for (const { decision } of story.turns) {
        const patched = new Set(
          decision.sends.filter((send) => send.step === 'patch').flatMap((send) => send.nodeIds),
        );
        for (const node of decision.state.nodes.filter((each) => patched.has(each.nodeId))) {
          const preHook = node.steps.find((record) => record.step === 'preHook');

          expect(preHook?.status).toBe('Success');
          expect(story.said).toContain(`${preHook?.sequence} ${node.nodeId} Success`);
        }
      }
    });
  });

  test('exactly one post-hook follows each successful pre-hook, and none any other', () => {
    always((story) => {
      const succeeded = story.end.nodes.filter((node) =>
        node.steps.some((record) => record.step === 'preHook' && record.status === 'Success'),
      );

      expect(sentTo(story, 'postHook').toSorted()).toEqual(succeeded.map((node) => node.nodeId).toSorted());
    });
  });

  test('[F12] no step of a node is sent twice', () => {
    always((story) => {
      const sent = story.sends.flatMap((send) => send.nodeIds.map((nodeId) => `${send.step} ${nodeId}`));

      expect(repeated(sent)).toEqual([]);
    });
  });

  test('no node starts in or after the turn of a halt', () => {
    always((story, shape) => {
      const first = shape.operation === 'Scan' ? 'patch' : 'preHook';
      const halted = story.turns.filter(({ decision }) => decision.state.halt !== null);

      const started = halted.flatMap(({ decision }) => decision.sends.filter((send) => send.step === first));
      expect(started).toEqual([]);
    });
  });

  test('[F26] no node starts that would not finish in the window', () => {
    always((story, shape) => {
      const first = shape.operation === 'Scan' ? 'patch' : 'preHook';
      for (const { decision, before, now } of story.turns) {
        const deadline = before.settings.deadline ?? Number.POSITIVE_INFINITY;
        const started = new Set(
          decision.sends.filter((send) => send.step === first).flatMap((send) => send.nodeIds),
        );
        const late = before.nodes.filter(
          (node) => started.has(node.nodeId) && now + node.expected.total * 1000 > deadline,
        );

        expect(late).toEqual([]);
      }
    });
  });

  test('every node ends with one outcome, which never changes and has its reason where it is none of success', () => {
    always((story) => {
      for (const { before, decision } of story.turns) {
        const changed = before.nodes.filter(
          (node, index) => node.outcome !== null && decision.state.nodes[index]?.outcome !== node.outcome,
        );

        expect(changed).toEqual([]);
      }
      const silent = story.end.nodes.filter(
        (node) =>
          node.outcome === null ||
          (node.reason === '' && !['Patched', 'AlreadyCompliant'].includes(node.outcome)),
      );
      expect(silent).toEqual([]);
    });
  });

  test('[F07] no node is called patched without a patch state of its own', () => {
    always((story) => {
      const unproven = story.end.nodes.filter(
        (node) =>
          ['Patched', 'AlreadyCompliant', 'PatchedPendingReboot', 'Scanned'].includes(node.outcome ?? '') &&
          node.after === null,
      );

      expect(unproven).toEqual([]);
    });
  });

  test('[F01] every command is one that SSM takes, and can be told from every other', () => {
    always((story) => {
      const comments = story.sends.map((send) => send.comment);

      expect(story.sends.map((send) => sendSchema.parse(send))).toEqual(story.sends);
      expect(repeated(comments)).toEqual([]);
      expect(repeated(story.sends.map((send) => String(send.sequence)))).toEqual([]);
    });
  });

  test('a state that an execution leaves behind can be read back, and every turn is numbered', () => {
    always((story) => {
      const states = story.turns.map(({ decision }) => decision.state);

      const kept = states.filter((state) => state.status !== 'running');
      expect(kept.map((state) => batchStateSchema.parse(state))).toEqual(kept);
      expect(states.map((state) => state.turn)).toEqual(states.map((_, index) => index + 1));
    });
  });

  test('nothing that has to be done is left to a turn that has no successor', () => {
    always((story) => {
      for (const { decision } of story.turns) {
        expect(decision.cancels.map((cancel) => cancelSchema.parse(cancel))).toEqual(decision.cancels);
        if (decision.state.status === 'running') continue;
        expect([decision.sends, decision.cancels, decision.urgent]).toEqual([[], [], []]);
      }
      expect(story.end.urgentPending).toEqual([]);
    });
  });
});

test('the stories are worth telling: they halt, hand over, lose nodes, close windows, and patch', () => {
  const stories = fc.sample(shapes, { seed: 20260110, numRuns: 60 }).map(play);

  const ends = stories.map((story) => story.end);
  const outcomes = new Set(ends.flatMap((end) => end.nodes.map((node) => node.outcome)));
  const statuses = new Set(
    stories.flatMap((story) => story.turns.map(({ decision }) => decision.state.status)),
  );
  const lost = stories.flatMap((story) => story.turns.flatMap(({ decision }) => decision.cancels));
  expect(ends.some((end) => end.halt !== null)).toBe(true);
  expect(statuses).toEqual(new Set(['running', 'handedOver', 'done']));
  expect(lost.length).toBeGreaterThan(0);
  expect(new Set(stories.flatMap(({ late }) => late.map((send) => send.step)))).toEqual(
    new Set(['preHook', 'patch']),
  );
  expect([...outcomes]).toEqual(
    expect.arrayContaining([
      'Patched',
      'NonCompliant',
      'PreHookFailed',
      'PostHookFailed',
      'NotReached',
      'Unreachable',
      'Scanned',
    ]),
  );
});
