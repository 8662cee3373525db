import { chaosFaults } from '../../chaos/chaos-faults.ts';
import { nodeOf } from '../../chaos/nodes.ts';
import { type Play, play } from '../../chaos/play.ts';
import { playOfSeed, playSeed, shrinkSeed } from '../../chaos/play-seed.ts';
import { playOf, type RandomPlay } from '../../chaos/random-play.ts';
import { seedOfRun } from '../../chaos/seeds.ts';
import { WarmEnvironments } from '../../local/lambda/warm-environments.ts';

const seeds = Array.from({ length: 200 }, (_, index) => seedOfRun(1, index));

describe('the play of a seed', () => {
  test('is the same each time, and another one for another seed', () => {
    const texts = seeds.map((seed) => JSON.stringify(playOfSeed({ seed, faults: chaosFaults })));

    expect(new Set(texts).size).toBe(texts.length);
    expect(seeds.map((seed) => JSON.stringify(playOfSeed({ seed, faults: chaosFaults })))).toEqual(texts);
  });

  test('has none but the faults that are allowed, alone or mixed, and each of them in time', () => {
    const of = (faults: readonly (typeof chaosFaults)[number][]) =>
      seeds.map((seed) => {
        const { faults: steady = {}, storms = [] } = playOfSeed({ seed, faults });
        return [...Object.keys(steady), ...storms.map(({ fault }) => fault)];
      });

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

  test('goes the same way, call by call, in environments of earlier runs as in fresh ones', async () => {
    const warm = new WarmEnvironments();
    const journeyOf = async (seed: number, kept: Pick<Play, 'warm'>) => {
      const played = await play({ ...playOf(playOfSeed({ seed, faults: chaosFaults })), ...kept });
      const { endedAt, events, lambda, others, published, record, secondEvents, strikes } = played;
      return { endedAt, events, lambda, others, published, record, secondEvents, strikes };
    };

    for (const seed of seeds.slice(0, 8)) {
      const journeys = [];
      // By one line of this file: the traces of errors are compared as well.
      for (const kept of [{ warm }, {}]) journeys.push(await journeyOf(seed, kept));
      expect(journeys[0]).toEqual(journeys[1]);
    }
  }, 120_000);

  test('is cut down to what it needs, and written as code that makes the same play', async () => {
    const isBad = ({ nodes, faults = {} }: RandomPlay) => nodes.length > 1 && 'lost-reply' in faults;
    const seed = seeds.find((each) => isBad(playOfSeed({ seed: each, faults: chaosFaults }))) ?? 0;

    const shrunk = await shrinkSeed({ seed, faults: chaosFaults }, async (random) =>
      isBad(random) ? ["it isn't well"] : [],
    );

    expect(shrunk).toMatchObject({ seed, broken: ["it isn't well"], isSmallest: true });
    const code = shrunk?.code ?? '';
    expect(code.match(/nodeOf\(/g)).toHaveLength(2);
    expect(code).toContain("what: 'it isn\\'t well'");
    const made: unknown = new Function('nodeOf', `return [${code}][0]`)(nodeOf);
    expect(made).toMatchObject({
      nodes: [nodeOf(0), nodeOf(1)],
      faults: { 'lost-reply': expect.any(Number) },
    });
    expect(Object.keys(Object(made).faults)).toEqual(['lost-reply']);
    expect(Object(made).storms ?? []).toEqual([]);
  });

  test('is not cut down for ever', async () => {
    const endless = await shrinkSeed({ seed: seeds[0] ?? 0, faults: chaosFaults }, async () => ['always']);

    expect(endless?.plays).toBeLessThan(500);
  });

  test('is not cut down when it breaks nothing', async () => {
    expect(await shrinkSeed({ seed: 4, faults: [] })).toBeUndefined();
  });
});
