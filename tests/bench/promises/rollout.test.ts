import {
  haltsOnErrors,
  keepsTheConcurrency,
  patchesFromOneSnapshot,
  respectsTheWindow,
  slides,
} from '../../../bench/promises/rollout.ts';
import { evidence, life, startsAt, step } from '../evidence-builders.ts';

/** Four nodes, two at once, each starting as another ends. */
const sliding = evidence({ nodes: 4, executions: [...life(0), ...life(1), ...life(2, 10), ...life(3, 10)] });

/** The same, each step waiting for the slowest. */
const barrier = evidence({
  nodes: 2,
  executions: [
    step(0, 'preHook', { from: 0, to: 1 }),
    step(1, 'preHook', { from: 0, to: 9 }),
    step(0, 'Install', { from: 9, to: 10 }),
    step(1, 'Install', { from: 9, to: 10 }),
  ],
});

describe('the sliding window', () => {
  test('slides when a node starts as another ends, and none waits for its neighbours', () => {
    expect(slides(sliding)).toBe(true);
  });

  test('does not slide when a node waits between its steps', () => {
    expect(slides(barrier)).toBe(false);
  });

  test('does not slide when places stand empty while nodes wait for their start', () => {
    const executions = [...life(0), ...life(1), ...life(2, 40), ...life(3, 40)];

    expect(slides(evidence({ nodes: 4, executions }))).toBe(false);
  });
});

describe('the concurrency', () => {
  test('is kept when a node starts in the instant in which another ends', () => {
    expect(keepsTheConcurrency(sliding)).toBe(true);
  });

  test('is broken by a third node between its first step and its last', () => {
    const executions = [...life(0), ...life(1), ...life(2, 9)];

    expect(keepsTheConcurrency(evidence({ nodes: 3, executions }))).toBe(false);
  });
});

describe('the snapshot', () => {
  test.each([
    [['one', 'one'], true],
    [['one', 'two'], false],
    [['', ''], false],
    [[], false],
  ])('of %j is one for the run: %s', (snapshotIds, isOne) => {
    expect(patchesFromOneSnapshot(evidence({ executions: [], snapshotIds }))).toBe(isOne);
  });
});

describe("the window's end", () => {
  const closing = (minutes: number) => ({ ...sliding, deadline: startsAt + minutes * 60_000 });

  test('is respected when every node starts in time for what is expected of it: here seven minutes', () => {
    expect([closing(25), closing(16)].map(respectsTheWindow)).toEqual([true, true]);
  });

  test('is broken by a node that starts when less than that is left, or after it', () => {
    expect([closing(15), closing(9)].map(respectsTheWindow)).toEqual([false, false]);
  });

  test('is not broken by a node that takes longer than anybody could expect', () => {
    const long = evidence({
      executions: [step(0, 'Install', { from: 0, to: 60 })],
      rest: { deadline: startsAt + 20 * 60_000 },
    });

    expect(respectsTheWindow(long)).toBe(true);
  });

  test('is not respected by a run without one', () => {
    expect(respectsTheWindow(sliding)).toBe(false);
  });
});

describe('the error budget', () => {
  const failures = [0, 1].map((index) => step(index, 'preHook', { from: 0, to: 1, result: 'Failed' }));

  test('halts the run once it is spent', () => {
    const executions = [...failures, ...life(2, 2)];

    expect(haltsOnErrors(evidence({ nodes: 3, executions }), true)).toBe(true);
  });

  test('has not halted a run in which a node starts long after, or in which post-hooks are owed', () => {
    const executions = [...failures, ...life(2, 20)];

    expect(haltsOnErrors(evidence({ nodes: 3, executions }), true)).toBe(false);
    expect(haltsOnErrors(evidence({ nodes: 2, executions: failures }), false)).toBe(false);
  });

  test('proves nothing when it was never spent', () => {
    expect(haltsOnErrors(evidence({ executions: failures.slice(1) }), true)).toBe(false);
  });
});
