import { chaosFaults } from '../../chaos/chaos-faults.ts';
import { help, parseOptions } from '../../chaos/options.ts';

function refusal(...args: readonly string[]): string {
  try {
    parseOptions(args);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'accepted';
}

describe('the options of npm run chaos', () => {
  test('have defaults that need no word', () => {
    expect(parseOptions(['--workers', '2'])).toEqual({
      seed: 1,
      runs: 200,
      seconds: null,
      replay: null,
      faults: null,
      shrink: 3,
      workers: 2,
    });
  });

  test('are taken as they are given', () => {
    const args = ['--seed', '7', '--runs', '50000', '--seconds', '60', '--faults', 'throttle,lost-reply'];

    expect(parseOptions(args)).toMatchObject({
      seed: 7,
      runs: 50_000,
      seconds: 60,
      faults: ['throttle', 'lost-reply'],
    });
    expect(parseOptions(['--replay', '123', '--faults', 'none'])).toMatchObject({ replay: 123, faults: [] });
    expect(parseOptions(['--help', '--runs', 'x'])).toBe('help');
  });

  test('are refused by their name, all at once, with what is allowed', () => {
    const message = refusal('--runs', '0', '--seconds', '1.5', '--faults', 'rain,throttle', '--seed', '1x');

    expect(message).toMatch(/^OptionsError: /);
    expect(message).toContain("--runs: '0' is refused; allowed: a whole number from 1 to 1000000");
    expect(message).toContain("--seconds: '1.5' is refused; allowed: a whole number from 1 to 1000000");
    expect(message).toContain(`--faults: 'rain' is refused; allowed: none, ${chaosFaults.join(', ')}`);
    expect(refusal('--speed', '3')).toMatch(/^OptionsError: .*--speed/);
    expect(refusal('--replay', '3', '--runs', '5')).toContain('--replay: refused together with --runs');
  });

  test('are told by the help, each with its bounds, and every fault', () => {
    for (const option of ['--seed', '--runs', '--seconds', '--faults', '--replay', '--shrink', '--workers'])
      expect(help).toContain(option);
    for (const fault of chaosFaults) expect(help).toContain(fault);
  });
});
