import { help, parseBenchOptions } from '../../bench/options.ts';

const refusal = (...args: string[]): string => {
  try {
    parseBenchOptions(args);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'accepted';
};

describe('the options of npm run bench', () => {
  test('measure everything by default', () => {
    expect(parseBenchOptions([])).toEqual({
      seed: 1,
      nodes: [100, 1000, 10_000],
      concurrency: [5, 10, 50],
      designs: ['fleet-patcher', 'per-server', 'barrier', 'with-hooks', 'automation'],
      out: 'bench/results.json',
    });
  });

  test('take lists, each value once, and designs in the order of the table', () => {
    const options = parseBenchOptions(['--nodes', '200,100,200', '--designs', 'barrier,fleet-patcher']);

    expect(options).toMatchObject({ nodes: [200, 100], designs: ['fleet-patcher', 'barrier'] });
  });

  test.each([
    [['--seed=-1'], "--seed: '-1' is refused; allowed: a whole number from 0 to 2147483647"],
    [['--seed', '1,2'], "--seed: '1,2' is refused; allowed: a whole number from 0 to 2147483647"],
    [['--nodes', '100,19'], "--nodes: '19' is refused; allowed: a whole number from 20 to 10000"],
    [['--nodes', ''], "--nodes: '' is refused; allowed: a whole number from 20 to 10000"],
    [['--concurrency', '0'], "--concurrency: '0' is refused; allowed: a whole number from 1 to 100"],
    [['--designs', 'ours'], "--designs: 'ours' is refused; allowed: fleet-patcher, per-server"],
    [['--out', 'results.csv'], "--out: 'results.csv' is refused; allowed: a file that ends in .json"],
  ])('refuse %s by its name', (args, message) => {
    expect(refusal(...args)).toContain(message);
  });

  test('refuse what they do not know, and tell every problem at once', () => {
    expect(refusal('--size', '3')).toMatch(/^OptionsError: .*Unknown option '--size'/);
    expect(refusal('--nodes', '5', '--concurrency', '200')).toMatch(/--nodes: '5'.*\n--concurrency: '200'/);
  });

  test('are all in the help', () => {
    expect(parseBenchOptions(['--help'])).toBe('help');
    for (const name of ['seed', 'nodes', 'concurrency', 'designs', 'out'])
      expect(help).toContain(`--${name} `);
  });
});
