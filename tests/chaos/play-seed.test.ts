import { chaosFaults } from '../../chaos/chaos-faults.ts';
import { playOfSeed, playSeed, shrinkSeed } from '../../chaos/play-seed.ts';
import { seedOfRun } from '../../chaos/seeds.ts';

const seeds = Array.from({ length: 200 }, (_, index) => seedOfRun(1, index));

describe('the play of a seed', () => {
  test('is the same each time, and another one for another seed', () => {
    const texts = seeds.map((seed) => JSON.stringify(playOfSeed({ seed, faults: chaosFaults })));

    expect(new Set(texts).size).toBe(texts.length);
    expect(seeds.map((seed) => JSON.stringify(playOfSeed({ seed, faults: chaosFaults })))).toEqual(texts);
  });

  test('has none but the faults that are allowed, alone or mixed, and each of them in time', () => {
    const of = (faults: readonly (typeof chaosFaults)[number][]) =>
      seeds.map((seed) => Object.keys(playOfSeed({ seed, faults }).faults ?? {}));

    expect(of([]).flat()).toEqual([]);
    expect(new Set(of(['throttle']).flat())).toEqual(new Set(['throttle']));
    const sizes = of(chaosFaults).map((names) => names.length);
    expect(new Set(of(chaosFaults).flat())).toEqual(new Set(chaosFaults));
    for (const size of [0, 1, 2, 3, 4]) expect(sizes).toContain(size);
  });

  test('ends the same way each time', async () => {
    const chosen = { seed: 4, faults: chaosFaults };

    expect(await playSeed(chosen)).toEqual(await playSeed(chosen));
  });

  test('is not cut down when it breaks nothing', async () => {
    expect(await shrinkSeed({ seed: 4, faults: [] })).toBeUndefined();
  });
});
