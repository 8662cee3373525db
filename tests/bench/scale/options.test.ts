import { parseScaleOptions } from '../../../bench/scale/options.ts';

describe('the options of the scale benchmark', () => {
  test('are fifty accounts of 2,000 nodes unless said otherwise', () => {
    expect(parseScaleOptions(['--seed', '7'])).toEqual({
      seed: 7,
      accounts: 50,
      nodesPerAccount: 2000,
      concurrency: '10%',
      out: 'bench/scale.json',
    });
  });

  test('are refused all at once, with what is allowed', () => {
    const act = () =>
      parseScaleOptions([
        '--seed',
        'x',
        '--accounts',
        '0',
        '--nodes-per-account',
        '2400',
        '--concurrency',
        'abc',
      ]);

    expect(act).toThrow("--seed: 'x' is refused");
    expect(act).toThrow("--concurrency: 'abc' is refused; allowed: a count from");
    expect(act).toThrow("--accounts: '0' is refused; allowed: a whole number from 1 to 1000");
    expect(act).toThrow("--nodes-per-account: '2400' is refused; allowed: a whole number from 1 to 2100");
  });

  test('can be asked for', () => {
    expect(parseScaleOptions(['--help'])).toBe('help');
  });
});
