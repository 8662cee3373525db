import fc from 'fast-check';
import { rolloutTimes } from '../../../../shared/domain/sla/rollout-times.ts';
import { hour, minute } from '../../../support/domain-builders.ts';
import { seeded } from '../../../support/seeded.ts';

const span = { cutoffAfter: 3 * hour, closesAfter: 4 * hour };
const atOnce = { waves: ['100%'], bakeMinutes: 0, maxConcurrency: '2' };

const nodesOf = (...minutes: readonly number[]) =>
  minutes.map((each, index) => ({ key: String.fromCharCode(97 + index), seconds: each * 60 }));

/** Start and end in minutes, by node. */
function timesOf(nodes: ReturnType<typeof nodesOf>, rollout: Partial<typeof atOnce> = {}) {
  const stays = rolloutTimes(nodes, { rollout: { ...atOnce, ...rollout }, ...span });
  return Object.fromEntries(
    [...stays].map(([key, { startsAfter, endsAfter }]) => [key, [startsAfter / minute, endsAfter / minute]]),
  );
}

describe('the times of a rollout', () => {
  test('are those of as many nodes at once as allowed, the longest first', () => {
    expect(timesOf(nodesOf(10, 30, 20, 40))).toEqual({ d: [0, 40], b: [0, 30], c: [30, 50], a: [40, 50] });
  });

  test('begin a wave when the one before it has ended and baked', () => {
    const rollout = { waves: ['1', '100%'], bakeMinutes: 15 };

    expect(timesOf(nodesOf(10, 20, 30), rollout)).toEqual({ a: [0, 10], c: [25, 55], b: [25, 45] });
  });

  test('leave out what would start after the cutoff', () => {
    expect(Object.keys(timesOf(nodesOf(100, 90, 80, 70, 60), { maxConcurrency: '1' }))).toEqual(['a', 'b']);
    expect(timesOf(nodesOf(180, 60), { maxConcurrency: '1' })['b']).toEqual([180, 240]);
  });

  test('leave out what would not end before the close, and start a shorter one instead', () => {
    expect(timesOf(nodesOf(241, 30), { maxConcurrency: '1' })).toEqual({ b: [0, 30] });
  });

  test('begin no wave after the cutoff, nor after a wave that reached nobody', () => {
    const late = { waves: ['1', '100%'], bakeMinutes: 30 };

    expect(Object.keys(timesOf(nodesOf(150, 10), late))).toEqual(['a']);
    expect(timesOf(nodesOf(241, 10), late)).toEqual({});
  });

  test('never have more nodes in flight than allowed, nor a place idle while a node waits', () => {
    const minutes = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 40 });

    fc.assert(
      fc.property(minutes, fc.integer({ min: 1, max: 8 }), (durations, places) => {
        const nodes = nodesOf(...durations).map((node, index) => ({ ...node, key: `n${index}` }));
        const stays = rolloutTimes(nodes, {
          rollout: { ...atOnce, maxConcurrency: String(places) },
          ...span,
        });

        const inFlight = (at: number) =>
          [...stays.values()].filter((stay) => stay.startsAfter <= at && at < stay.endsAfter).length;
        for (const { startsAfter, endsAfter } of stays.values()) {
          expect(inFlight(startsAfter)).toBeLessThanOrEqual(places);
          expect(startsAfter === 0 || inFlight(startsAfter - 1) === Math.min(places, nodes.length)).toBe(
            true,
          );
          expect(startsAfter).toBeLessThanOrEqual(span.cutoffAfter);
          expect(endsAfter).toBeLessThanOrEqual(span.closesAfter);
        }
      }),
      seeded(200),
    );
  });
});
