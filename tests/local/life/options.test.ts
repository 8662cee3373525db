import { help, parseOptions } from '../../../local/life/options.ts';

const known = ['stg-web', 'prd-web', 'prd-windows'];

function refusal(...args: readonly string[]): string {
  try {
    parseOptions(args, known);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'accepted';
}

describe('the options of npm run findings', () => {
  test('have defaults that need no word', () => {
    expect(parseOptions([], known)).toEqual({
      seed: 1,
      nodes: 12,
      days: 21,
      policies: ['stg-web', 'prd-web'],
    });
  });

  test('are taken as they are given', () => {
    const args = ['--seed', '7', '--nodes', '200', '--days', '3', '--policies', 'prd-windows'];

    expect(parseOptions(args, known)).toEqual({ seed: 7, nodes: 200, days: 3, policies: ['prd-windows'] });
    expect(parseOptions(['--help', '--days', 'x'], known)).toBe('help');
  });

  test('are refused by their name, all at once, with what is allowed', () => {
    const message = refusal('--nodes', '5', '--days', '1.5', '--policies', 'prd-web,web');

    expect(message).toMatch(/^OptionsError: /);
    expect(message.split('\n')).toEqual([
      expect.stringContaining("--nodes: '5' is refused; allowed: a whole number from 10 to 1000"),
      expect.stringContaining("--days: '1.5' is refused"),
      expect.stringContaining("--policies: 'web' is refused; allowed: stg-web, prd-web, prd-windows"),
    ]);
    expect(refusal('--speed', '3')).toMatch(/^OptionsError: .*--speed/);
  });

  test('all stand in the help', () => {
    for (const option of ['--seed', '--nodes', '--days', '--policies']) expect(help).toContain(option);
  });
});
