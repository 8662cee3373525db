import { parseServeOptions, serveHelp } from '../../../local/aws/serve-options.ts';
import { faultDescriptions } from '../../../local/faults.ts';

describe('parseServeOptions', () => {
  test('has a default for everything', () => {
    const target = { PatchGroup: 'prd-web' };

    expect(parseServeOptions([])).toEqual({ port: 4570, nodes: 200, seed: 1, speed: 60, target, faults: {} });
  });

  test('reads the target and the faults', () => {
    const options = parseServeOptions([
      '--patch-group',
      'stg-web',
      '--tag',
      'Role=a=b',
      '--tag',
      'Empty=',
      '--fault',
      'throttle=0.05',
    ]);

    expect(options).toMatchObject({
      target: { PatchGroup: 'stg-web', Role: 'a=b', Empty: '' },
      faults: { throttle: 0.05 },
    });
  });

  test.each([
    [['--port', '65536'], "--port: '65536' is refused; allowed: a whole number from 0 to 65535"],
    [['--port', '80.5'], "--port: '80.5' is refused; allowed: a whole number"],
    [['--nodes', '0'], "--nodes: '0' is refused; allowed: a whole number from 1 to 100000"],
    [['--speed', 'fast'], "--speed: 'fast' is refused; allowed: a number from 0.001 to 100000"],
    [['--speed', '0'], "--speed: '0' is refused; allowed"],
    [['--tag', 'Role'], "--tag: 'Role' is refused; allowed: KEY=VALUE"],
    [['--patch-group', ''], '--patch-group'],
    [['--fault', 'throttle=2'], "fault 'throttle' has the rate '2'"],
    [['--nope'], '--nope'],
    [['stray'], 'stray'],
  ])('refuses %j', (commandLine, message) => {
    expect(() => parseServeOptions(commandLine)).toThrow(message);
  });

  test('tells of everything that it refuses at once', () => {
    const act = () =>
      parseServeOptions(['--port', 'a', '--tag', 'b', '--fault', 'c=0.1', '--fault', 'throttle=2']);

    expect(act).toThrow(/^--port: 'a'.*\n--tag: 'b'.*\n--fault: unknown fault 'c'.*\nfault 'throttle'/);
  });

  test('knows help, which tells every fault', () => {
    expect(parseServeOptions(['--help'])).toBe('help');
    expect(Object.keys(faultDescriptions).filter((name) => !serveHelp.includes(`  ${name} `))).toEqual([]);
  });
});
